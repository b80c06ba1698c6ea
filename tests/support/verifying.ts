/**
 * What a verification works with, for one dataset of one hub.
 *
 * @module
 */
import { HubTraits } from "../../src/sync/hubs/hub_traits.ts";
import type { SyncContext } from "../../src/sync/sync_context.ts";
import type { ListedDataset } from "../../src/types.ts";
import { WorkerPool } from "../../src/zip/extract/worker_pool.ts";
import { testClient } from "../hub/client_fixture.ts";
import { syncConfig } from "./engine.ts";

/** A verifying context for a dataset, with the hub's entry of it. */
export async function verifying(
  dataset: string,
  url: string,
): Promise<Disposable & { context: SyncContext; listed: ListedDataset }> {
  const client = testClient(url);
  const pool = new WorkerPool(1);
  const catalog = await client.catalog();
  const context: SyncContext = {
    hub: client,
    traits: new HubTraits(),
    pool: () => pool,
    reporter() {},
    signal: new AbortController().signal,
    clock: Date.now,
    random: () => 0.5,
    sleep: () => Promise.resolve(),
    holder: { hostname: "here", pid: Deno.pid },
    sync: syncConfig(),
    connections: "auto",
    retries: 2,
    timezone: "Asia/Shanghai",
    digest: "auto",
    publicKeys: [],
    guarded: [],
    clean: (text) => text,
  };
  return {
    context,
    listed: catalog.datasets.find(({ name }) => name === dataset)!,
    [Symbol.dispose]() {
      pool[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}
