/** Where the records of a configuration lie: where the user who syncs may write. */
import assert from "node:assert/strict";
import { recordsFolder } from "../../src/config/records_folder.ts";

Deno.test("recordsFolder() is beside the configuration; a package's is in /var/lib, with its state", () => {
  for (
    const [config, folder] of [
      ["/opt/datahubsync/config.yaml", "/opt/datahubsync/.datahubsync"],
      ["/etc/datahubsync/config.yaml", "/var/lib/datahubsync/.datahubsync"],
      ["/etc/datahubsync/config/config.yaml", "/etc/datahubsync/config/.datahubsync"],
      ["/config.yaml", "/.datahubsync"],
    ] as const
  ) assert.equal(recordsFolder(config), folder);
});
