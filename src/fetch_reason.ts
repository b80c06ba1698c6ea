/**
 * Why a `fetch` failed, without what the runtime wraps around it.
 *
 * @module
 */
import { redactUrl } from "./redact.ts";

/** `error sending request … for url (http://…): client error (Connect): X` becomes `X`. */
export function fetchReason(message: string): string {
  const reason = /client error \([^)]*\):\s*(.*)$/s.exec(message)?.[1] ?? message;
  // rustls adds the address of its manual.
  return reason.replace(/:? https:\/\/docs\.rs\S*/, "").replace(
    /\b[a-z][a-z0-9+.-]*:\/\/[^\s)]+/gi,
    (url) => redactUrl(url),
  );
}
