/**
 * What the binary proposes to type can be typed as it stands, however it was started.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type Ended, outcomeOf } from "../support/command.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { buildZip } from "../support/zip_builder.ts";
import { binaryPath } from "../support/binary.ts";
import { tempDir } from "../support/temp.ts";

/** A shell in a folder, whose PATH has nothing of ours but what a test puts there. */
interface Shell {
  cwd: string;
  path?: string;
}

function type(line: string, { cwd, path = "/nowhere" }: Shell): Promise<Ended> {
  return outcomeOf("/bin/sh", ["-c", line], { cwd, env: { PATH: path }, clearEnv: true });
}

const binary = binaryPath();

/** Ways to start it, and how it then calls itself; `at` is the folder of the shell. */
const WAYS = [
  { name: "in its folder", word: () => "./datahubsync" },
  { name: "by a path from elsewhere", word: () => "'my tools/datahubsync'", above: true },
  { name: "by its absolute path", word: (dir: string) => `'${join(dir, "datahubsync")}'` },
  { name: "by the PATH", word: () => "datahubsync", onPath: true },
];

for (const { name, word, above, onPath } of WAYS) {
  Deno.test(`started ${name}, its proposals can be typed as they stand`, async () => {
    await using temp = await tempDir();
    await using hub = new FaultyHub();
    hub.setDataset("fresh one", {
      version: "2026-11-22T06:02:38",
      package: buildZip([{ path: "a.csv", content: new Uint8Array(1) }]),
    });
    const dir = temp.at("my tools");
    await Deno.mkdir(dir);
    await Deno.symlink(binary, join(dir, "datahubsync"));
    const shell: Shell = { cwd: above ? dirname(dir) : dir, ...(onPath && { path: dir }) };
    const program = word(dir);

    const nothing = await type(`${program} status`, shell);
    assert.equal(nothing.code, 2, nothing.stderr);
    assert(nothing.stderr.includes(`\`${program} init\``), nothing.stderr);

    const made = await type(`${program} init --hub-url ${hub.url} --output 'c d.yaml'`, shell);
    assert.equal(made.code, 0, made.stderr);
    const next = made.stdout.split("\n").filter((line) => line.startsWith("  "));
    assert.deepEqual(next.map((line) => line.trim().slice(0, program.length)), [program, program]);

    const status = await type(`${program} status -c 'c d.yaml'`, shell);
    const proposed = /never synced: (.*)/.exec(status.stdout)?.[1];
    assert.equal(proposed, `${program} sync -d 'fresh one' -c 'c d.yaml'`, status.stdout);
    for (const line of [proposed!, ...next]) {
      const { code, stdout, stderr } = await type(line, shell);
      // 3 from the check: nothing is scheduled on a machine for tests.
      assert(code === 0 || (code === 3 && line.includes("--check")), `${line}\n${stderr}`);
      assert.equal(stderr, "", stdout);
    }

    const wrong = await type(`${program} snyc`, shell);
    assert(wrong.stderr.includes(`hint: did you mean ${program} sync?`), wrong.stderr);
    const hint = /Try `(.*)`\.\n$/.exec(wrong.stderr)?.[1];
    assert.equal((await type(hint!, shell)).code, 0, wrong.stderr);

    await Deno.remove(join(shell.cwd, "data", "fresh one", "a.csv"));
    const verified = await type(`${program} verify -c 'c d.yaml'`, shell);
    const repair = /hint: to fetch what is missing or damaged: (.*)/.exec(verified.stdout)?.[1];
    assert.equal((await type(repair!, shell)).code, 0, verified.stdout);
    assert.equal((await Deno.stat(join(shell.cwd, "data", "fresh one", "a.csv"))).size, 1);
  });
}
