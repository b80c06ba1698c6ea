/**
 * A hub on this machine for those who try the library out, and for the tests of programs that use it.
 *
 * Guarantees: answers on loopback only, as the deployed hubs do; everything that it offers is in
 * memory. It has no access control and isn't made for a network.
 *
 * @module
 */
import type { DemoHub } from "../demo/hub.ts";

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
  readonly #hub: DemoHub;
  /** When the next dataset is said to have been updated: each a minute after the one before. */
  #next = Date.UTC(2026, 0, 5, 12);

  private constructor(hub: DemoHub) {
    this.#hub = hub;
  }

  /** Starts a hub that offers these datasets. */
  static async start(datasets: Readonly<Record<string, LocalFiles>> = {}): Promise<LocalHub> {
    // Loaded when it is wanted: programs at work don't need a hub of their own.
    const { DemoHub } = await import("../demo/hub.ts");
    const hub = new LocalHub(new DemoHub());
    for (const [name, files] of Object.entries(datasets)) await hub.offer(name, files);
    return hub;
  }

  /** Its address, for `hub.url`. */
  get url(): string {
    return this.#hub.url;
  }

  /** The paths that were asked for, in order. */
  get requests(): string[] {
    return this.#hub.requests.map(({ path }) => path);
  }

  /** Offers a dataset, or a newer version of it. */
  async offer(name: string, files: LocalFiles): Promise<void> {
    const { buildZip } = await import("../zip/zip_writer.ts");
    const { hubTime } = await import("../demo/hub_dataset.ts");
    const encoder = new TextEncoder();
    const inputs = Object.entries(files).map(([path, content]) => ({
      path,
      content: typeof content === "string" ? encoder.encode(content) : content,
    }));
    this.#hub.setDataset(name, {
      version: hubTime(new Date(this.#next)),
      package: buildZip(inputs),
      fileCount: inputs.length,
      totalSize: inputs.reduce((sum, { content }) => sum + content.length, 0),
    });
    this.#next += 60_000;
  }

  /** Ends it and every connection. */
  async close(): Promise<void> {
    await this.#hub.close();
  }

  /** The same as {@linkcode LocalHub.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
