/**
 * Where what a command prints goes: onto a full disk it is an error with a hint, since a report cut short
 * mustn't pass for a whole one; into a pipe that nobody reads on it ends silently, as with `head`;
 * closed from the start it is no fault at all.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { has, installed } from "../support/installed.ts";

const COMMANDS = [
  "--version",
  "--help",
  "status --json",
  "list",
  "verify",
  "report",
  "sync --json",
];
/** One per way to print: text and a document. */
const PIPED = new Set(["--version", "status --json"]);
/** Those that read no configuration. */
const ALONE = /^-/;

Deno.test({
  name: "a full disk under stdout is an error of every command, and a closed pipe is none",
  ignore: !installed("bash") || !has(Deno.build.os === "linux", "Linux"),
  async fn() {
    await using hub = await LocalHub.start({ d: { "a.csv": "1\n" } });
    await using place = await workplace(configFor(hub.url, ["d"]));
    assert.equal((await place.run("sync")).code, 0);
    const run = async (command: string, after: string): Promise<[number, string]> => {
      const words = ALONE.test(command) ? command : `${command} -c "$2"`;
      const script = `"$1" ${words} ${after}`;
      const { code, stderr } = await outcomeOf("bash", [
        ...["-c", script, "bash", binaryPath(), place.at("config.yaml")],
      ], { cwd: place.path, clearEnv: true, env: { PATH: "/usr/bin:/bin" } });
      return [code, stderr];
    };
    // One after another: they wait for no lock.
    for (const command of COMMANDS) {
      const [code, stderr] = await run(command, ">/dev/full");
      assert.equal(code, 3, `${command}: ${stderr}`);
      assert.match(stderr, /^error: Can't write to \(stdout\): no space.*\nhint: .*\n$/, command);
      if (!PIPED.has(command)) continue;
      for (
        const silent of ['| head -0; exit "${PIPESTATUS[0]}"', ">&-", ">/dev/null 2>/dev/full"]
      ) {
        assert.deepEqual(await run(command, silent), [0, ""], `${command} ${silent}`);
      }
    }
  },
});
