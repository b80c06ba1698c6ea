/**
 * Packs a demo dataset, and packs the next day's without deflating again what hasn't changed.
 *
 * @module
 */
import type { DemoDataset, DemoFile } from "../../../src/demo/dataset.ts";
import { demoContent } from "../demo_content.ts";
import type { HubDataset } from "./hub_dataset.ts";
import {
  buildZip,
  pack,
  type Packed,
  type Packing,
  type ZipInput,
  type ZipOptions,
} from "../zip_builder.ts";

/**
 * Small files that were packed in this process: many tests start a hub of the same dataset, and making
 * and packing its content takes a third of a test's time.
 */
const SMALL = new Map<string, Packed>();
const SMALL_ROWS = 200;
const MOST_SMALL = 2000;

function packedFile(file: DemoFile, packing: Packing): Packed {
  if (file.rows > SMALL_ROWS) return pack(demoContent(file), packing);
  const key = JSON.stringify([file, packing.method, packing.level, packing.strategy]);
  const known = SMALL.get(key);
  if (known !== undefined) return known;
  if (SMALL.size === MOST_SMALL) SMALL.clear();
  const packed = pack(demoContent(file), packing);
  SMALL.set(key, packed);
  return packed;
}

/** Packed contents by key; forgets what the last package didn't hold. */
export class PackCache {
  #packed = new Map<string, Packed>();

  /** The entries of a dataset, packed. */
  inputs(dataset: DemoDataset, options: ZipOptions = {}): ZipInput[] {
    const next = new Map<string, Packed>();
    const inputs = dataset.files.map((file): ZipInput => {
      // Files with the same seed and rows have the same content.
      const key = `${file.path}:${file.seed}:${file.rows}`;
      const precompressed = this.#packed.get(key) ?? packedFile(file, options);
      next.set(key, precompressed);
      return { path: file.path, precompressed };
    });
    this.#packed = next;
    return inputs;
  }
}

/** A dataset with its package, ready for `FaultyHub.setDataset`. */
export function offer(
  dataset: DemoDataset,
  options: ZipOptions & { cache?: PackCache } = {},
): HubDataset & { package: Uint8Array } {
  const inputs = (options.cache ?? new PackCache()).inputs(dataset, options);
  return {
    version: dataset.version,
    package: buildZip(inputs, options),
    fileCount: inputs.length,
    totalSize: inputs.reduce((sum, input) => sum + (input.precompressed?.size ?? 0), 0),
  };
}
