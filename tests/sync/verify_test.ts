/** A verification finds all damage and costs the directory; a repair costs what was damaged. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { StoreError } from "../../src/errors.ts";
import type { SyncContext } from "../../src/sync/sync_context.ts";
import { PUBLISH_STEPS } from "../../src/store/publish/publish.ts";
import { SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import { believed } from "../../src/sync/on_disk/survey.ts";
import { syncDataset } from "../../src/sync/sync_all.ts";
import { type Verification, verifyDataset } from "../../src/sync/verify.ts";
import type { ListedDataset } from "../../src/types.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree, writeTree } from "../support/tree.ts";
import { verifying } from "../support/verifying.ts";

function repair(
  rig: EngineRig,
  use: { context: SyncContext; listed: ListedDataset },
  found: Verification,
) {
  return syncDataset({
    dataset: rig.dataset,
    listed: use.listed,
    recorded: use.listed.version,
    statePath: rig.statePath,
    planOnly: false,
    facts: found.facts,
  }, use.context);
}

Deno.test("verifyDataset() finds nothing wrong with what was synced, and costs the directory", async () => {
  await using hub = startHub({ kind: "deployed" });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  hub.hub.reset();
  using use = await verifying(rig.dataset.name, hub.url);
  const before = await rig.tree();
  const found = await verifyDataset(rig.dataset, use.listed, use.context);
  assert.deepEqual([found.missing, found.damaged, found.extra], [[], [], []]);
  assert.equal(found.entries, before.size);
  assert.equal(found.bytesRead, [...before.values()].reduce((sum, { length }) => sum + length, 0));
  assert.equal(found.facts.size, before.size);
  const [path, content] = [...before][0]!;
  assert.equal(found.facts.get(path)!.crc, crc32(content));
  assert(hub.hub.bytesSent("/package/") < 150_000);
  assert.equal(found.bytesDownloaded, hub.hub.bytesSent("/package/"));
  assertSameTree(await rig.tree(), before);
});

Deno.test("verifyDataset() offline compares with the manifest, and asks nobody", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make();
  using use = await verifying(rig.dataset.name, hub.url);
  await assert.rejects(
    verifyDataset(rig.dataset, undefined, use.context),
    (error) => error instanceof StoreError && /run a sync first/.test(error.hint!),
  );
  await rig.sync(hub.url);
  hub.hub.reset();
  const [first, second] = [...(await rig.tree()).keys()];
  await Deno.remove(`${rig.dataset.localDir}/${first}`);
  await Deno.writeTextFile(`${rig.dataset.localDir}/${second}`, "x");
  await Deno.writeTextFile(`${rig.dataset.localDir}/mine.txt`, "x");
  const found = await verifyDataset(rig.dataset, undefined, use.context);
  assert.deepEqual(found.missing, [first]);
  assert.deepEqual(found.damaged, [second]);
  assert.deepEqual(found.extra, ["mine.txt"]);
  assert.deepEqual(hub.hub.requests, []);
});

Deno.test("a repair after a verification fixes random damage, with the damaged entries only", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const good = hub.tree();
  const paths = [...good.keys()];
  using use = await verifying(rig.dataset.name, hub.url);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(
        fc.record({
          index: fc.nat(paths.length - 1),
          harm: fc.constantFrom("remove", "flip", "cut", "extend", "empty" as const),
          quiet: fc.boolean(),
        }),
        { selector: ({ index }) => index, maxLength: 8 },
      ),
      async (harms) => {
        const missing: string[] = [];
        const damaged: string[] = [];
        for (const { index, harm, quiet } of harms) {
          const path = paths[index]!;
          const file = `${rig.dataset.localDir}/${path}`;
          const { atime, mtime } = await Deno.stat(file);
          const content = Uint8Array.from(good.get(path)!);
          if (harm === "remove") await Deno.remove(file);
          if (harm === "flip") content[content.length >> 1]! ^= 4;
          if (harm === "flip") await Deno.writeFile(file, content);
          if (harm === "cut") await Deno.truncate(file, content.length - 1);
          if (harm === "empty") await Deno.truncate(file, 0);
          if (harm === "extend") await Deno.writeTextFile(file, "x", { append: true });
          if (harm === "remove") missing.push(path);
          else {
            damaged.push(path);
            // As a disk does it: nothing but the content tells.
            if (quiet) await Deno.utime(file, atime!, mtime!);
          }
        }
        const found = await verifyDataset(
          rig.dataset,
          use.listed,
          use.context,
        );
        assert.deepEqual(found.missing.sort(), missing.sort());
        assert.deepEqual(found.damaged.sort(), damaged.sort());
        hub.hub.reset();
        const result = await repair(rig, use, found);
        assert(result.success, result.error);
        assert.equal(result.entriesFetched, missing.length + damaged.length);
        assertSameTree(await rig.tree(), good);
        await assertHonestManifest(rig.dataset.localDir);
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("a repair fetches a file that couldn't be read, whatever is recorded of it", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const path = [...hub.tree().keys()][0]!;
  using use = await verifying(rig.dataset.name, hub.url);
  const found = await verifyDataset(rig.dataset, use.listed, use.context);
  // As where the disk can't read it: its size and time are still what they were.
  const file = `${rig.dataset.localDir}/${path}`;
  const { size, atime, mtime } = await Deno.stat(file);
  await Deno.writeFile(file, new Uint8Array(size));
  await Deno.utime(file, atime!, mtime!);
  found.facts.delete(path);
  const result = await repair(rig, use, { ...found, damaged: [path] });
  assert(result.success, result.error);
  assert.equal(result.entriesFetched, 1);
  assertSameTree(await rig.tree(), hub.tree());
});

Deno.test("believed() adds where the last block begins to what was read, if that is what is recorded", () => {
  const block = { bit: 77, out: 5 };
  const recorded = new Map([
    ["same", { size: 1, mtimeMs: 1, crc: 1, block }],
    ["other", { size: 1, mtimeMs: 1, crc: 1, block }],
    ["unreadable", { size: 1, mtimeMs: 1, crc: 1, block }],
  ]);
  const read = new Map([
    ["same", { size: 1, mtimeMs: 2, crc: 1 }],
    ["other", { size: 1, mtimeMs: 1, crc: 2 }],
  ]);
  assert.deepEqual(believed("same", { read, recorded }), { size: 1, mtimeMs: 2, crc: 1, block });
  assert.deepEqual(believed("other", { read, recorded }), read.get("other"));
  assert.equal(believed("unreadable", { read, recorded }), undefined);
  assert.equal(believed("other", { read: undefined, recorded }), recorded.get("other"));
  assert.equal(believed("other", { read: undefined, recorded: undefined }), undefined);
});

Deno.test("a repair leaves a user's own files alone", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make({ dataset: { deleteRemoved: true } });
  await rig.sync(hub.url);
  const mine = new Map([["mine.txt", new Uint8Array(3)], ["notes/mine.txt", new Uint8Array(4)]]);
  await writeTree(rig.dataset.localDir, mine);
  using use = await verifying(rig.dataset.name, hub.url);
  const found = await verifyDataset(rig.dataset, use.listed, use.context);
  assert.deepEqual(found.extra, ["mine.txt", "notes/mine.txt"]);
  await repair(rig, use, found);
  const expected = new Map([...hub.tree(), ...mine].sort(([a], [b]) => a < b ? -1 : 1));
  assertSameTree(await rig.tree(), expected);
});

Deno.test("verifyDataset() counts only what include and exclude want", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make({ dataset: { include: ["sh*"] } });
  await rig.sync(hub.url);
  using use = await verifying(rig.dataset.name, hub.url);
  const found = await verifyDataset(rig.dataset, use.listed, use.context);
  assert.deepEqual([found.missing, found.damaged, found.extra], [[], [], []]);
  assert(found.entries > 0 && found.entries < hub.dataset.files.length);
});

const AFTER_THE_FIRST_CHANGE = {
  files: PUBLISH_STEPS.slice(PUBLISH_STEPS.indexOf("journal_written")),
  snapshot: SNAPSHOT_STEPS.slice(SNAPSHOT_STEPS.indexOf("switched")),
} as const;

for (const publish of ["files", "snapshot"] as const) {
  for (const step of AFTER_THE_FIRST_CHANGE[publish]) {
    Deno.test(`what a repair that dies at ${step} leaves goes with a sync without news (${publish})`, async () => {
      await using hub = startHub({ kind: "modern" });
      await using rig = await EngineRig.make({ dataset: { publish } });
      await rig.sync(hub.url);
      const layout = await rig.layout();
      const left = (): string[] =>
        [layout.work, layout.versions].flatMap((folder) =>
          existsSync(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name) : []
        ).filter((name) => !/^\d+$|^staging\.blocks$/.test(name)).sort(); // which are some bytes
      const before = left();
      const folder = await Deno.realPath(rig.dataset.localDir);
      const [first, second] = [...(await rig.tree()).keys()];
      await Deno.remove(`${folder}/${first}`);
      await Deno.writeTextFile(`${folder}/${second}`, "x");
      using use = await verifying(rig.dataset.name, hub.url);
      const found = await verifyDataset(rig.dataset, use.listed, use.context);
      const onStep = (at: string): void => {
        if (at === step) throw new Error("killed");
      };
      const context = { ...use.context, onStep };
      const killed = await repair(rig, { listed: use.listed, context }, found);
      assert.equal(killed.error, "killed");
      const next = await rig.sync(hub.url);
      assert(next.success, next.error);
      assertSameTree(await rig.tree(), hub.tree());
      assert.deepEqual(left(), before);
    });
  }
}
