/**
 * Where the program keeps what it records of a configuration's runs: the history, the messages that
 * were sent, the changes that are unread.
 *
 * @module
 */
import { dirname, join } from "node:path";

/** A package's configuration lies where the user who syncs may not write. */
const PACKAGED = { config: "/etc/datahubsync", records: "/var/lib/datahubsync" };

/** The folder, `.datahubsync` beside the configuration; a package's is with its state. `configPath` is absolute. */
export function recordsFolder(configPath: string): string {
  const folder = dirname(configPath);
  return join(folder === PACKAGED.config ? PACKAGED.records : folder, ".datahubsync");
}
