/** What the commands' help says: examples that parse, and the exit codes. */
import assert from "node:assert/strict";
import { COMMAND_HELP } from "../../src/cli/command_help.ts";
import { EXIT } from "../../src/cli/command/exit_code.ts";
import { helpInChinese, inChinese } from "../../src/cli/help_in_chinese.ts";
import { textWidth } from "../../src/cli/terminal/text_width.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { helpFor } from "../../src/cli/run_program.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";

const visible = (): string[] => {
  const program = buildProgram(fakeTerminal(), () => {});
  return program.createHelp().visibleCommands(program).map((command) => command.name())
    .filter((name) => name !== "help");
};

Deno.test("COMMAND_HELP has every command's examples and exit codes, and no other's", () => {
  assert.deepEqual(Object.keys(COMMAND_HELP).sort(), visible().sort());
  const known = Object.values(EXIT) as number[];
  for (const [name, { examples, codes }] of Object.entries(COMMAND_HELP)) {
    assert(examples.length > 0, name);
    assert("0" in codes, name);
    for (const code of Object.keys(codes)) assert(known.includes(Number(code)), `${name} ${code}`);
  }
});

Deno.test("COMMAND_HELP shows examples that the program takes", async () => {
  for (const [name, { examples }] of Object.entries(COMMAND_HELP)) {
    for (const [words] of examples) {
      const program = buildProgram(fakeTerminal(), () => {});
      let ran = "";
      for (const command of program.commands) command.action(() => void (ran = command.name()));
      const args = words.replace(/ > .*/, "").split(" ");
      await program.parseAsync(args, { from: "user" });
      assert.equal(ran, name, words);
    }
  }
});

Deno.test("a command's --help shows its examples and exit codes, in 80 columns", async () => {
  for (const name of visible()) {
    const terminal = fakeTerminal();
    const program = buildProgram(terminal, () => {});
    await program.parseAsync([name, "--help"], { from: "user" }).catch(() => {});
    const text = terminal.stdout();
    assert.match(text, new RegExp(`\\nExamples:\\n(  # .*\\n)?  datahubsync ${name}`), name);
    assert.match(text, /\nExit codes:\n {2}0 +\S/, name);
    for (const line of text.split("\n")) {
      // A command stays in one line, so that it can be copied.
      assert(line.length <= 80 || /^ {2}datahubsync /.test(line), line);
    }
  }
});

for (const language of ["English", "Chinese"]) {
  Deno.test(`help in ${language} on a terminal of 40 columns is broken between words`, async () => {
    for (const name of ["", ...visible()]) {
      const terminal = { ...fakeTerminal(), columns: () => 40 };
      const isChinese = language === "Chinese";
      const program = buildProgram(terminal, () => {}, isChinese ? inChinese : undefined);
      if (isChinese) helpInChinese(program);
      for (const one of [program, ...program.commands]) {
        one.configureOutput({ getOutHelpWidth: () => 40 });
      }
      const words = name === "" ? ["--help"] : [name, "--help"];
      await program.parseAsync(words, { from: "user" }).catch(() => {});
      const text = terminal.stdout();
      const below = isChinese ? "给人看的内容用什么" : "the language of the messages";
      assert(text.includes(`  --lang <language>\n      ${below}`), text);
      for (const line of text.split("\n")) {
        // What is typed stays in one line.
        const isTyped = /^(?: {2}datahubsync |Usage: |用法：)/.test(line);
        assert(isTyped || textWidth(line) <= 40, line);
      }
    }
  });
}

Deno.test("helpFor() names the command whose help has the answer", () => {
  const of = (...args: string[]): string | undefined => helpFor(args, fakeTerminal());
  assert.equal(of("sync", "--frce"), "sync");
  assert.equal(of("--frce"), "sync");
  assert.equal(of("ls", "--jsn"), "ls");
  assert.equal(of("--check", "--jsn"), "check");
  assert.equal(of("-c", "x", "status"), undefined);
  assert.equal(of("stauts"), undefined);
});
