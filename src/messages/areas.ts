/**
 * All areas of the catalogue, for whoever has a text and looks for its message.
 *
 * @module
 */
import type { Message } from "./catalogue.ts";
import { CHECK } from "./check.ts";
import { CLIENT } from "./client.ts";
import { COMMAND } from "./command.ts";
import { DISK } from "./disk.ts";
import { HUB } from "./hub.ts";
import { NOTIFY } from "./notify.ts";
import { OWNERS } from "./owners.ts";
import { SYNC } from "./sync.ts";
import { SYSTEM } from "./system.ts";

/** Every area, by the name of its file. */
export const AREAS = {
  check: CHECK,
  client: CLIENT,
  command: COMMAND,
  disk: DISK,
  hub: HUB,
  notify: NOTIFY,
  owners: OWNERS,
  sync: SYNC,
  system: SYSTEM,
} as unknown as Readonly<Record<string, Readonly<Record<string, Message>>>>;
