/**
 * The hubs of a run and their catalogs, each requested once.
 *
 * Guarantees: with several hubs, one that is switched off costs a few seconds, not the full retry
 * period: each is first asked with a short timeout until one answers. Only if none does are all
 * asked again, with full retries. A single hub is always asked with full retries.
 *
 * @module
 */
import { InterruptedError } from "../../errors.ts";
import type { DataHub } from "../../hub/data_hub.ts";
import type { Catalog } from "../../types.ts";
import { HubPace } from "./hub_pace.ts";
import type { SyncContext } from "../sync_context.ts";
import { SYNC } from "../../messages/sync.ts";

/** A hub and its state in this run. */
export interface Source {
  hub: DataHub;
  pace: HubPace;
  /** Requested when first needed. */
  catalog?: Catalog;
  failure?: unknown;
  /** Milliseconds spent asking that aren't in any result yet. */
  askedMs: number;
}

type Context = Pick<SyncContext, "signal" | "clock" | "reporter">;

/** The sources for `hubs`; none is asked yet. */
export function sourcesOf(hubs: readonly DataHub[]): Source[] {
  return hubs.map((hub) => ({ hub, pace: new HubPace(), askedMs: 0 }));
}

/** Asks several hubs in order, with a short timeout, until one returns its catalog. */
export async function findAnswering(sources: readonly Source[], context: Context): Promise<void> {
  if (sources.length < 2) return;
  for (const source of sources) {
    await ask(source, context, true);
    if (source.catalog !== undefined || context.signal.aborted) return;
  }
  for (const source of sources) source.failure = undefined;
}

/** Fetches a hub's catalog, once per run; returns how many milliseconds it took. */
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
    if (signal.aborted) throw new InterruptedError(SYNC.interrupted_before_its_turn());
    source.catalog = await source.hub.catalog(signal, { hurry });
    for (const warning of source.catalog.warnings) {
      reporter({ type: "warn", dataset: "", message: warning });
    }
  } catch (error) {
    source.failure = error;
  }
  source.askedMs += clock() - before;
}
