/**
 * The binary at the limits that a shell, a service or a container sets: it does its work or says which
 * limit it met and what to type; nothing is made half, and the next run is whole. Limits that stop the
 * runtime before the program begins are in `before_the_program_test.ts`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { has, installed } from "../support/installed.ts";
import { assertSameTree } from "../support/tree.ts";
import { treeOf } from "../sync/watched.ts";

const isReady = installed("bash") && has(Deno.build.os === "linux", "Linux");
const DAY = { "a.csv": "1\n", "s/b.csv": "1\n" };

/** Runs the binary after these lines of bash. */
async function limited(lines: string, ...args: string[]) {
  const script = `ulimit -c 0; ${lines}; exec "${binaryPath()}" "$@"`;
  return await outcomeOf("bash", ["-c", script, "bash", ...args]);
}

const COMMANDS = ["sync", "sync --check", "verify", "status", "pack", "serve"];

Deno.test({
  name: "each command says at once that too few files can be opened, and what it prints helps",
  ignore: !isReady,
  async fn() {
    await using hub = await LocalHub.start({ d: DAY });
    await using place = await workplace(configFor(hub.url, ["d"]));
    const config = ["-c", place.at("config.yaml")];
    // From the least with which the runtime starts; it panicked at those in between.
    for (const [at, limit] of [13, 16, 20, 22, 24, 31, 40, 58].entries()) {
      const command = COMMANDS[at % COMMANDS.length]!;
      const words = command === "pack" || command === "serve"
        ? [command, place.path]
        : [...command.split(" ").slice(-1), ...config];
      const { code, stderr } = await limited(`ulimit -n ${limit}`, ...words);
      assert.equal(code, 3, stderr);
      assert.match(
        stderr,
        /^error: Only \d+ more files? can be opened \(`ulimit -n`\), and 48 are needed\nhint: .*\n$/,
      );
    }
    assert.deepEqual([...Deno.readDirSync(place.path)].map(({ name }) => name), ["config.yaml"]);
    const { stderr } = await limited("ulimit -Sn 20", "sync", ...config);
    const typed = /`(ulimit -n \d+)`, `LimitNOFILE=\d+`/.exec(stderr)?.[1];
    assert(typed, stderr);
    const helped = await limited(`ulimit -Sn 20; ${typed}`, "sync", ...config);
    assert.deepEqual([helped.code, helped.stderr], [0, ""]);
    assertSameTree(await place.tree("d"), treeOf(DAY));
  },
});

Deno.test({
  name: "more threads than open files allow are an error of the dataset, and the next run is whole",
  ignore: !isReady,
  async fn() {
    await using hub = await LocalHub.start({ d: DAY });
    const more = ["sync:", "  workers: 16"];
    await using place = await workplace(configFor(hub.url, ["d"], { more }));
    const args = ["sync", "-c", place.at("config.yaml")];
    const { code, stderr } = await limited("ulimit -n 80", ...args);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^error: d: Only \d more files? can be opened.*and 10 are needed\nhint:/);
    assert.equal((await limited(":", ...args)).code, 0);
    assertSameTree(await place.tree("d"), treeOf(DAY));
  },
});
