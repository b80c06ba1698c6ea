/**
 * A program of somebody else's that uses the library: it syncs what a configuration names and prints
 * one line a dataset. `tests/library_test.ts` runs it as it stands.
 *
 * @module
 */
import { DataHubSyncError, DataSyncClient, loadConfig } from "@datahubsync/client";
import { dirname, join } from "node:path";

const [path = "config.yaml"] = Deno.args;
try {
  const config = await loadConfig(path);
  await using client = new DataSyncClient(config, join(dirname(path), ".last_sync.json"));
  for (
    const { datasetName, status, entriesFetched } of await client.syncAll()
  ) {
    console.log(`${datasetName}: ${status}, ${entriesFetched} fetched`);
  }
} catch (error) {
  if (!(error instanceof DataHubSyncError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  Deno.exitCode = 1;
}
