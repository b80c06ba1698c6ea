/** Completions as a person gets them with the Tab key, in the real shells on a terminal. */
import assert from "node:assert/strict";
import { binaryPath, configFor, runBinary } from "../support/binary.ts";
import { installed } from "../support/installed.ts";
import { Screen } from "../support/screen.ts";
import { tempDir } from "../support/temp.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell's start file that sets the completions up, and how it is started with it. */
function starting(shell: typeof SHELLS[number], script: string, rc: string): [string, string] {
  switch (shell) {
    case "bash":
      return [
        `PS1='ready> '\nbind 'set bell-style none'\nsource ${script}\n`,
        `bash --rcfile ${rc}`,
      ];
    case "zsh":
      return [
        `PS1='ready> '\nunsetopt beep\nautoload -U compinit; compinit -D -u\nsource ${script}\n`,
        `ZDOTDIR=$(dirname ${rc}) zsh`,
      ];
    case "fish":
      return [
        `function fish_prompt; echo -n 'ready> '; end\nfunction fish_greeting; end\nsource ${script}\n`,
        `fish --no-config -C 'source ${rc}'`,
      ];
  }
}

for (const shell of SHELLS) {
  Deno.test({
    name: `${shell}: Tab gives commands, then options after a dash, and the datasets' names`,
    ignore: !installed(shell, "tmux"),
    async fn() {
      await using temp = await tempDir();
      await Deno.mkdir(temp.at("bin"));
      await Deno.symlink(binaryPath(), temp.at("bin/datahubsync"));
      const names = ["股票日线", "bars one", "bars-two"];
      await Deno.writeTextFile(temp.at("config.yaml"), configFor("http://127.0.0.1:1", names));
      await Deno.writeTextFile(
        temp.at("other.yaml"),
        configFor("http://127.0.0.1:1", ["elsewhere"]),
      );
      await Deno.writeTextFile(temp.at("script"), (await runBinary(["completions", shell])).stdout);
      const rc = temp.at(shell === "zsh" ? ".zshrc" : "rc");
      const [text, command] = starting(shell, temp.at("script"), rc);
      await Deno.writeTextFile(rc, text);
      await using screen = new Screen(temp.at("tmux"));
      const environment = `HOME=${temp.path} TERM=screen-256color LC_ALL=C.UTF-8 ` +
        `PATH=${temp.at("bin")}:/usr/bin:/bin`;
      await screen.start(`cd ${temp.path} && env -i ${environment} sh -c "${command}"`, {
        columns: 100,
        rows: 50,
      });
      /** Types, presses Tab twice, and waits until the screen shows it all. */
      const offers = async (typed: string, ...expected: RegExp[]): Promise<string> => {
        await screen.press("C-u", "C-l");
        await screen.shows(/^ready> *$/);
        await screen.type(typed);
        await screen.shows(new RegExp(typed.trim().replace(/[\\$]/g, "\\$&")));
        await screen.press("Tab");
        await screen.press("Tab");
        return await screen.shows(...expected);
      };
      await screen.shows(/ready>/);
      const bare = await offers(
        "datahubsync ",
        /\bsync\b/,
        /\blist\b/,
        /\bverify\b/,
        /\bversion\b/,
      );
      assert.doesNotMatch(bare, /--help|--dry-run/);
      await offers("datahubsync --dry", /--dry-run/);
      const options = await offers("datahubsync list --", /--hub-url/, /--json/);
      assert.doesNotMatch(options, /--dry-run/);
      await offers("datahubsync verify 股", /verify 股票日线/);
      const given = await offers("datahubsync sync -d ", /股票日线/, /bars/);
      assert.doesNotMatch(given, /--help|--dry-run/);
      await offers("datahubsync convert bars-", /convert bars-two/);
      await offers("datahubsync verify bars\\ ", /verify bars\\ one/);
      await offers("datahubsync verify -c other.yaml el", /other\.yaml elsewhere/);
    },
  });
}
