/**
 * Asks hubs in their order for their list.
 *
 * @module
 */
import { InterruptedError } from "../errors.ts";
import type { HubClient } from "../hub/hub_client.ts";
import { askCatalog, findAnswering, sourcesOf } from "../sync/catalog_sources.ts";
import type { RunContext } from "../sync/sync_all.ts";
import type { Catalog } from "../types.ts";

/**
 * The list of the first hub that gives one, and that hub. Throws HubError (the first hub's) when
 * none does, InterruptedError.
 */
export async function firstCatalog(
  hubs: readonly HubClient[],
  { signal, reporter, clock = Date.now }:
    & Pick<RunContext, "signal" | "reporter">
    & Partial<Pick<RunContext, "clock">>,
): Promise<{ hub: HubClient; catalog: Catalog }> {
  const sources = sourcesOf(hubs);
  await findAnswering(sources, { signal, reporter, clock });
  for (const source of sources) {
    if (signal.aborted) break;
    await askCatalog(source, { signal, reporter, clock, sources });
    if (source.catalog !== undefined) return { hub: source.hub, catalog: source.catalog };
  }
  if (!signal.aborted) throw sources[0]?.failure;
  throw new InterruptedError("interrupted", { cause: signal.reason });
}
