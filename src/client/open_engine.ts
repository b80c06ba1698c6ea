/**
 * Opens what every sync needs out of a configuration (`fetch`, hubs, workers, the run's context), and
 * closes it again. The command and the library both start here.
 *
 * Guarantees: nothing global is touched and nothing is printed. Workers start when they are first
 * needed. Which authorities TLS trusts beside `hub.ca_file` is set per process.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { sleep } from "../hub/retry/sleep.ts";
import { createFetch, type OwnedFetch } from "../hub/tls/tls.ts";
import { redactor } from "../redact.ts";
import type { Reporter, RunContext } from "../sync/sync_context.ts";
import { WorkerPool } from "../zip/extract/worker_pool.ts";
import { installationFiles } from "./installation_files.ts";
import { openSources, type SourceOptions, type Sources } from "./open_sources.ts";
import { secretsOf } from "./secrets.ts";

/** Options for an engine. */
interface EngineOptions extends Omit<SourceOptions, "fetch"> {
  /** Aborts everything. */
  signal: AbortSignal;
  /** Default: no reporter. */
  reporter?: Reporter;
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
  using opening = new DisposableStack(); // what can't be opened leaves nothing open
  const { fetch } = opening.use(createFetch({
    ...(hub.caFile !== undefined && { caFile: hub.caFile }),
    ...(options.direct && { direct: true }),
  }));
  const sources = opening.use(openSources(config, { ...options, fetch }));
  const pools = new Map<number, WorkerPool>();
  const workers = Math.max(1, Math.floor(workerCount(sync.workers) / (sync.datasets ?? 1)));
  const poolOf = (queue = 0): WorkerPool => {
    let pool = pools.get(queue);
    if (pool?.isDead) {
      pool[Symbol.dispose](); // a worker that died with one dataset mustn't fail the next
      pool = undefined;
    }
    pools.set(queue, pool ??= new WorkerPool(workers));
    return pool;
  };
  const context: RunContext = {
    pool: poolOf,
    reporter: options.reporter ?? (() => {}),
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
    ...(config.mirror && { mirror: config.mirror }),
    guarded: installationFiles(config, options.statePath),
    configPath: config.path,
    clean: redactor(secretsOf(config)),
    ...(options.onStep && { onStep: options.onStep }),
  };
  const opened = opening.move();
  return {
    hubs: sources.hubs,
    hubsOf: sources.hubsOf,
    fetch,
    context,
    [Symbol.dispose]() {
      for (const pool of pools.values()) pool[Symbol.dispose]();
      opened.dispose();
    },
  };
}

function workerCount(workers: number | "auto"): number {
  if (workers !== "auto") return workers;
  return Math.max(1, Math.min(4, navigator.hardwareConcurrency));
}

/** Only names a lock's holder, so a program without permission to ask does without. */
function hostname(): string {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "localhost";
    throw error;
  }
}
