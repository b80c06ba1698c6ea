/**
 * Packs a demo dataset, and packs the next day's without deflating again what hasn't changed.
 *
 * @module
 */
import { contentOf } from "../../../src/demo/csv_rows.ts";
import type { DemoDataset } from "../../../src/demo/dataset.ts";
import type { HubDataset } from "./hub_dataset.ts";
import { buildZip, pack, type Packed, type ZipInput, type ZipOptions } from "../zip_builder.ts";

/** Packed contents by key; forgets what the last package didn't hold. */
export class PackCache {
  #packed = new Map<string, Packed>();

  /** The entries of a dataset, packed. */
  inputs(dataset: DemoDataset, options: ZipOptions = {}): ZipInput[] {
    const next = new Map<string, Packed>();
    const inputs = dataset.files.map((file): ZipInput => {
      // Files with the same seed and rows have the same content.
      const key = `${file.path}:${file.seed}:${file.rows}`;
      const precompressed = this.#packed.get(key) ?? pack(contentOf(file), options);
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
