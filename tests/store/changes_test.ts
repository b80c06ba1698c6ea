/** The list of changes holds what went live and nothing else, wherever a publish dies. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { ChangeList } from "../../src/store/change_list.ts";
import { type ChangeBatch, startChanges, waitingBatches } from "../../src/store/changes.ts";
import { ensureLayout } from "../../src/store/layout.ts";
import { publish, PUBLISH_STEPS } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { publishSnapshot, SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import type { Change } from "../../src/types.ts";
import { TempFolder } from "../support/temp.ts";
import { pause } from "../support/until.ts";
import { layoutOf, stage, writeTree } from "./dataset_folder.ts";

const FIRST = { "a.csv": "1\n", "b.csv": "1\n" };
const SECOND = { "a.csv": "1\n2\n", "c.csv": "new\n" };
const LISTED: Change[] = [
  { path: "a.csv", kind: "appended", fromByte: 2, size: 4 },
  { path: "c.csv", kind: "new", fromByte: 0, size: 4 },
];

async function released(temp: TempFolder): Promise<Omit<ChangeBatch, "id">[]> {
  const batches = await waitingBatches(await layoutOf(temp));
  return batches.map(({ batch: { id: _, ...rest } }) => rest);
}

for (const step of PUBLISH_STEPS) {
  Deno.test(`publish() that dies at ${step} loses no change, and lists none that didn't happen`, async () => {
    using temp = new TempFolder();
    const layout = await layoutOf(temp);
    await publish(layout, await stage(layout, FIRST), { durable: false });
    await startChanges(layout);
    const plan = { ...await stage(layout, SECOND), listed: { version: "v2", changes: LISTED } };
    const onStep = (at: string): void => {
      if (at === step) throw new Error("killed");
    };
    await assert.rejects(publish(layout, plan, { durable: true, onStep }), /killed/);
    await recoverPublish(layout);
    const happened = PUBLISH_STEPS.indexOf(step) >= PUBLISH_STEPS.indexOf("journal_written");
    assert.deepEqual(await released(temp), happened ? [{ version: "v2", changes: LISTED }] : []);
    assert.equal(await recoverPublish(layout), false);
    assert.equal((await released(temp)).length, happened ? 1 : 0, "once");
  });
}

for (const step of SNAPSHOT_STEPS) {
  Deno.test(`publishSnapshot() that dies at ${step} lists what went live`, async () => {
    using temp = new TempFolder();
    const options = { durable: true, keepVersions: 2 };
    const first = await layoutOf(temp);
    await publishSnapshot(first, await stage(first, FIRST), options);
    const layout = await layoutOf(temp);
    await startChanges(layout);
    const plan = { ...await stage(layout, SECOND), listed: { version: "v2", changes: LISTED } };
    const onStep = (at: string): void => {
      if (at === step) throw new Error("killed");
    };
    await assert.rejects(publishSnapshot(layout, plan, { ...options, onStep }), /killed/);
    await recoverPublish(await layoutOf(temp));
    const happened = SNAPSHOT_STEPS.indexOf(step) >= SNAPSHOT_STEPS.indexOf("switched");
    const expected = [{ version: "v2", snapshot: "000002", changes: LISTED }];
    assert.deepEqual(await released(temp), happened ? expected : []);
  });
}

Deno.test("publish() leaves out of the list what stayed because somebody changed it", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await publish(layout, await stage(layout, FIRST), { durable: false });
  await startChanges(layout);
  writeTree(layout.localDir, { "b.csv": "mine\n" });
  const removal = { path: "b.csv", size: 2, crc: 0, mtimeMs: 0 };
  const removed: Change = { path: "b.csv", kind: "removed", fromByte: 0, size: 0 };
  const plan = {
    ...await stage(layout, SECOND, [removal]),
    listed: { version: "v2", changes: [LISTED[0]!, removed, LISTED[1]!] },
  };
  assert.deepEqual((await publish(layout, plan, { durable: false })).kept, ["b.csv"]);
  assert.deepEqual(await released(temp), [{ version: "v2", changes: LISTED }]);
});

/** Publishes by hand what the list says; the files don't matter to the list. */
async function listed(temp: TempFolder, changes: Change[]): Promise<void> {
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  await startChanges(layout);
  const content = `${crypto.randomUUID()}\n`;
  const plan = { ...await stage(layout, { x: content }), listed: { version: null, changes } };
  await publish(layout, plan, { durable: false });
}

const change = (kind: Change["kind"], fromByte = 0, size = 9): Change => ({
  path: "x",
  kind,
  fromByte,
  size,
});

for (
  const [name, first, second, expected] of [
    ["appended twice", change("appended", 3, 6), change("appended", 6), ["appended", 3, 9]],
    ["new, then appended", change("new", 0, 6), change("appended", 6), ["new", 0, 9]],
    ["appended, then replaced", change("appended", 3, 6), change("replaced"), ["replaced", 0, 9]],
    ["replaced, then appended", change("replaced", 0, 6), change("appended", 6), [
      "replaced",
      0,
      9,
    ]],
    ["removed, then new", change("removed", 0, 0), change("new"), ["replaced", 0, 9]],
    ["new, then removed", change("new"), change("removed", 0, 0), ["removed", 0, 0]],
  ] as const
) {
  Deno.test(`ChangeList joins for a reader who saw neither: ${name}`, async () => {
    using temp = new TempFolder();
    await listed(temp, [first]);
    await listed(temp, [second]);
    using list = await ChangeList.open(temp.at("config.yaml"));
    await list.collect([{ name: "bars", localDir: temp.at("data") }]);
    const unread = await list.unread(new Set(["bars"]));
    assert.deepEqual(
      unread.map(({ kind, fromByte, size, number }) => [kind, fromByte, size, number]),
      [
        [...expected, 2],
      ],
    );
  });
}

Deno.test("ChangeList.done() forgets up to a number, which is never given again", async () => {
  using temp = new TempFolder();
  const bars = [{ name: "bars", localDir: temp.at("data") }];
  const names = new Set(["bars"]);
  await listed(temp, [change("new")]);
  {
    using list = await ChangeList.open(temp.at("config.yaml"));
    await list.collect(bars);
    await list.done(1);
    assert.deepEqual(await list.unread(names), []);
  }
  await listed(temp, [change("appended", 9, 12)]);
  using list = await ChangeList.open(temp.at("config.yaml"));
  await list.collect(bars);
  const unread = await list.unread(names);
  assert.deepEqual(unread.map(({ kind, number }) => [kind, number]), [["appended", 2]]);
  await list.done(1);
  assert.equal((await list.unread(names)).length, 1);
});

for (
  const text of [
    "{garbage\n",
    "null\n",
    "{}\n",
    '{"dataset":"bars","path":"a","kind":"toString"}\n',
  ]
) {
  Deno.test(`ChangeList.unread() says which file of the list is damaged: ${text.trim()}`, async () => {
    using temp = new TempFolder();
    await listed(temp, [change("new")]);
    using list = await ChangeList.open(temp.at("config.yaml"));
    await list.collect([{ name: "bars", localDir: temp.at("data") }]);
    const folder = temp.at(".datahubsync/changes");
    const [batch] = [...Deno.readDirSync(folder)].filter(({ name }) => /^\d/.test(name));
    await Deno.writeTextFile(`${folder}/${batch!.name}`, text);
    await assert.rejects(list.unread(new Set(["bars"])), (error) => {
      assert.equal(error instanceof StoreError && error.code, "bad_format");
      assert.match(String(error), /000000001-\S+ is damaged: it lists no changes/);
      return true;
    });
    await Deno.remove(`${folder}/${batch!.name}`);
    assert.deepEqual(await list.unread(new Set(["bars"])), [], "moved away, as the hint says");
  });
}

Deno.test("ChangeList.collect() that died before it removed a batch doesn't number it twice", async () => {
  using temp = new TempFolder();
  const bars = [{ name: "bars", localDir: temp.at("data") }];
  await listed(temp, [change("new")]);
  const layout = await layoutOf(temp);
  const left = await Deno.readFile(`${layout.changes}/000000001`);
  using list = await ChangeList.open(temp.at("config.yaml"));
  await list.collect(bars);
  await Deno.writeFile(`${layout.changes}/000000001`, left);
  await list.collect(bars);
  assert.equal(await list.last(), 1);
  assert.equal((await waitingBatches(layout)).length, 0);
});

Deno.test("ChangeList.open() waits for another process that has the list open", async () => {
  using temp = new TempFolder();
  const other = await ChangeList.open(temp.at("config.yaml"));
  let isOpen = false;
  const opening = ChangeList.open(temp.at("config.yaml")).finally(() => isOpen = true);
  await pause(50);
  assert(!isOpen);
  other[Symbol.dispose]();
  using _list = await opening;
});
