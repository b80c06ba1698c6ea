/**
 * A sync of a rig's folder with addresses of ZIPs, that waits for nothing.
 *
 * @module
 */
import { createFetch } from "../../src/hub/tls/tls.ts";
import { UrlSource, type UrlSourceOptions } from "../../src/hub/url_source.ts";
import { loadTaken, saveTaken } from "../../src/store/memory/url_memory.ts";
import type { DatasetResult } from "../../src/types.ts";
import type { EngineRig } from "./engine.ts";

/** Syncs a rig's folder with addresses; `now` is the clock of the source. */
export async function syncUrl(
  rig: EngineRig,
  urls: string | string[],
  options: { now?: number } & Partial<UrlSourceOptions> = {},
): Promise<DatasetResult> {
  const { now = Date.now(), ...rest } = options;
  using owned = createFetch({ direct: true, idleConnections: 0 });
  const { taken } = await rig.layout();
  const hubs = [urls].flat().map((fileUrl) =>
    new UrlSource({
      name: rig.dataset.name,
      fileUrl,
      fetch: owned.fetch,
      clock: () => now,
      random: () => 0.5,
      sleep: () => Promise.resolve(),
      timeoutMs: 20_000,
      timezone: "Asia/Shanghai",
      retries: 2,
      userAgent: "DataHubSync/test",
      recall: () => loadTaken(taken),
      remember: (what) => saveTaken(taken, what),
      ...rest,
    })
  );
  try {
    return await rig.sync([], { job: { hubsOf: () => hubs }, context: { clock: () => now } });
  } finally {
    for (const hub of hubs) hub[Symbol.dispose]();
  }
}
