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
import { outcomeOf, run } from "../support/command.ts";
import { has, installed } from "../support/installed.ts";
import { assertSameTree, writeTree } from "../support/tree.ts";
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
    // From about the least with which the runtime starts; it panicked at those in between.
    for (const [at, limit] of [15, 17, 20, 22, 24, 31, 40, 52].entries()) {
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

/** As much as keeps several threads busy. */
const LARGE = new Map(
  Array.from({ length: 24 }, (_, i) => [`${i}.csv`, new Uint8Array(1 << 20).fill(i)] as const),
);

/** A user id that nobody has, so that its limit counts what this test starts and nothing else. */
const aUser = (): string =>
  String(20_000 + crypto.getRandomValues(new Uint32Array(1))[0]! % 40_000);

for (const command of ["sync", "verify", "pack"]) {
  Deno.test({
    name: `${command} says that no thread can be started, and is whole when one can`,
    ignore: !isReady || !installed("setpriv") || !has(Deno.uid() === 0, "root") ||
      !has(navigator.hardwareConcurrency > 1, "two cores"),
    async fn() {
      await using hub = await LocalHub.start({ d: DAY });
      const more = ["sync:", "  workers: 16"];
      await using place = await workplace(configFor(hub.url, ["d"], { more }));
      const args = command === "pack"
        ? [command, place.at("data/d"), "--output", place.at("site"), "--name", "d", "--all"]
        : [command, "-c", place.at("config.yaml")];
      if (command === "pack") await writeTree(place.at("data/d"), LARGE);
      if (command === "verify") assert.equal((await place.run("sync")).code, 0);
      const user = aUser();
      await run("chown", ["-R", user, place.path]);
      const as = (limit: string | number) =>
        outcomeOf("setpriv", [
          ...["--reuid", user, "--regid", user, "--clear-groups", "bash", "-c"],
          ...[`ulimit -c 0; ulimit -u ${limit}; exec "${binaryPath()}" "$@"`, "bash", ...args],
        ]);
      // The runtime's own threads depend on the machine's cores; without them it panics.
      let limit = 4;
      let ended = await as(limit);
      while (/panicked|Fatal|pthread_create/.test(ended.stderr)) ended = await as(++limit);
      const { code, stdout, stderr } = ended;
      assert.equal(code, 3, stderr);
      assert.match(
        stdout + stderr,
        /d: Can't start a thread: the system has none left right now\n/,
      );
      assert.match(stdout + stderr, /hint: .*`ulimit -u`.*\n$/);
      const after = await as("unlimited");
      assert.equal(after.code, 0, after.stderr);
    },
  });
}
