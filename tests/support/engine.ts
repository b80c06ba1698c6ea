/**
 * The whole engine in this process, over real HTTP and a real folder: only clock, chance and waiting
 * are injected.
 *
 * Guarantees: a retry costs no time. Nothing outlives the disposal of the rig.
 *
 * @module
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { SyncConfig } from "../../src/config/config.ts";
import type { DatasetConfig } from "../../src/config/dataset_config.ts";
import type { HubClientOptions } from "../../src/hub/hub_client.ts";
import { journalIsOpen } from "../../src/store/publish/journal.ts";
import { type Layout, resolveLayout } from "../../src/store/layout.ts";
import { Manifest } from "../../src/store/manifest.ts";
import { loadState } from "../../src/store/memory/state.ts";
import { type RunJob, syncAll } from "../../src/sync/sync_all.ts";
import { reporterOf, type RunContext } from "../../src/sync/sync_context.ts";
import type { DatasetResult } from "../../src/types.ts";
import { WorkerPool } from "../../src/zip/extract/worker_pool.ts";
import { testClient } from "../hub/client_fixture.ts";
import { seededRandom } from "./random.ts";
import { type TempDir, tempDir } from "./temp.ts";
import { readTree, type Tree } from "./tree.ts";

/** What a rig starts with. */
export interface EngineOptions {
  /** The dataset's name; default as {@linkcode startHub}'s. */
  name?: string;
  dataset?: Partial<DatasetConfig>;
  /** Where its folder of folders is made; default where the system has them. */
  root?: string;
  durable?: boolean;
}

/** What one run may do differently. */
export interface RunOptions {
  /** Who decodes the entries; default `fast`. */
  engine?: "fast" | "zipjs";
  context?: Partial<RunContext>;
  client?: Partial<HubClientOptions>;
  job?: Partial<RunJob>;
}

/** The `sync` section that tests run with: one worker, and nothing is flushed. */
export function syncConfig(more: Partial<SyncConfig> = {}): SyncConfig {
  return {
    workers: 1,
    bandwidthLimit: 0,
    durable: false,
    diskReserve: "auto",
    longestRun: 72,
    ...more,
  };
}

/** An engine with one dataset. */
export class EngineRig implements AsyncDisposable {
  readonly dataset: DatasetConfig;
  readonly statePath: string;
  /** What the last run warned of. */
  warnings: string[] = [];
  /** Causes and waits of the retries of the last run. */
  waits: [cause: string, ms: number][] = [];
  readonly #temp: TempDir;
  readonly #durable: boolean;
  readonly #pools = new Map<string, WorkerPool>();

  private constructor(temp: TempDir, options: EngineOptions) {
    this.#temp = temp;
    this.#durable = options.durable ?? false;
    this.statePath = temp.at(".last_sync.json");
    this.dataset = {
      name: options.name ?? "stock-trading-data-pro",
      localDir: temp.at("data"),
      stripPrefix: "auto",
      deleteRemoved: true,
      include: [],
      exclude: [],
      filenameEncoding: "auto",
      publish: "files",
      keepVersions: 2,
      ...options.dataset,
    };
  }

  /** Makes a rig in a folder of its own. */
  static async make(options: EngineOptions = {}): Promise<EngineRig> {
    return new EngineRig(await tempDir(options.root ? { dir: options.root } : {}), options);
  }

  /** A path in the rig's folder. */
  at(...parts: string[]): string {
    return this.#temp.at(...parts);
  }

  /** The rig's folder: data, state and work folder are in it. */
  get root(): string {
    return this.#temp.path;
  }

  #poolOf(engine: "fast" | "zipjs"): WorkerPool {
    const pool = this.#pools.get(engine) ?? new WorkerPool(1, { byZipJs: engine === "zipjs" });
    this.#pools.set(engine, pool);
    return pool;
  }

  /** Syncs once from the hub at this URL (or these). */
  async sync(url: string | string[], options: RunOptions = {}): Promise<DatasetResult> {
    this.warnings = [];
    this.waits = [];
    const clients = [url].flat().map((one) => testClient(one, { retries: 3, ...options.client }));
    const context: RunContext = {
      pool: () => this.#poolOf(options.engine ?? "fast"),
      reporter: reporterOf({
        warn: ({ message }) => void this.warnings.push(message),
        retry: ({ cause, waitMs }) => void this.waits.push([cause, waitMs]),
      }),
      signal: new AbortController().signal,
      clock: Date.now,
      random: seededRandom(1),
      sleep: () => Promise.resolve(),
      holder: { hostname: "here", pid: Deno.pid },
      sync: syncConfig({ durable: this.#durable }),
      connections: "auto",
      retries: 3,
      timezone: "Asia/Shanghai",
      digest: "auto",
      publicKeys: [],
      guarded: [],
      clean: (text) => text,
      ...options.context,
    };
    try {
      const [result] = await syncAll({
        datasets: [this.dataset],
        hubsOf: () => clients,
        statePath: this.statePath,
        planOnly: false,
        ...options.job,
      }, context);
      return result!;
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  }

  /** The dataset's folders. */
  layout(): Promise<Layout> {
    return resolveLayout(this.dataset.localDir);
  }

  /** What the dataset's folder holds. */
  tree(): Promise<Tree> {
    return readTree(this.dataset.localDir, (path) => path !== ".datahubsync");
  }

  /** The version recorded for the dataset. */
  async recorded(): Promise<string | null> {
    return (await loadState(this.statePath)).get(this.dataset.name) ?? null;
  }

  /** Ends the workers, which hold the last partial open; the next sync starts new ones. */
  endWorkers(): void {
    for (const pool of this.#pools.values()) pool[Symbol.dispose]();
    this.#pools.clear();
  }

  /** Ends the workers and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.endWorkers();
    await this.#temp[Symbol.asyncDispose]();
  }
}

/**
 * Fails when the manifest claims what isn't on the disk. While a journal is open some files are
 * still to be renamed: then a claim counts only for a file that looks as the manifest says.
 */
export async function assertHonestManifest(localDir: string): Promise<void> {
  const layout = await resolveLayout(localDir);
  const manifest = await Manifest.load(layout.manifest);
  const open = await journalIsOpen(layout);
  for (const [path, { size, crc, mtimeMs }] of manifest?.entries() ?? []) {
    const file = `${layout.localDir}/${path}`;
    const info = await Deno.lstat(file).catch(() => undefined);
    const looksRight = info?.size === size && info.mtime?.getTime() === mtimeMs;
    if (!looksRight && open) continue;
    assert(looksRight, `the manifest claims ${path}, which isn't as it says`);
    assert.equal(crc32(await Deno.readFile(file)), crc, `the manifest claims ${path} wrongly`);
  }
}
