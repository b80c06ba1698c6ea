/**
 * The hubs of a run and their catalogs, each asked for once.
 *
 * Guarantees: where there are several hubs, one that is switched off costs some seconds, not the time
 * that `hub.retries` and the connection's own limits come to: each is asked in a hurry first, until
 * one answers. Only when none does, all of them are asked again with patience. The only hub is always
 * asked with patience.
 *
 * @module
 */
import { InterruptedError } from "../errors.ts";
import type { DataHub } from "../hub/data_hub.ts";
import type { Catalog } from "../types.ts";
import { HubPace } from "./hub_pace.ts";
import type { SyncContext } from "./sync_context.ts";

/** One hub and what was seen of it in this run. */
export interface Source {
  hub: DataHub;
  pace: HubPace;
  /** Asked for when it is first needed. */
  catalog?: Catalog;
  failure?: unknown;
  /** Milliseconds of asking that nobody has counted yet. */
  askedMs: number;
}

type Context = Pick<SyncContext, "signal" | "clock" | "reporter">;

/** The hubs, none of them asked yet. */
export function sourcesOf(hubs: readonly DataHub[]): Source[] {
  return hubs.map((hub) => ({ hub, pace: new HubPace(), askedMs: 0 }));
}

/** Asks several hubs in a hurry, in their order, until one has given its catalog. */
export async function findAnswering(sources: readonly Source[], context: Context): Promise<void> {
  if (sources.length < 2) return;
  for (const source of sources) {
    await ask(source, context, true);
    if (source.catalog !== undefined || context.signal.aborted) return;
  }
  for (const source of sources) source.failure = undefined;
}

/** Asks a hub for its catalog, once a run; returns the milliseconds that took. */
export async function askCatalog(
  source: Source,
  { sources, ...context }: Context & { sources: readonly Source[] },
): Promise<number> {
  if (source.catalog === undefined && source.failure === undefined) {
    await ask(source, context, sources.some(({ catalog }) => catalog !== undefined));
  }
  const { askedMs } = source;
  source.askedMs = 0;
  return askedMs;
}

async function ask(source: Source, context: Context, hurry: boolean): Promise<void> {
  const { signal, clock, reporter } = context;
  const before = clock();
  try {
    if (signal.aborted) throw new InterruptedError("interrupted before its turn");
    source.catalog = await source.hub.catalog(signal, { hurry });
    for (const warning of source.catalog.warnings) reporter.warn("", warning);
  } catch (error) {
    source.failure = error;
  }
  source.askedMs += clock() - before;
}
