/**
 * A week of a dataset: rows appended every day, a file rewritten, one removed, one new, a column
 * restated in some files on one day. Every day's folder is what that day's package holds, and
 * what each day cost is printed.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { contentOf } from "../../src/demo/csv_rows.ts";
import { DemoDataset, type DemoFile } from "../../src/demo/dataset.ts";
import { FaultyHub, type HubKind } from "../support/faulty_hub/hub.ts";
import { pro, type ProfileOptions } from "../../src/demo/profiles.ts";
import { EngineRig, type RunOptions } from "../support/engine.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { judge } from "../support/judge.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { farClock, pythonZip } from "./grown_days.ts";
import { NAME, packageRequests, watched, zipOf } from "./watched.ts";

const RESTATED_FROM = 4;

/** A file of the day; from one day on every third has a column of all its rows restated. */
function fileOn(day: number, file: DemoFile): Uint8Array {
  const content = contentOf(file);
  if (day < RESTATED_FROM || Number(file.code.slice(2)) % 3 !== 0) return content;
  const text = Buffer.from(content).toString("latin1");
  const lines = text.split("\n").map((line, number) => {
    if (number < 2 || line === "") return line;
    const columns = line.split(",");
    columns[10] = `${Number(columns[10]) * 2}`;
    return columns.join(",");
  });
  return Buffer.from(lines.join("\n"), "latin1");
}

function treeOn(day: number, dataset: DemoDataset): Tree {
  const files = dataset.files.map((file): [string, Uint8Array] => [file.path, fileOn(day, file)]);
  return new Map(files.sort(([a], [b]) => a < b ? -1 : 1));
}

interface Cost {
  day: number;
  /** Bytes on the wire beside the directory's first request. */
  beside: number;
  wire: number;
  package: number;
  strategy: string;
}

/** What a hub offers on one day. */
interface Day {
  version: string;
  package: Uint8Array;
}

/** A week's packages. */
async function packedWeek(
  profile: ProfileOptions,
  pack: (tree: Tree) => Uint8Array | Promise<Uint8Array>,
): Promise<Day[]> {
  let dataset = DemoDataset.firstDay(pro(profile));
  const days: Day[] = [];
  for (let day = 0; day <= 7; day++) {
    if (day > 0) {
      dataset = dataset.nextDay({
        added: day === 2 ? 1 : 0,
        rewritten: day === 3 ? 1 : 0,
        removed: day === 5 ? 1 : 0,
      });
    }
    days.push({ version: dataset.version, package: await pack(treeOn(day, dataset)) });
  }
  return days;
}

/** Lives a week; gives what each day cost, and prints it. */
async function week(title: string, days: readonly Day[], with_: {
  kind: HubKind;
  options?: () => RunOptions;
}): Promise<Cost[]> {
  await using hub = new FaultyHub({ kind: with_.kind });
  await using rig = await EngineRig.make({ dataset: { deleteRemoved: true } });
  const costs: Cost[] = [];
  for (const [day, { version, package: package_ }] of days.entries()) {
    hub.setDataset(NAME, { version, package: package_ });
    hub.reset();
    const { result, plan } = await watched(rig, hub.url, with_.options?.());
    assert.equal(result.status, "success", `day ${day}: ${result.error}`);
    assertSameTree(await rig.tree(), judge(package_));
    assert.equal(await rig.recorded(), version);
    assert.equal(result.entriesDeleted, day === 5 ? 1 : 0);
    const wire = hub.bytesSent("/package/");
    const [directory, ...rest] = packageRequests(hub);
    const beside = wire - directory!.bytesSent;
    costs.push({ day, wire, beside, package: package_.length, strategy: plan!.strategy });
    assert(wire < package_.length * 1.1 + 150_000, `day ${day}: ${wire} of ${package_.length}`);
    assert(rest.length < 40, `day ${day}: ${rest.length} requests`);
  }
  for (const { day, wire, beside, package: total, strategy } of costs) {
    const share = (100 * wire / total).toFixed(1).padStart(5);
    const rest = `${(100 * beside / total).toFixed(1)} % beside the directory`;
    console.log(
      `day ${day} (${title}): ${wire} of ${total} bytes, ${share} %, ${rest}, ${strategy}`,
    );
  }
  return costs;
}

const plainWeek = packedWeek({ scale: 0.0022, rows: 2200 }, zipOf);

for (const kind of ["modern", "deployed"] as HubKind[]) {
  Deno.test(`every day of a week ends in the tree that its package holds (${kind})`, async () => {
    const costs = await week(kind, await plainWeek, { kind });
    if (kind !== "modern") return;
    for (const { day, wire, package: total } of costs) {
      // The directory's tail is 64 KB at least, which is much of so small a package.
      const usual = wire - 70_000;
      const share = day === 0 ? 1.05 : day === RESTATED_FROM ? 0.6 : day === 3 ? 0.2 : 0.08;
      assert(usual < total * share, `day ${day}: ${wire} of ${total}`);
    }
  });
}

Deno.test({
  name: "a week of Python's packages on a far hub costs a few hundred bytes per file and day",
  ignore: !hasPython(),
  fn: async () => {
    await using packer = new PythonPacker();
    const days = await packedWeek({ scale: 0.005, rows: 600 }, (tree) => pythonZip(packer, tree));
    const costs = await week("modern, packed by Python", days, {
      kind: "modern",
      options: () => farClock(),
    });
    for (const { day, beside, package: total, strategy } of costs) {
      if (day > 0) assert.match(strategy, /ends/, `day ${day}`);
      // A file that is new, rewritten or restated comes whole; a third of them are, on one day.
      const share = day === 0
        ? 1
        : day === RESTATED_FROM
        ? 0.6
        : day === 2 || day === 3
        ? 0.2
        : 0.02;
      assert(beside < total * share, `day ${day}: ${beside} of ${total}`);
    }
  },
});
