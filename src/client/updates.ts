/**
 * Says from the hub's list alone which datasets have something new.
 *
 * Guarantees: one small request, nothing downloaded, nothing changed. It goes by the version's text, as a
 * sync does first; that a package behind a new text holds the same bytes shows in the sync only.
 *
 * @module
 */
import { decide, type DecisionInput } from "../sync/decide.ts";
import type { Catalog } from "../types.ts";

/**
 * What the hub has for one dataset.
 *
 * @example Ask before you sync
 * ```ts
 * import assert from "node:assert/strict";
 * import { type DatasetUpdate, DataSyncClient, LocalHub, parseConfig } from "@datahubsync/client";
 *
 * await using hub = await LocalHub.start({ bars: { "sh600000.csv": "date,close\n" } });
 * const dir = await Deno.makeTempDir();
 * const config = parseConfig(
 *   `{ hub: { url: "${hub.url}" }, datasets: [{ name: bars, local_dir: ./bars }] }`,
 *   { path: `${dir}/config.yaml` },
 * );
 * await using client = new DataSyncClient(config, `${dir}/.last_sync.json`, { direct: true });
 * const [before]: DatasetUpdate[] = await client.checkUpdates();
 * assert.equal(before?.status, "update_available");
 * await client.syncAll();
 * const [after] = await client.checkUpdates();
 * assert.equal(after?.status, "up_to_date");
 * await Deno.remove(dir, { recursive: true });
 * ```
 */
export interface DatasetUpdate {
  /** The dataset's name. */
  datasetName: string;
  /**
   * `update_available`: a sync would ask for the package. `not_ready`: there is something new whose
   * package isn't built yet. `not_found`: the hub doesn't know it.
   */
  status: "up_to_date" | "update_available" | "not_ready" | "not_found";
  /** The hub's text for the version; `null` = it says none. */
  version: string | null;
  /** The version recorded here; `null` = never synced. */
  recorded: string | null;
  /** Size of the package in bytes as announced; 0 = unknown. */
  packageSize: number;
  /** What is odd about the version, one sentence. */
  warning?: string;
}

/** Compares one dataset with the hub's list, as a sync does. Throws StoreError. */
export async function updateOf(
  catalog: Catalog,
  input: Pick<DecisionInput, "dataset" | "recorded" | "timezone" | "mirror">,
): Promise<DatasetUpdate> {
  const { dataset: { name: datasetName }, recorded } = input;
  const listed = catalog.datasets.find(({ name }) => name === datasetName);
  if (listed === undefined) {
    return { datasetName, status: "not_found", version: null, recorded, packageSize: 0 };
  }
  const { version, packageSize } = listed;
  const update = { datasetName, version, recorded, packageSize };
  const decision = await decide(listed, input);
  if (decision.kind !== "ask") return { ...update, status: decision.kind };
  const { warning } = decision;
  return { ...update, status: "update_available", ...(warning !== undefined && { warning }) };
}
