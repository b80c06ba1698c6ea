/**
 * Asks hubs in their order for their list.
 *
 * @module
 */
import { InterruptedError } from "../errors.ts";
import type { HubClient } from "../hub/hub_client.ts";
import type { RunContext } from "../sync/sync_all.ts";
import type { Catalog } from "../types.ts";

/**
 * The list of the first hub that gives one, and that hub. Throws HubError (the first hub's) when
 * none does, InterruptedError.
 */
export async function firstCatalog(
  hubs: readonly HubClient[],
  context: Pick<RunContext, "signal" | "reporter">,
): Promise<{ hub: HubClient; catalog: Catalog }> {
  let failure: unknown;
  for (const hub of hubs) {
    try {
      if (context.signal.aborted) break;
      const catalog = await hub.catalog(context.signal);
      for (const warning of catalog.warnings) context.reporter.warn("", warning);
      return { hub, catalog };
    } catch (error) {
      failure ??= error;
    }
  }
  if (!context.signal.aborted) throw failure;
  throw new InterruptedError("interrupted", { cause: context.signal.reason });
}
