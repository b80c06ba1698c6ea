/** When a plan is worth a closer look at how its package was made, and what comes of it. */
import assert from "node:assert/strict";
import { ensureLayout, resolveLayout } from "../../../src/store/layout.ts";
import { KnownBlocks, saveSymbols } from "../../../src/grown/memory.ts";
import { HubTraits } from "../../../src/sync/hubs/hub_traits.ts";
import { type KnownFacts, type Plan, Planner } from "../../../src/sync/plan/plan.ts";
import type { Located } from "../../../src/grown/estimate.ts";
import type { DiskFact } from "../../../src/sync/on_disk/survey.ts";
import { locate } from "../../../src/sync/look/look.ts";
import type { Step } from "../../../src/sync/plan/strategy.ts";
import { EngineRig } from "../../support/engine.ts";
import { hasPython, PythonPacker } from "../../support/python_packer.ts";
import { tempDir } from "../../support/temp.ts";
import { farClock, grownTree, live, pythonZip, ROWS } from "../grown_days.ts";
import { hubWith, NAME, versionOf, watched } from "../watched.ts";

const SIZE = 100_000;

function located(count: number): Located[] {
  const entries = Array.from({ length: count }, (_, index) => ({
    path: `e${index}`,
    method: 8,
    flags: 0,
    crc: 9,
    compressedSize: SIZE,
    size: SIZE * 3,
    headerOffset: index * (SIZE + 50),
    index,
    nameCrc: 0,
  }));
  return locate(entries, Float64Array.from(entries, (_, index) => (index + 1) * (SIZE + 50)));
}

const grown: DiskFact = {
  size: SIZE * 3 - 90,
  mtimeMs: 1,
  crc: 7,
  block: { bit: 60_000 * 8, out: 180_000 },
};

/** Plans in a folder whose memory holds the symbols of every file. */
async function plan(
  facts: Partial<KnownFacts> & Pick<KnownFacts, "located">,
  { bytesPerMs, whole }: { bytesPerMs: number; whole?: number },
): Promise<Plan> {
  await using temp = await tempDir();
  const layout = await resolveLayout(temp.at("data"));
  await ensureLayout(layout);
  const known = { crc: grown.crc!, bit: grown.block!.bit, end: grown.size - 300, counts: "AAE=" };
  await saveSymbols(layout.symbols, facts.located.map(({ entry }) => [entry.path, known] as const));
  const traits = Object.assign(new HubTraits(), { multiRange: true });
  traits.note({ firstByteMs: 1, durationMs: 1 + 1e8 / bytesPerMs, bytes: 1e8 });
  const planner = new Planner(new KnownBlocks(layout), { traits, connections: 1 });
  return await planner.plan({
    onDisk: () => grown,
    isStaged: () => false,
    guessFor: () => "ends",
    missing: (ranges) => [...ranges],
    ...facts,
  }, whole);
}

Deno.test("Planner looks closer only where the download takes long enough", async () => {
  const files = located(10); // 400 KB of tails
  const soon = await plan({ located: files }, { bytesPerMs: 2000 });
  assert.equal(soon.strategy, "tails of grown files");
  const late = await plan({ located: files }, { bytesPerMs: 1000 });
  assert.equal(late.strategy, "ends of grown files");
  assert(late.ms < soon.ms / 2);
});

Deno.test("Planner takes ends of files that may have grown, and for which that much may be guessed", async () => {
  const { block: _, ...unlearnt } = grown;
  const facts: (DiskFact | undefined)[] = [
    grown,
    unlearnt,
    undefined,
    { ...grown, size: SIZE * 3 },
    { ...grown, size: SIZE * 3 + 1 },
    { ...grown, crc: 9, size: SIZE * 3 }, // right as it is
    grown,
    { ...grown, crc: 8 }, // of which nothing is remembered
    grown,
  ];
  const { steps, kept } = await plan({
    located: located(9),
    onDisk: (path) => facts[Number(path[1])],
    guessFor: (path) => path === "e6" ? "tail" : "ends",
  }, { bytesPerMs: 100 });
  const pathsOf = (steps: Step[]) => steps.map(({ entry }) => entry.path);
  assert.deepEqual(pathsOf(steps.filter(({ tail }) => tail?.grown !== undefined)), ["e0", "e8"]);
  assert.deepEqual(pathsOf(steps.filter(({ tail }) => tail && !tail.grown)), ["e6", "e7"]);
  assert.deepEqual(kept.map(({ path }) => path), ["e5"]);
  const none = await plan({ located: located(8), guessFor: () => "tail" }, { bytesPerMs: 1 });
  assert.equal(none.strategy, "tails of grown files");
});

Deno.test("Planner fetches all for a mirror, however slow that is", async () => {
  const total = 10 * (SIZE + 50) + 700;
  const made = await plan({ located: located(10) }, { bytesPerMs: 1, whole: total });
  assert.deepEqual(made.ranges, [{ start: 0, end: total }]);
  assert.equal(made.bytes, total);
  assert.equal(made.countsOnManyRanges, false);
  assert(made.steps.every(({ tail }) => tail?.grown === undefined));
});

Deno.test({
  name:
    "a near hub's files cost their tails, a far one's their ends, and a plan alone leaves no trace",
  ignore: !hasPython(),
  fn: async () => {
    await using packer = new PythonPacker();
    await using hub = hubWith({ version: versionOf(1), package: new Uint8Array() });
    await using rig = await EngineRig.make();
    const trees = [0, 1, 2, 3].map((more) => grownTree(12, ROWS + more));
    const day = async (number: number) => {
      const tree = trees[number - 1]!;
      return { number, tree, package: await pythonZip(packer, tree) };
    };
    await live(rig, hub, await day(1));
    const { symbols } = await rig.layout();
    const near = await live(rig, hub, { ...await day(2), options: farClock(4) });
    assert.equal(near.plan!.strategy, "tails of grown files");
    assert.equal(await Deno.stat(symbols).catch(() => undefined), undefined);

    hub.setDataset(NAME, { version: versionOf(3), package: (await day(3)).package });
    const options = { ...farClock(), job: { planOnly: true } };
    const planned = await watched(rig, hub.url, options);
    assert.equal(planned.plan!.strategy, "ends of grown files");
    assert.equal(await Deno.stat(symbols).catch(() => undefined), undefined);
    const far = await live(rig, hub, await day(3));
    // Some of it comes with the directory, which a plan alone doesn't keep.
    assert(far.plan!.bytesToFetch <= planned.plan!.bytesToFetch);
    assert(planned.plan!.bytesToFetch < 12 * 1000);
    assert(far.wire < near.wire / 2, `${far.wire} bytes after ${near.wire}`);
    assert((await Deno.stat(symbols)).isFile);
  },
});
