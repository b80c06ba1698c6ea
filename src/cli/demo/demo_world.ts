/**
 * The demo's world: two generated folders that `pack` turns into a site, `serve` in front of it, and a
 * connection that can be cut.
 *
 * Guarantees: everything is generated from a seed, so each run shows the same data; only the versions are
 * times of today and yesterday.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "node:path";
import { contentOf } from "../../demo/csv_rows.ts";
import { DemoDataset } from "../../demo/dataset.ts";
import { fin, pro } from "../../demo/profiles.ts";
import type { Message } from "../../messages/catalogue.ts";
import { DEMO } from "../../messages/demo.ts";
import { packFolder } from "../../pack/pack_folder.ts";
import { type ServedSite, serveSite } from "../../serve/serve_site.ts";
import { DemoCable } from "./demo_cable.ts";
import { walkFiles } from "./demo_folder.ts";

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
  about: Message;
  dataset: DemoDataset;
  packageSize: number;
  totalSize: number;
}

/** The demo's hub and what is on it. */
export class DemoWorld implements AsyncDisposable {
  /** The line between client and hub. */
  readonly cable: DemoCable;
  /** Paths that the hub was asked for. */
  readonly requests: string[] = [];
  /** The datasets, in the configuration's order. */
  readonly parts: readonly DemoPart[] = [
    part("stock-trading-data-pro", DEMO.daily_bars, pro({ scale: 0.024, rows: bars })),
    part("stock-fin-data-xbx", DEMO.reports, fin({ scale: 0.05, rows: reports })),
  ];

  readonly #dir: string;
  readonly #served: ServedSite;
  readonly #began = Date.now();
  #days = 0;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#served = serveSite({
      site: this.site,
      hostname: "127.0.0.1",
      port: 0,
      onRequest: ({ path }) => void this.requests.push(path),
    });
    this.cable = new DemoCable(Number(new URL(this.#served.url).port));
  }

  /** Makes the folders below `dir`, packs and serves them. */
  static async make(dir: string): Promise<DemoWorld> {
    const real = await Deno.realPath(dir);
    await Deno.mkdir(join(real, "hub"));
    const world = new DemoWorld(real);
    await world.#publish();
    return world;
  }

  /** What is served. */
  get site(): string {
    return join(this.#dir, "hub");
  }

  /** The folder that a dataset is packed from. */
  folderOf({ name }: DemoPart): string {
    return join(this.#dir, "source", name);
  }

  /** Goes on to the next day: new rows, a few new files, one rewritten and one removed. */
  async nextDay(): Promise<void> {
    this.#days++;
    for (const one of this.parts) {
      one.dataset = one.dataset.nextDay({ added: 2, rewritten: 1, removed: 1 });
    }
    await this.#publish();
  }

  /** Writes all folders as they stand, and packs them. */
  async #publish(): Promise<void> {
    for (const one of this.parts) {
      // So that a signal is heard between two packages.
      await new Promise((resolve) => setTimeout(resolve));
      const folder = this.folderOf(one);
      await Deno.remove(folder, { recursive: true }).catch(() => {});
      one.totalSize = 0;
      for (const file of one.dataset.files) {
        const path = join(folder, file.path);
        const content = contentOf(file);
        await Deno.mkdir(dirname(path), { recursive: true });
        await Deno.writeFile(path, content);
        one.totalSize += content.length;
      }
      const report = await packFolder({
        folder,
        output: this.site,
        name: one.name,
        version: this.#version,
        durable: false,
      }, { clock: Date.now, sleep: () => Promise.resolve(), warn: () => {} });
      one.packageSize = report.packageSize;
    }
  }

  /** Files that differ from the hub's folders, or are missing or too many, below `dir/{dataset}`. */
  async differences(dir: string): Promise<string[]> {
    const lines: string[] = [];
    for (const one of this.parts) {
      const { name } = one;
      const left = new Set(await walkFiles(join(dir, name)));
      for (const path of await walkFiles(this.folderOf(one))) {
        if (!left.delete(path)) lines.push(DEMO.missing({ path: `${name}/${path}` }));
        else {
          const found = await Deno.readFile(join(dir, name, path));
          const expected = await Deno.readFile(join(this.folderOf(one), path));
          if (Buffer.compare(found, expected) !== 0) {
            lines.push(DEMO.different({ path: `${name}/${path}` }));
          }
        }
      }
      for (const path of left) lines.push(DEMO.not_on_hub({ path: `${name}/${path}` }));
    }
    return lines;
  }

  /** When the day's data was there: the second day is today, so that ages mean something. */
  get #version(): string {
    const instant = this.#began - JUST_NOW_MS + (this.#days - 1) * DAY_MS;
    return new Date(Math.floor(instant / 1000) * 1000).toISOString();
  }

  /** How many files the hub has in all. */
  get fileCount(): number {
    return this.parts.reduce((sum, { dataset }) => sum + dataset.files.length, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cable[Symbol.asyncDispose]();
    await this.#served.stop(0);
  }
}

function part(name: string, about: Message, profile: ReturnType<typeof pro>): DemoPart {
  return { name, about, dataset: DemoDataset.firstDay(profile), packageSize: 0, totalSize: 0 };
}
