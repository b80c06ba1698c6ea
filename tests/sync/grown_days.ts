/**
 * Days of files that grow, packed by Python, and syncs in which a closer look at them is worth it.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FaultyHub } from "../support/faulty_hub/hub.ts";
import { buildZip, type Packing, type ZipOptions } from "../support/zip_builder.ts";
import { assertHonestManifest, type EngineRig, type RunOptions } from "../support/engine.ts";
import type { PythonPacker } from "../support/python_packer.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { NAME, packageRequests, versionOf, type Watched, watched } from "./watched.ts";

/** Rows of a file on the first day: some 130 KB, in three blocks. */
export const ROWS = 1500;

/** A file's path by its number. */
export function pathOf(index: number): string {
  return `sh6${String(index).padStart(5, "0")}.csv`;
}

/** So many files, each of the rows that `rows` says. */
export function grownTree(files: number, rows: number | ((index: number) => number)): Tree {
  const rowsOf = typeof rows === "number" ? () => rows : rows;
  return new Map(
    Array.from({ length: files }, (_, index) => [pathOf(index), csvRows(index, rowsOf(index))]),
  );
}

/** A package of a tree, packed as `zipfile` does. */
export async function pythonZip(
  packer: PythonPacker,
  tree: Tree,
  options: ZipOptions & { packing?: (path: string) => Packing } = {},
): Promise<Uint8Array> {
  const { packing = () => ({}), ...zip } = options;
  const files = await Promise.all([...tree].map(async ([path, content]) => ({
    path,
    precompressed: await packer.pack(content, packing(path)),
  })));
  return buildZip(files, zip);
}

/** The clock of a run that has to wait for every answer, so that few bytes and requests are worth much. */
export function farClock(stepMs = 1000): RunOptions {
  let now = 0;
  return { client: { clock: () => now += stepMs } };
}

/** What a day cost, beside what {@linkcode watched} tells. */
export interface Day extends Watched {
  /** Bytes of the package beside its directory's tail. */
  wire: number;
  /** Requests for the package beside its directory's. */
  requests: number;
}

/** Offers a tree, syncs it, and checks that it came out right. */
export async function live(
  rig: EngineRig,
  hub: FaultyHub,
  day: { number: number; tree: Tree; package: Uint8Array; options?: RunOptions },
): Promise<Day> {
  hub.setDataset(NAME, { version: versionOf(day.number), package: day.package });
  hub.reset();
  const seen = await watched(rig, hub.url, { ...farClock(), ...day.options });
  assert.equal(seen.result.status, "success", `day ${day.number}: ${seen.result.error}`);
  assertSameTree(await rig.tree(), day.tree);
  await assertHonestManifest(rig.dataset.localDir);
  const [, ...requests] = packageRequests(hub);
  const wire = requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  return { ...seen, wire, requests: requests.length };
}
