/**
 * Opens what every sync needs out of a configuration (`fetch`, hubs, workers, the run's context), and
 * closes it again. The command and the library both begin here.
 *
 * Guarantees: nothing global is touched and nothing is printed. Workers start when they are first
 * needed. Which authorities TLS trusts beside `hub.ca_file` is the process's affair.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import type { OnRetry } from "../hub/retry.ts";
import { sleep } from "../hub/sleep.ts";
import { createFetch, type OwnedFetch } from "../hub/tls.ts";
import { redactor } from "../redact.ts";
import { type Reporter, silentReporter } from "../sync/reporter.ts";
import type { RunContext } from "../sync/sync_all.ts";
import { WorkerPool } from "../zip/worker_pool.ts";
import { guardedFiles } from "./guarded.ts";
import { openSources, type Sources } from "./open_sources.ts";
import { secretsOf } from "./secrets.ts";

/** What an engine is opened with, beside its configuration. */
export interface EngineOptions {
  /** Stops what is under way. */
  signal: AbortSignal;
  /** Default: no reporter. */
  reporter?: Reporter;
  /** Told before the catalog is asked for again. */
  onCatalogRetry?: OnRetry;
  /** Goes around the environment's proxies, for a hub on loopback. */
  direct?: boolean;
  /** Whether state and manifest are not to be believed. */
  force?: boolean;
  /** Where the state is kept: no package may replace it. */
  statePath?: string;
  /** Whether what is seen of signed catalogs is noted. */
  notesSigned?: boolean;
  /** Called at each step. */
  onStep?: (step: string) => void;
}

/** An open engine. Disposing of it ends requests and workers at once. */
export interface Engine extends Disposable, Pick<Sources, "hubs" | "hubsOf"> {
  fetch: OwnedFetch["fetch"];
  context: RunContext;
}

/** Opens an engine. Throws HubError (a bad `ca_file`). */
export function openEngine(config: Config, options: EngineOptions): Engine {
  const { hub, sync } = config;
  const owned = createFetch({
    ...(hub.caFile !== undefined && { caFile: hub.caFile }),
    ...(options.direct && { direct: true }),
  });
  const sources = openOr(owned, () => openSources(config, { ...options, fetch: owned.fetch }));
  const pools = new Map<number, WorkerPool>();
  const workers = Math.max(1, Math.floor(workerCount(sync.workers) / (sync.datasets ?? 1)));
  const poolOf = (lane: number) => (): WorkerPool => {
    let pool = pools.get(lane);
    if (pool?.isDead) {
      pool[Symbol.dispose](); // one dataset's misfortune isn't the next one's
      pool = undefined;
    }
    pools.set(lane, pool ??= new WorkerPool(workers));
    return pool;
  };
  const context: RunContext = {
    pool: poolOf(0),
    poolOf,
    reporter: options.reporter ?? silentReporter,
    signal: options.signal,
    clock: Date.now,
    random: Math.random,
    sleep,
    holder: { hostname: hostname(), pid: Deno.pid },
    sync,
    connections: hub.connections,
    retries: hub.retries,
    timezone: hub.timezone,
    digest: hub.digest,
    publicKeys: hub.publicKeys,
    force: options.force ?? false,
    ...(config.mirror && { mirror: config.mirror }),
    guarded: guardedFiles(config, options.statePath),
    configPath: config.path,
    clean: redactor(secretsOf(config)),
    ...(options.onStep && { onStep: options.onStep }),
  };
  return {
    hubs: sources.hubs,
    hubsOf: sources.hubsOf,
    fetch: owned.fetch,
    context,
    [Symbol.dispose]() {
      for (const pool of pools.values()) pool[Symbol.dispose]();
      sources[Symbol.dispose]();
      owned.close();
    },
  };
}

/** What can't be opened leaves nothing behind that was opened before it. */
function openOr<T>(before: OwnedFetch, open: () => T): T {
  try {
    return open();
  } catch (error) {
    before.close();
    throw error;
  }
}

function workerCount(workers: number | "auto"): number {
  if (workers !== "auto") return workers;
  return Math.max(1, Math.min(4, navigator.hardwareConcurrency));
}

/** It only helps to name a lock's holder: a program without the right to it goes on without. */
function hostname(): string {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "localhost";
    throw error;
  }
}
