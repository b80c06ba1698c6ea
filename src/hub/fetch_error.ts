/**
 * Tells from what `fetch` throws whether the hub is away, its certificate is bad, or the answer
 * ended early. Deno says these apart only in the message of a `TypeError`; the words below are those
 * of Deno 2.7.11, and the tests hold them against real failures.
 *
 * Guarantees: no URL of the original message survives (it may carry a signature or a password), so
 * the kept `cause` is fit for a log. An unknown failure counts as `unreachable`.
 *
 * @module
 */

import { DataHubSyncError, HubError, InterruptedError, messageOf, redactUrl } from "../errors.ts";
import { tlsError } from "./tls_error.ts";

/** Turns an error from `fetch` or from reading a body into one of this program's errors. */
export function classifyFetchError(error: unknown, url: string | URL): DataHubSyncError {
  // Ours come back through `AbortSignal`: the watchdog's `stalled`, the caller's `interrupted`.
  if (error instanceof DataHubSyncError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new InterruptedError("the request was stopped", { cause: error });
  }
  const detail = withoutUrls(messageOf(error));
  const evidence = { url: redactUrl(url), found: detail, cause: new Error(detail) };
  const tls = tlsError(detail, url, evidence);
  if (tls !== null) return tls;
  if (/reading a body|end of file before message|connection closed before/i.test(detail)) {
    return new HubError(
      "cut_short",
      `${redactUrl(url)}: the answer was cut off: ${detail}`,
      evidence,
    );
  }
  if (/\bparsed\b|message head is too large/i.test(detail)) {
    return new HubError(
      "unreachable",
      `${redactUrl(url)}: what answers there can't be read as HTTP: ${detail}`,
      {
        ...evidence,
        hint: "check hub.url: its port may be another program's, or a proxy on the way is broken",
      },
    );
  }
  return new HubError("unreachable", `${redactUrl(url)} can't be reached: ${detail}`, {
    ...evidence,
    hint: /dns error/.test(detail)
      ? "the name of the host can't be resolved: check hub.url and this machine's DNS"
      : "check hub.url, the network, and http_proxy/https_proxy/no_proxy",
  });
}

/** `error sending request … for url (http://…): client error (Connect): X` becomes `X`. */
function withoutUrls(message: string): string {
  const reason = /client error \([^)]*\):\s*(.*)$/s.exec(message)?.[1] ?? message;
  return reason.replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s)]+/gi, (url) => redactUrl(url));
}
