/**
 * All areas of the catalogue, for whoever has a text and looks for its message.
 *
 * @module
 */
import type { Message } from "./catalogue.ts";
import { CHECK } from "./check.ts";
import { COMMAND } from "./command.ts";
import { HUB } from "./hub.ts";
import { SYSTEM } from "./system.ts";

/** Every area, by the name of its file. */
export const AREAS = {
  check: CHECK,
  command: COMMAND,
  hub: HUB,
  system: SYSTEM,
} as unknown as Readonly<Record<string, Readonly<Record<string, Message>>>>;
