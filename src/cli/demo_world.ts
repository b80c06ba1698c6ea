/**
 * What the demo plays with: a hub on loopback with two made-up datasets, which go on to their next
 * day when told to.
 *
 * Guarantees: made from a seed, so every run shows the same bytes; only what the hub announces as
 * versions are times of today and yesterday. Both packages are in memory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { DemoDataset } from "../demo/dataset.ts";
import { offer, PackCache } from "../demo/dataset_package.ts";
import { DemoHub } from "../demo/hub.ts";
import { hubTime } from "../demo/hub_dataset.ts";
import { fin, pro } from "../demo/profiles.ts";
import { walkFiles } from "./demo_folder.ts";

/** Bytes a second: on loopback alone bytes cost nothing, and the whole package would be the best plan. */
const LINE = 15_000_000;

const DAY_MS = 86_400_000;
/** How old the newest data is when the demo begins. */
const JUST_NOW_MS = 12 * 60_000;

/** Bars long enough that a day's row is a small part of a file; reports enough to be cut in the middle. */
const bars = (random: () => number): number => 400 + Math.floor(random() * 400);
const reports = (random: () => number): number => 30 + Math.floor(random() * 80);

/** One dataset of the demo, with its package as it stands. */
export interface DemoPart {
  name: string;
  /** What it holds, in a few words. */
  about: string;
  dataset: DemoDataset;
  cache: PackCache;
  packageSize: number;
  totalSize: number;
}

/** The demo's hub and what is on it. */
export class DemoWorld implements AsyncDisposable {
  /** The hub; it answers several ranges in one request, as nginx does. */
  readonly hub: DemoHub = new DemoHub({ kind: "modern", bytesPerSecond: LINE });
  /** The datasets, in the configuration's order. */
  readonly parts: readonly DemoPart[] = [
    part(
      "stock-trading-data-pro",
      "daily bars, one row more a day",
      pro({ scale: 0.024, rows: bars }),
    ),
    part(
      "stock-fin-data-xbx",
      "reports, Chinese file names",
      fin({ scale: 0.05, rows: reports }),
    ),
  ];

  readonly #began = Date.now();
  #days = 0;

  /** Packs all datasets as they stand and puts them on the hub. */
  async offerAll(): Promise<void> {
    for (const one of this.parts) {
      // So that a signal is heard between two packages.
      await new Promise((resolve) => setTimeout(resolve));
      const offered = offer(one.dataset, { cache: one.cache });
      one.packageSize = offered.package.length;
      one.totalSize = offered.totalSize ?? 0;
      this.hub.setDataset(one.name, { ...offered, version: this.#version });
    }
  }

  /** Goes on to the next day: new rows, a few new files, one rewritten and one removed. */
  async nextDay(): Promise<void> {
    this.#days++;
    for (const one of this.parts) {
      one.dataset = one.dataset.nextDay({ added: 2, rewritten: 1, removed: 1 });
    }
    await this.offerAll();
  }

  /** Files that differ from the hub's, or are missing or too many, below `dir/{dataset}`. */
  async differences(dir: string): Promise<string[]> {
    const lines: string[] = [];
    for (const { name, dataset, cache } of this.parts) {
      const left = new Set(await walkFiles(join(dir, name)));
      const packed = cache.inputs(dataset);
      for (const [at, { path }] of dataset.files.entries()) {
        if (!left.delete(path)) lines.push(`missing: ${name}/${path}`);
        else {
          const found = await Deno.readFile(join(dir, name, path));
          const expected = inflateRawSync(packed[at]!.precompressed!.data);
          if (Buffer.compare(found, expected) !== 0) lines.push(`different: ${name}/${path}`);
        }
      }
      for (const path of left) lines.push(`not on the hub: ${name}/${path}`);
    }
    return lines;
  }

  /** When the day's data was there: the second day is today, so that ages mean something. */
  get #version(): string {
    const instant = this.#began - JUST_NOW_MS + (this.#days - 1) * DAY_MS;
    return hubTime(new Date(Math.floor(instant / 1000) * 1000));
  }

  /** How many files the hub has in all. */
  get fileCount(): number {
    return this.parts.reduce((sum, { dataset }) => sum + dataset.files.length, 0);
  }

  /** Closes the hub. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.hub.close();
  }
}

function part(name: string, about: string, profile: ReturnType<typeof pro>): DemoPart {
  const dataset = DemoDataset.firstDay(profile);
  return { name, about, dataset, cache: new PackCache(), packageSize: 0, totalSize: 0 };
}
