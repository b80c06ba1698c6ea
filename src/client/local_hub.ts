/**
 * A hub on this machine for those who try the library out, and for the tests of programs that use it.
 *
 * Guarantees: a site that `pack` made, behind `serve`, on loopback only: packages, patches and
 * catalog are what a hub of this project sends. It lies in a temporary folder that goes with the hub.
 * It has no access control and isn't made for a network.
 *
 * @module
 */
import { dirname, join, resolve, sep } from "node:path";
import { UsageError } from "../errors.ts";
import type { ServedSite } from "../serve/serve_site.ts";

/**
 * Path → content of the files of one dataset; a text is written as UTF-8.
 *
 * @example
 * ```ts
 * import type { LocalFiles } from "@datahubsync/client";
 *
 * const files: LocalFiles = { "sh600000.csv": "date,close\n", "raw/a.bin": new Uint8Array(3) };
 * ```
 */
export type LocalFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * A hub on a free loopback port.
 *
 * @example The next day's data
 * ```ts
 * import assert from "node:assert/strict";
 * import { LocalHub } from "@datahubsync/client";
 *
 * await using hub = await LocalHub.start({ bars: { "a.csv": "1\n" } });
 * await hub.offer("bars", { "a.csv": "1\n2\n" });
 * assert.match(hub.url, /^http:\/\/127\.0\.0\.1:\d+$/);
 * ```
 */
export class LocalHub implements AsyncDisposable {
  readonly #dir: string;
  readonly #served: ServedSite;
  readonly #requests: string[];
  /** When the next dataset is said to have been updated: each a minute after the one before. */
  #next = Date.UTC(2026, 0, 5, 12);

  private constructor(dir: string, served: ServedSite, requests: string[]) {
    this.#dir = dir;
    this.#served = served;
    this.#requests = requests;
  }

  /** Starts a hub that offers these datasets. */
  static async start(datasets: Readonly<Record<string, LocalFiles>> = {}): Promise<LocalHub> {
    // Loaded when it is wanted: programs at work don't need a hub of their own.
    const { serveSite } = await import("../serve/serve_site.ts");
    const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "datahubsync-hub-" }));
    const requests: string[] = [];
    const site = join(dir, "site");
    await Deno.mkdir(site);
    const served = serveSite({
      site,
      hostname: "127.0.0.1",
      port: 0,
      onRequest: ({ path }) => void requests.push(path),
    });
    const hub = new LocalHub(dir, served, requests);
    try {
      for (const [name, files] of Object.entries(datasets)) await hub.offer(name, files);
    } catch (error) {
      await hub.close();
      throw error;
    }
    return hub;
  }

  /** Its address, for `hub.url`. */
  get url(): string {
    return this.#served.url;
  }

  /** The paths that were asked for, in order. */
  get requests(): string[] {
    return [...this.#requests];
  }

  /**
   * Offers a dataset, or a newer version of it. Throws UsageError or ZipError for what `pack` would
   * refuse: no files, or a path that leads out of the folder.
   */
  async offer(name: string, files: LocalFiles): Promise<void> {
    const { packFolder } = await import("../pack/pack_folder.ts");
    const folder = await Deno.makeTempDir({ dir: this.#dir });
    try {
      for (const [path, content] of Object.entries(files)) {
        const target = resolve(folder, path);
        if (!target.startsWith(folder + sep)) throw new UsageError(`not a file's path: ${path}`);
        await Deno.mkdir(dirname(target), { recursive: true });
        if (typeof content === "string") await Deno.writeTextFile(target, content);
        else await Deno.writeFile(target, content);
      }
      const version = new Date(this.#next).toISOString();
      await packFolder({
        folder,
        output: join(this.#dir, "site"),
        name,
        version,
        durable: false,
        all: true,
        maxRemoved: 1,
      }, { clock: Date.now, sleep: () => Promise.resolve(), warn: () => {} });
      this.#next += 60_000;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  /** Ends it and every connection, and removes what it offered. */
  async close(): Promise<void> {
    await this.#served.stop(0);
    await Deno.remove(this.#dir, { recursive: true }).catch(() => {});
  }

  /** The same as {@linkcode LocalHub.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
