/** Completions, tried in the shells that are installed. */
import assert from "node:assert/strict";
import { completions, type Shell } from "../../../src/cli/completions/completions.ts";
import { buildProgram } from "../../../src/cli/program.ts";
import { outcomeOf } from "../../support/command.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { tempDir } from "../../support/temp.ts";
import { installed } from "../../support/installed.ts";

const script = (shell: Shell): string => completions(buildProgram(fakeTerminal(), () => {}), shell);

/** What a shell prints; the completions are in the file `$1`. */
async function runShell(shell: Shell, program: string): Promise<string> {
  await using temp = await tempDir();
  const file = temp.at(`datahubsync.${shell}`);
  await Deno.writeTextFile(file, script(shell));
  await Deno.writeTextFile(temp.at("my config.yaml"), "");
  const args = {
    bash: ["--norc", "-c", program, "-", file],
    zsh: ["-f", "-c", program, "-", file],
  };
  const words = shell === "fish" ? ["--no-config", "-c", program, file] : args[shell];
  const at = { cwd: temp.path, env: { HOME: temp.path } };
  const { code, stdout, stderr } = await outcomeOf(shell, words, at);
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout;
}

/** What bash offers for these words; the last one is being typed. */
async function bashOffers(...words: string[]): Promise<string[]> {
  const quoted = ["datahubsync", ...words].map((word) => `'${word}'`).join(" ");
  const out = await runShell(
    "bash",
    `compopt() { :; }; source "$1"; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}
     _datahubsync; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
  return out.split("\n").filter((line) => line !== "");
}

Deno.test({
  name: "completions() for bash are registered for datahubsync (ignored without bash)",
  ignore: !installed("bash"),
  fn: async () => {
    const out = await runShell("bash", 'source "$1"; complete -p datahubsync');
    assert.equal(out, "complete -F _datahubsync datahubsync\n");
  },
});

Deno.test({
  name: "completions() for bash offer commands, options, choices and files (ignored without bash)",
  ignore: !installed("bash"),
  fn: async () => {
    const first = await bashOffers("");
    for (const word of ["sync", "check", "init", "convert", "completions", "list", "version"]) {
      assert(first.includes(word), `${word} in ${first}`);
    }
    assert.deepEqual(first.filter((word) => word.startsWith("-") || word === "dataset-names"), []);
    const options = await bashOffers("--");
    for (const word of ["--check", "--wait", "--version"]) assert(options.includes(word), word);
    assert.deepEqual(await bashOffers("conv"), ["convert"]);
    assert.deepEqual(await bashOffers("check", "--j"), ["--json"]);
    assert.deepEqual(await bashOffers("convert", "a", "--to", "s"), ["snapshot"]);
    assert.deepEqual(await bashOffers("completions", "f"), ["fish"]);
    assert.deepEqual(await bashOffers("sync", "-c", "my"), ["my config.yaml"]);
    assert.deepEqual(await bashOffers("sync", "--wait", ""), []);
    assert.deepEqual(await bashOffers("check", ""), []);
    assert.equal((await bashOffers("check", "--")).includes("--dry-run"), false);
  },
});

Deno.test({
  name: "completions() for zsh are valid and registered (ignored without zsh)",
  ignore: !installed("zsh"),
  fn: async () => {
    const out = await runShell(
      "zsh",
      'zsh -fn "$1" && autoload -U compinit && compinit -D -u && source "$1" && ' +
        "print $_comps[datahubsync]",
    );
    assert.equal(out, "_datahubsync\n");
  },
});

Deno.test({
  name: "completions() for fish offer commands, options and choices (ignored without fish)",
  ignore: !installed("fish"),
  fn: async () => {
    const offers = async (line: string): Promise<string[]> =>
      (await runShell("fish", `source $argv[1]; complete -C ${JSON.stringify(line)}`))
        .split("\n").filter((text) => text !== "").map((text) => text.split("\t")[0]!);
    assert.deepEqual(await offers("datahubsync conv"), ["convert"]);
    assert.deepEqual(await offers("datahubsync check --j"), ["--json"]);
    assert.deepEqual((await offers("datahubsync convert a --to ")).sort(), ["files", "snapshot"]);
    assert.deepEqual((await offers("datahubsync completions ")).sort(), ["bash", "fish", "zsh"]);
    assert.deepEqual(await offers("datahubsync --dry"), ["--dry-run"]);
    // What the program is asked for the names.
    for (
      const [line, asked] of [
        ["datahubsync sync -d ", "dataset-names"],
        ["datahubsync sync --accept ", "dataset-names"],
        ["datahubsync sync -c 'my config.yaml' -d ", "dataset-names -c my config.yaml"],
        ["datahubsync verify ", "dataset-names"],
      ] as const
    ) {
      const out = await runShell(
        "fish",
        `source $argv[1]; function datahubsync; echo $argv; end; complete -C ${
          JSON.stringify(line)
        }`,
      );
      assert(out.split("\n").some((text) => text.startsWith(asked)), out);
    }
  },
});
