/**
 * What a disk can do to a sync: full at any step, read-only, no right to it, no inodes left, things in
 * the way, damaged files of the program's own. Each ends in a clear error with a hint, with everything as it was;
 * and the next sync, once the cause is gone, in the hub's tree.
 *
 * Longer than 250 lines because each thing that a disk can do is a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { assertChineseText } from "../support/chinese.ts";
import { outcomeOf } from "../support/command.ts";
import { canMount, mount } from "../support/mounts.ts";
import { until } from "../support/until.ts";
import { buildZip } from "../support/zip_builder.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { pro } from "../../src/demo/profiles.ts";
import { PUBLISH_STEPS } from "../../src/store/publish/publish.ts";
import type { DatasetResult } from "../../src/types.ts";
import { assertHonestManifest, EngineRig } from "../support/engine.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, type Tree } from "../support/tree.ts";

const PROFILE = pro({ scale: 0.004, rows: (random) => 20 + Math.floor(random() * 60) });
const asRoot = { ignore: !canMount("tmpfs") };
const STEPS = ["locked", "viewed", "planned", "downloaded", ...PUBLISH_STEPS, "published"];

/** Fails unless the sync ended in a typed error with a hint, with folder and state as they were. */
async function assertUntouched(rig: EngineRig, result: DatasetResult, before: {
  tree: Awaited<ReturnType<typeof readTree>>;
  version: string | null;
  says: RegExp;
  status?: DatasetResult["status"];
}): Promise<void> {
  const about = `${result.status}: ${result.error}`;
  assert.equal(result.status, before.status ?? "extract_failed", about);
  assert.match(result.error!, before.says);
  assert((result.hint ?? "").length > 10, `no hint: ${about}`);
  assertSameTree(await rig.tree(), before.tree);
  assert.equal(await rig.recorded(), before.version);
}

/** Fills a file system to its last byte; gives the room back when disposed of. */
function fillUp(folder: string): Disposable {
  const path = `${folder}/ballast`;
  using file = Deno.openSync(path, { write: true, create: true });
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      while (true) file.writeSync(new Uint8Array(size));
    } catch {
      // Full for this size; smaller ones may still go in.
    }
  }
  return { [Symbol.dispose]: () => Deno.removeSync(path) };
}

async function syncedRig(hub: TestHub, root?: string): Promise<EngineRig> {
  const rig = await EngineRig.make(root === undefined ? {} : { root });
  const first = await rig.sync(hub.url);
  assert.equal(first.status, "success", first.error);
  return rig;
}

for (const step of STEPS) {
  Deno.test({
    name: `syncAll() survives a disk that is full from step ${step} on`,
    ...asRoot,
    async fn() {
      await using temp = await tempDir();
      using _mount = mount("tmpfs", "size=24m", temp.at("disk"));
      await using hub = startHub({ kind: "modern", profile: PROFILE });
      await using rig = await syncedRig(hub, temp.at("disk"));
      const before = hub.tree();
      hub.nextDay({ rewritten: 12, added: 0 });
      let full: Disposable | undefined;
      const onStep = (at: string) => {
        if (at === step) full ??= fillUp(temp.at("disk"));
      };
      const result = await rig.sync(hub.url, { context: { onStep } });
      assert(full !== undefined, `never came to ${step}`);
      await assertHonestManifest(rig.dataset.localDir);
      const version = await rig.recorded();
      if (!result.success) {
        assert.equal(result.status, "disk_full", result.error);
        assert.match(result.error!, /space|room/);
        assert.match(result.hint!, /free some/);
        const after = PUBLISH_STEPS.indexOf(step as typeof PUBLISH_STEPS[number]);
        // Before the journal nothing has been changed; after it the next run finishes, or records.
        if (step !== "published" && after < PUBLISH_STEPS.indexOf("journal_written")) {
          assertSameTree(await rig.tree(), before);
        }
        assert.notEqual(version, hub.dataset.version);
      } else {
        assertSameTree(await rig.tree(), hub.tree());
      }
      full[Symbol.dispose]();
      const again = await rig.sync(hub.url);
      assert(again.success, again.error);
      assertSameTree(await rig.tree(), hub.tree());
      assert.equal(await rig.recorded(), hub.dataset.version);
    },
  });
}

const TOO_SMALL: [name: string, mount: string, says: RegExp][] = [
  [
    "before the first byte when the disk hasn't the room",
    "size=200k",
    /^Not enough room on the disk of \S+: \d+ kB needed, \d+ kB free$/,
  ],
  [
    "when the file system has too few inodes left",
    "size=64m,nr_inodes=20",
    /^Too few inodes left on the disk of \S+: \d+ needed, \d+ free$/,
  ],
];
for (const [name, options, says] of TOO_SMALL) {
  Deno.test({
    name: `syncAll() refuses ${name}`,
    ...asRoot,
    async fn() {
      await using temp = await tempDir();
      using _mount = mount("tmpfs", options, temp.at("disk"));
      await using hub = startHub({ kind: "modern", profile: PROFILE });
      await using rig = await EngineRig.make({ root: temp.at("disk") });
      const result = await rig.sync(hub.url);
      const before = { tree: new Map(), version: null, says, status: "disk_full" } as const;
      await assertUntouched(rig, result, before);
    },
  });
}

Deno.test({
  name: "syncAll() says so when the file system turns read-only",
  ...asRoot,
  async fn() {
    await using temp = await tempDir();
    using _mount = mount("tmpfs", "size=24m", temp.at("disk"));
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    await using rig = await syncedRig(hub, temp.at("disk"));
    const before = { tree: hub.tree(), version: hub.dataset.version, says: /read-only/ };
    hub.nextDay({ rewritten: 3 });
    rig.endWorkers();
    await remount(temp.at("disk"), "ro");
    const result = await rig.sync(hub.url);
    await assertUntouched(rig, result, before);
    await remount(temp.at("disk"), "rw");
    assert((await rig.sync(hub.url)).success);
    assertSameTree(await rig.tree(), hub.tree());
  },
});

Deno.test({
  name: "syncAll() works where local_dir is a file system of its own",
  ...asRoot,
  async fn() {
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    await using rig = await EngineRig.make();
    using _mount = mount("tmpfs", "size=24m", rig.dataset.localDir);
    assert.equal((await rig.sync(hub.url)).status, "success");
    hub.nextDay({ rewritten: 3 });
    assert.equal((await rig.sync(hub.url)).status, "success");
    assertSameTree(await rig.tree(), hub.tree());
    const [work, ...others] = [...Deno.readDirSync(rig.dataset.localDir)]
      .filter(({ isDirectory }) => isDirectory);
    assert.deepEqual([work?.name, others.length], [".datahubsync", 0]);
    const inside = await readTree(`${rig.dataset.localDir}/.datahubsync`);
    for (const name of inside.keys()) assert.doesNotMatch(name, /\.(csv|txt|json|zip)$/);
  },
});

Deno.test("syncAll() says so when a folder is where a file should go", async () => {
  await using hub = startHub({ kind: "modern", profile: PROFILE });
  await using rig = await syncedRig(hub);
  const [path] = hub.tree().keys();
  const blocked = `${rig.dataset.localDir}/${path}`;
  await Deno.remove(blocked);
  await Deno.mkdir(`${blocked}/mine`, { recursive: true });
  await Deno.writeTextFile(`${blocked}/mine/notes.txt`, "mine");
  const before = { tree: await rig.tree(), version: await rig.recorded(), says: /is a folder/ };
  hub.nextDay({ rewritten: 23, added: 0 });
  await assertUntouched(rig, await rig.sync(hub.url), before);
  await Deno.remove(blocked, { recursive: true });
  assert((await rig.sync(hub.url)).success);
  assertSameTree(await rig.tree(), hub.tree());
});

Deno.test("syncAll() says so when a file is where a folder should go", async () => {
  const content = new TextEncoder().encode("a,b\n1,2\n");
  await using hub = new FaultyHub({ kind: "modern" });
  const offered = (path: string, version: string) =>
    hub.setDataset("stock-trading-data-pro", { version, package: buildZip([{ path, content }]) });
  await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
  offered("a.csv", "2026-01-05T20:15:00");
  assert((await rig.sync(hub.url)).success);
  await Deno.writeTextFile(`${rig.dataset.localDir}/folder`, "mine");
  const before = { tree: await rig.tree(), version: await rig.recorded(), says: /is a file/ };
  offered("folder/b.csv", "2026-01-06T20:15:00");
  const result = await rig.sync(hub.url);
  await assertUntouched(rig, result, before);
  assert.match(
    result.hint ?? "",
    /^move \S+\/folder away \(with delete_removed .*\) and run again/,
  );
  assertChineseText(result.hint ?? "");
});

Deno.test("syncAll() lets a file become a folder, and a folder a file, where it removes what is gone", async () => {
  const days = [["x", "y/a", "y/b/c"], ["x/a", "y"], ["x", "y/a"]].map((paths) =>
    paths.map((path) => ({ path, content: new TextEncoder().encode(`${path}\n`.repeat(50)) }))
  );
  await using hub = new FaultyHub({ kind: "modern" });
  await using rig = await EngineRig.make({ dataset: { stripPrefix: "", deleteRemoved: true } });
  for (const [day, files] of days.entries()) {
    const version = `2026-01-0${day + 1}T20:15:00`;
    hub.setDataset("stock-trading-data-pro", { version, package: buildZip(files) });
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    const tree: Tree = new Map(files.map(({ path, content }) => [path, content]));
    assertSameTree(await rig.tree(), tree);
  }
});

Deno.test("syncAll() places names of 255 bytes", async () => {
  const content = new TextEncoder().encode("a,b\n1,2\n");
  const names = ["x".repeat(251) + ".csv", "数".repeat(83) + "ab.csv"];
  await using hub = new FaultyHub({ kind: "modern" });
  const files = names.map((path) => ({ path, content }));
  hub.setDataset("stock-trading-data-pro", { version: "v1", package: buildZip(files) });
  await using rig = await EngineRig.make({ dataset: { localDir: undefined as never } });
  rig.dataset.localDir = rig.at("d".repeat(255));
  assert.deepEqual((await rig.sync(hub.url)).status, "success");
  assertSameTree(await rig.tree(), new Map(names.map((name) => [name, content])));
});

Deno.test("syncAll() minds no clock that jumps", async () => {
  await using hub = startHub({ kind: "modern", profile: PROFILE });
  await using rig = await syncedRig(hub);
  const day = 24 * 3600_000;
  for (const jump of [-400 * day, 400 * day, -20_000 * day]) {
    hub.nextDay({ rewritten: 2 });
    let now = Date.now() + jump;
    const clock = () => now -= 1000; // and it runs backwards
    const result = await rig.sync(hub.url, { context: { clock }, client: { clock } });
    assert.equal(result.status, "success", result.error);
    assertSameTree(await rig.tree(), hub.tree());
  }
});

/** Cuts and spoils a file at one of its places, as crashes and failing disks do. */
const DAMAGES: Record<string, (bytes: Uint8Array) => Uint8Array> = {
  "emptied": () => new Uint8Array(),
  "cut after its first byte": (bytes) => bytes.subarray(0, 1),
  "cut in its head": (bytes) => bytes.subarray(0, 20),
  "cut in the middle": (bytes) => bytes.subarray(0, bytes.length >> 1),
  "cut before its last byte": (bytes) => bytes.subarray(0, bytes.length - 2),
  "spoiled in its first byte": (bytes) => spoiled(bytes, 0),
  "spoiled in its head": (bytes) => spoiled(bytes, 14),
  "spoiled in the middle": (bytes) => spoiled(bytes, bytes.length >> 1),
  "full of zeros": (bytes) => new Uint8Array(bytes.length),
  "another program's": () => new TextEncoder().encode("<html></html>"),
};

function spoiled(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 0x20;
  return copy;
}

/** Ends a sync at a step, as a kill would, but for what a process can't help doing. */
async function dieAt(rig: EngineRig, hub: TestHub, step: string): Promise<void> {
  const onStep = (at: string) => {
    if (at === step) throw new Error(`died at ${step}`);
  };
  assert.equal((await rig.sync(hub.url, { context: { onStep } })).success, false);
}

const FILES: Record<string, { step: string; of: "work" | "state" }> = {
  manifest: { step: "none", of: "work" },
  journal: { step: "half_moved", of: "work" },
  "manifest.next": { step: "journal_written", of: "work" },
  "partial.map": { step: "downloaded", of: "work" },
  ".last_sync.json": { step: "none", of: "state" },
};

for (const [file, { step, of }] of Object.entries(FILES)) {
  Deno.test(`syncAll() comes right, or refuses with a hint, when ${file} is damaged`, async () => {
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    await using rig = await syncedRig(hub);
    for (const [damage, spoil] of Object.entries(DAMAGES)) {
      hub.nextDay({ rewritten: 3 });
      if (step !== "none") await dieAt(rig, hub, step);
      const { work } = await rig.layout();
      const path = of === "state" ? rig.statePath : `${work}/${file}`;
      await Deno.writeFile(path, spoil(await Deno.readFile(path)));
      const bytes = await Deno.readFile(path);
      const result = await rig.sync(hub.url).catch((error) => error);
      const about = `${file} ${damage}: ${result.status ?? ""} ${result.error ?? result.message}`;
      if (result instanceof Error) {
        assert.equal(of, "state", about);
        assert.match(String((result as { hint?: string }).hint), /remove it/, about);
        assert.deepEqual(await Deno.readFile(path), bytes, "it was overwritten");
        await Deno.remove(path);
        assert((await rig.sync(hub.url)).success, about);
      } else assert(result.success, about);
      assertSameTree(await rig.tree(), hub.tree());
      await assertHonestManifest(rig.dataset.localDir);
    }
  });

  if (of === "state") continue;
  Deno.test(`syncAll() leaves a ${file} of a newer program alone, and says so`, async () => {
    await using hub = startHub({ kind: "modern", profile: PROFILE });
    await using rig = await syncedRig(hub);
    hub.nextDay({ rewritten: 3 });
    if (step !== "none") await dieAt(rig, hub, step);
    const { work } = await rig.layout();
    const before = { tree: await rig.tree(), version: await rig.recorded(), says: /version 2/ };
    const newer = `{"format":2,"crc":"00000000","of":"the future"}\n`;
    await Deno.writeTextFile(`${work}/${file}`, newer);
    const result = await rig.sync(hub.url);
    await assertUntouched(rig, result, before);
    assert.match(result.hint!, /newer/);
    assert.equal(await Deno.readTextFile(`${work}/${file}`), newer);
  });
}

async function remount(path: string, mode: "ro" | "rw"): Promise<void> {
  const args = ["-o", `remount,${mode}`, path];
  // A worker that was ended closes its files a moment later, and until then the disk is busy.
  await until(async () => {
    const { code, stderr } = await outcomeOf("mount", args);
    assert(code === 0 || /is busy/.test(stderr), stderr);
    return code === 0;
  });
}
