/**
 * `datasets[].expect`: what isn't as expected never goes live, costs one download, and passes once
 * when it is accepted.
 *
 * Longer than 250 lines because each expectation is met and missed.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { DatasetConfig, Expectations } from "../../src/config/dataset_config.ts";
import type { FaultyHub } from "../support/faulty_hub/hub.ts";
import { EngineRig, type RunOptions } from "../support/engine.ts";
import { startFileServer } from "../support/file_server.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { syncUrl } from "../support/url_sync.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf, zipOf } from "./watched.ts";

/** Daily files of `count` stocks, with a row per day in January up to `day`. */
function stocks(count: number, day: number, options: { from?: number } = {}): Tree {
  const { from = 1 } = options;
  const rows = Array.from(
    { length: day - from + 1 },
    (_, index) => `2026-01-${String(from + index).padStart(2, "0")},1.${index}`,
  );
  return treeOf(Object.fromEntries(Array.from({ length: count }, (_, stock) => [
    `sh6000${String(stock).padStart(2, "0")}.csv`,
    `date,close\n${rows.join("\n")}\n${"# filling, longer than any saving\n".repeat(5)}`,
  ])));
}

function offer(hub: FaultyHub, day: number, tree: Tree): void {
  hub.setDataset(NAME, { version: versionOf(day), package: zipOf(tree) });
}

/** The machine's time: the evening of that day in January. */
function onDay(day: number, more: RunOptions = {}): RunOptions {
  return { context: { clock: () => Date.parse(`${versionOf(day)}+08:00`) + 3_600_000 }, ...more };
}

async function rigWith(
  expect: Expectations,
  dataset: Partial<DatasetConfig> = {},
): Promise<EngineRig> {
  return await EngineRig.make({ dataset: { expect, ...dataset } });
}

const accepting = { job: { accept: new Set([NAME]) } };

const CASES: [what: string, expect: Expectations, bad: (day: number) => Tree, said: RegExp][] = [
  [
    "min_files",
    { minFiles: 20 },
    (day) => stocks(19, day),
    /it has 19 files, expected at least 20/,
  ],
  [
    "max_removed",
    { maxRemoved: 0.05 },
    (day) => stocks(18, day),
    /it lacks 2 of 20 files \(10 %\), expected at most 5 %/,
  ],
  [
    "max_shrink",
    { maxShrink: 0.2 },
    () =>
      treeOf(Object.fromEntries([...stocks(20, 1).keys()].map((path) => [path, "date,close\n"]))),
    /it is 9\d % smaller, expected at most 20 %/,
  ],
  [
    "newest_row",
    { newestRow: { column: "date", hours: 48, encoding: "auto" } },
    () => stocks(20, 7, { from: 2 }),
    /its newest row is of 2026-01-07 \("date"\), expected within 2 d/,
  ],
  [
    "newest_row's column",
    { newestRow: { column: "date", hours: 48, encoding: "auto" } },
    () => treeOf({ "a.csv": "day,close\n2026-01-12,1\n" }),
    /none of the files looked at has a column "date"/,
  ],
];

for (const [what, expect, bad, said] of CASES) {
  for (const publish of ["files", "snapshot"] as const) {
    Deno.test(`syncDataset() with expect rejects by ${what}, keeps the old data and fetches once (${publish})`, async () => {
      const good = stocks(20, 5);
      await using hub = hubWith({ version: versionOf(5), package: zipOf(good) });
      await using rig = await rigWith(expect, { publish });
      assert.equal((await rig.sync(hub.url, onDay(5))).status, "success");

      offer(hub, 12, bad(12));
      const rejected = await rig.sync(hub.url, onDay(12));
      assert.equal(rejected.status, "rejected", rejected.error);
      assert.equal(rejected.success, false);
      assert.match(rejected.error!, said);
      assert.match(rejected.error!, /the data here stays/);
      assert.match(rejected.hint!, /datahubsync sync --accept stock-trading-data-pro/);
      assert.equal(rejected.version, versionOf(5));
      assert.equal(await rig.recorded(), versionOf(5));
      assertSameTree(await rig.tree(), good);

      hub.reset();
      const again = await rig.sync(hub.url, onDay(13));
      assert.deepEqual([again.status, again.error], ["rejected", rejected.error]);
      assert.deepEqual(packageRequests(hub), []);

      const accepted = await rig.sync(hub.url, onDay(13, accepting));
      assert.equal(accepted.status, "success", accepted.error);
      assert.ok(accepted.bytesDownloaded <= 70_000, `${accepted.bytesDownloaded} bytes again`);
      assert.equal(accepted.entriesFetched, 0);
      assert.ok(rig.warnings.some((text) => text.startsWith("accepted, though ")));
      assertSameTree(await rig.tree(), bad(12));
      assert.equal(await rig.recorded(), versionOf(12));
      const left = [...Deno.readDirSync((await rig.layout()).work)].map(({ name }) => name);
      assert.ok(!left.includes("rejected"), left.join(" "));
      assert.equal((await rig.sync(hub.url, onDay(13))).status, "up_to_date");
    });
  }
}

const planning = { job: { planOnly: true } };

for (const [what, expect, bad, said] of CASES) {
  Deno.test(`a dry run with expect says what the directory shows of ${what}, and changes nothing`, async () => {
    const good = stocks(20, 5);
    await using hub = hubWith({ version: versionOf(5), package: zipOf(good) });
    await using rig = await rigWith(expect);
    const first = await rig.sync(hub.url, { ...onDay(5), ...planning });
    const rowsUnseen = expect.newestRow !== undefined;
    assert.deepEqual(first.foreseen, { faults: [], rowsUnseen });
    assert.equal((await rig.sync(hub.url, onDay(5))).status, "success");
    offer(hub, 12, bad(12));
    const dry = await rig.sync(hub.url, { ...onDay(13), ...planning });
    assert.equal(dry.status, "planned");
    assert.equal(dry.foreseen!.rowsUnseen, rowsUnseen);
    if (rowsUnseen) assert.deepEqual(dry.foreseen!.faults, []);
    else assert.match(dry.foreseen!.faults.join(), said);
    assert.equal((await rig.sync(hub.url, onDay(13))).status, "rejected");
    // Now that it was judged, the dry run knows of the rows, too.
    const known = await rig.sync(hub.url, { ...onDay(13), ...planning });
    assert.equal(known.foreseen!.rowsUnseen, false);
    assert.match(known.foreseen!.faults.join(), said);
    assertSameTree(await rig.tree(), good);
  });
}

Deno.test("syncDataset() with expect takes a better package without being told", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.05 });
  await rig.sync(hub.url);
  offer(hub, 6, stocks(10, 6));
  assert.equal((await rig.sync(hub.url)).status, "rejected");
  offer(hub, 7, stocks(20, 7));
  assert.equal((await rig.sync(hub.url)).status, "success");
  assertSameTree(await rig.tree(), stocks(20, 7));
});

Deno.test("syncDataset() accepts only the package that was rejected, and only once", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.05 });
  await rig.sync(hub.url);
  offer(hub, 6, stocks(10, 6));
  // Nobody has seen it yet.
  assert.equal((await rig.sync(hub.url, onDay(6, accepting))).status, "rejected");
  assert.ok(rig.warnings.some((text) => text.includes("none accepted")), rig.warnings.join());
  offer(hub, 7, stocks(9, 7));
  const another = await rig.sync(hub.url, onDay(7, accepting));
  assert.equal(another.status, "rejected");
  assert.match(another.error!, /lacks 11 of 20/);
  assert.equal((await rig.sync(hub.url, onDay(7, accepting))).status, "success");
  offer(hub, 8, stocks(4, 8));
  assert.equal((await rig.sync(hub.url, onDay(8))).status, "rejected");
});

for (const kind of ["no_ranges", "deployed", "modern"] as const) {
  Deno.test(`accepting a rejected package from a ${kind} hub asks for no byte that is here`, async () => {
    await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) }, { kind });
    await using rig = await rigWith({ maxRemoved: 0.05 });
    await rig.sync(hub.url);
    const bad = stocks(9, 6);
    offer(hub, 6, bad);
    assert.equal((await rig.sync(hub.url, onDay(6))).status, "rejected");
    hub.reset();
    const accepted = await rig.sync(hub.url, onDay(6, accepting));
    assert.equal(accepted.status, "success", accepted.error);
    assert.equal(accepted.entriesFetched, 0);
    assertSameTree(await rig.tree(), bad);
    assert.equal(await rig.recorded(), versionOf(6));
    // What came whole is here whole; of what came in parts the directory is read again.
    if (kind === "no_ranges") {
      assert.deepEqual([packageRequests(hub), accepted.bytesDownloaded], [[], 0]);
    } else assert.ok(accepted.bytesDownloaded <= 70_000, `${accepted.bytesDownloaded} bytes`);
  });
}

Deno.test("accepting what a hub without ranges has replaced unseen, or a disk has damaged, asks for it again", async () => {
  for (const what of ["damaged", "replaced"] as const) {
    await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) }, {
      kind: "no_ranges",
    });
    await using rig = await rigWith({ maxRemoved: 0.05 });
    await rig.sync(hub.url);
    const bad = stocks(9, 6);
    offer(hub, 6, bad);
    assert.equal((await rig.sync(hub.url, onDay(6))).status, "rejected");
    const { partial } = await rig.layout();
    if (what === "damaged") {
      const bytes = await Deno.readFile(partial);
      bytes.fill(0, bytes.length - 200, bytes.length - 30);
      await Deno.writeFile(partial, bytes);
    } else offer(hub, 7, stocks(8, 7));
    hub.reset();
    const accepted = await rig.sync(hub.url, onDay(7, accepting));
    assert.equal(accepted.status, what === "damaged" ? "success" : "rejected", accepted.error);
    assertSameTree(await rig.tree(), what === "damaged" ? bad : stocks(20, 5));
    assert.equal(packageRequests(hub).length > 0, true);
  }
});

Deno.test("syncDataset() judges a rejected package again when the expectations change", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.05 });
  await rig.sync(hub.url);
  offer(hub, 6, stocks(10, 6));
  assert.equal((await rig.sync(hub.url)).status, "rejected");
  rig.dataset.expect = { maxRemoved: 0.5 };
  assert.equal((await rig.sync(hub.url)).status, "success");
});

Deno.test("max_removed counts what a package lost since the one before, not since the first", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(40, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.1, maxShrink: 0.2 }, { deleteRemoved: false });
  await rig.sync(hub.url);
  for (const [day, count] of [[6, 37], [7, 34], [8, 31], [9, 28]] as const) {
    offer(hub, day, stocks(count, day));
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
  }
  offer(hub, 10, stocks(20, 10));
  assert.match((await rig.sync(hub.url)).error!, /it lacks 8 of 28 files \(29 %\)/);
});

Deno.test("max_shrink and max_removed don't mistake a narrower selection for a loss", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(40, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.1, maxShrink: 0.2 });
  await rig.sync(hub.url);
  rig.dataset.include = ["sh60000*.csv"];
  offer(hub, 6, stocks(40, 6));
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "success", result.error);
  assert.equal((await rig.tree()).size, 10);
});

Deno.test("a kill between staging and the verdict loses nothing: the next run judges", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) });
  await using rig = await rigWith({ maxRemoved: 0.05 });
  await rig.sync(hub.url);
  offer(hub, 6, stocks(10, 6));
  await Deno.writeTextFile((await rig.layout()).rejected, "cut off by a power cut");
  assert.equal((await rig.sync(hub.url)).status, "rejected");
  assertSameTree(await rig.tree(), stocks(20, 5));
});

Deno.test("newest_row is in the result of what went live, and not of what was rejected", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) });
  await using rig = await rigWith({ newestRow: { column: "date", hours: 48, encoding: "auto" } });
  const day = (n: number) => Date.parse(`2026-01-${String(n).padStart(2, "0")}T00:00:00+08:00`);
  assert.equal((await rig.sync(hub.url, onDay(5))).newestRow, day(5));
  offer(hub, 6, stocks(20, 6));
  assert.equal((await rig.sync(hub.url, onDay(6))).newestRow, day(6));
  // A new package without a new row: old data under a new date.
  offer(hub, 12, stocks(20, 6));
  const old = await rig.sync(hub.url, onDay(12));
  assert.deepEqual([old.status, old.newestRow], ["rejected", undefined]);
});

Deno.test("newest_row counts the days of max_age only: Friday's row is new on Monday", async () => {
  const newestRow = { column: "date", hours: 24, encoding: "auto" } as const;
  for (const [weekdays, status] of [[[1, 2, 3, 4, 5], "success"], [[], "rejected"]] as const) {
    // 2026-01-09 is a Friday.
    await using hub = hubWith({ version: versionOf(12), package: zipOf(stocks(20, 9)) });
    await using rig = await rigWith({ newestRow }, {
      maxAge: { hours: 24, weekdays: [...weekdays], hour: 0 },
    });
    assert.equal((await rig.sync(hub.url, onDay(12))).status, status);
  }
});

Deno.test("a hub without ranges gives a rejected package once, too", async () => {
  await using hub = hubWith({ version: versionOf(5), package: zipOf(stocks(20, 5)) }, {
    kind: "no_ranges",
  });
  await using rig = await rigWith({ maxRemoved: 0.05 });
  await rig.sync(hub.url);
  offer(hub, 6, stocks(10, 6));
  assert.equal((await rig.sync(hub.url, onDay(6))).status, "rejected");
  hub.reset();
  assert.equal((await rig.sync(hub.url, onDay(7))).status, "rejected");
  assert.deepEqual(packageRequests(hub), []);
});

Deno.test("a ZIP with an address of its own is judged once per day", async () => {
  const files = (count: number, day: number) =>
    zipOf(stocks(count, day)) as Uint8Array<ArrayBuffer>;
  for (const ranges of [Infinity, 0]) {
    await using server = startFileServer({
      bytes: files(20, 5),
      lastModified: "Mon, 05 Jan 2026 12:15:00 GMT",
      ranges,
    });
    await using rig = await rigWith({ maxRemoved: 0.05 });
    const noon = Date.parse("2026-01-06T12:00:00Z");
    const sync = async (now: number): Promise<[status: string, requests: number]> => {
      server.asked.length = 0;
      const { status } = await syncUrl(rig, server.url, { now });
      return [status, server.asked.length];
    };
    assert.equal((await sync(noon))[0], "success");
    server.state.bytes = files(10, 6);
    server.state.lastModified = "Tue, 06 Jan 2026 11:15:00 GMT";
    assert.equal((await sync(noon))[0], "rejected");
    assert.deepEqual(await sync(noon + 60_000), ["rejected", 1], "it asks what there is, no more");
    const [status, requests] = await sync(noon + 86_400_000);
    assert.equal(status, "rejected");
    assert.ok(requests > 1, "the same time may be another package's");
  }
});
