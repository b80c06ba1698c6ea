/**
 * The line of a status about who signed the hub's catalog.
 *
 * @module
 */
import { STATUS } from "../../messages/status.ts";
import { keyFingerprint } from "../../trust/keys.ts";
import { timeText } from "../../trust/signed_catalog.ts";
import { say } from "../terminal/language.ts";
import type { StatusView } from "./status_view.ts";

/** Who signed the hub's catalog, where a key is configured. */
export function signedLine({ hub }: StatusView): string | undefined {
  const signed = hub.kind === "answered" ? hub.catalog.signed : undefined;
  if (signed === undefined || signed.by.length === 0) return undefined;
  const by = signed.by.map(keyFingerprint).join(", ");
  return say(STATUS.signed_by, { by, until: timeText(signed.expiresAt) });
}
