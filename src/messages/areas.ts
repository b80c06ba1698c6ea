/**
 * The areas of the catalogue whose messages come as text, for whoever looks for a text's message. The
 * report's are only written where they are shown: none of them is ever looked for.
 *
 * @module
 */
import type { Message } from "./catalogue.ts";
import { CHECK } from "./check.ts";
import { CLIENT } from "./client.ts";
import { COMMAND } from "./command.ts";
import { CONFIG } from "./config.ts";
import { DEMO } from "./demo.ts";
import { DISK } from "./disk.ts";
import { EXPECTED } from "./expected.ts";
import { HUB } from "./hub.ts";
import { HUB_END } from "./hub_end.ts";
import { INIT } from "./init.ts";
import { NOTIFY } from "./notify.ts";
import { OWNERS } from "./owners.ts";
import { PACK } from "./pack.ts";
import { REMEDY } from "./remedy.ts";
import { SCHEDULE } from "./schedule.ts";
import { STATE } from "./state.ts";
import { STATUS } from "./status.ts";
import { STREAM } from "./stream.ts";
import { SYNC } from "./sync.ts";
import { SYSTEM } from "./system.ts";
import { TRUST } from "./trust.ts";
import { VERIFY } from "./verify.ts";
import { YAML } from "./yaml.ts";
import { ZIP } from "./zip.ts";

/** The areas, by the name of its file. */
export const AREAS = {
  check: CHECK,
  client: CLIENT,
  command: COMMAND,
  config: CONFIG,
  demo: DEMO,
  disk: DISK,
  expected: EXPECTED,
  hub: HUB,
  hub_end: HUB_END,
  init: INIT,
  notify: NOTIFY,
  owners: OWNERS,
  pack: PACK,
  remedy: REMEDY,
  schedule: SCHEDULE,
  state: STATE,
  status: STATUS,
  stream: STREAM,
  sync: SYNC,
  system: SYSTEM,
  trust: TRUST,
  verify: VERIFY,
  yaml: YAML,
  zip: ZIP,
} as unknown as Readonly<Record<string, Readonly<Record<string, Message>>>>;
