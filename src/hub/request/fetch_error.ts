/**
 * Classifies what `fetch` throws: the hub is unreachable, its certificate is bad, or the answer
 * ended early. Deno distinguishes these only by the message of a `TypeError`; the patterns below
 * are those of Deno 2.7.11, and the tests compare them with real failures.
 *
 * Guarantees: no URL of the original message remains (it may hold a signature or a password), so
 * the kept `cause` is fit for a log. An unknown failure counts as `unreachable`.
 *
 * @module
 */
import {
  DataHubSyncError,
  HubError,
  type HubErrorCode,
  InterruptedError,
  messageOf,
} from "../../errors.ts";
import { fetchReason } from "../../fetch_reason.ts";
import { redactUrl } from "../../redact.ts";
import { tlsError } from "../tls/tls_error.ts";
import { errnoOf } from "../../fs/disk_error.ts";
import { DISK } from "../../messages/disk.ts";
import { HUB } from "../../messages/hub.ts";
import { type Proxy, targetOf } from "../route/proxy.ts";
import { type Section, serverName, settingName } from "../../config/setting_names.ts";

/** A proxy that demands another login: HTTP's, SOCKS without one, SOCKS with a wrong one. */
const PROXY_LOGIN = /proxy authentication|auth methods|auth failure/i;
/** A proxy that was reached and makes no connection: HTTP's, then SOCKS's replies. */
const NO_TUNNEL =
  /tunnel|SOCKS server failure|by ruleset|(?:Network|Host) unreachable|^Connection refused$|TTL expired|(?:Command|Address type) not supported/i;
/** A proxy that can't be reached, or doesn't speak SOCKS. */
const NO_PROXY_THERE =
  /tcp connect error|proxy server unreachable|early eof|invalid response version/i;

/**
 * Turns an error from `fetch` or from reading a body into one of this program's errors; `proxy` is
 * the one that the request took.
 */
export function classifyFetchError(
  error: unknown,
  url: string | URL,
  section: Section = "hub",
  proxy?: Proxy,
): DataHubSyncError {
  // This program's own errors come back through `AbortSignal`: `stalled`, `interrupted`.
  if (error instanceof DataHubSyncError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return new InterruptedError(HUB.the_request_was_stopped(), { cause: error });
  }
  const detail = fetchReason(messageOf(error));
  const evidence = { url: redactUrl(url), found: detail, cause: new Error(detail) };
  const what = { url: evidence.url, detail };
  const as = (code: HubErrorCode, message: string, hint: string): HubError =>
    new HubError(code, message, { ...evidence, hint });
  const server = serverName(section);
  const tls = tlsError(detail, url, { ...evidence, section });
  if (tls !== null) return tls;
  if (
    /reading a body|end of file before message|connection closed before|close_notify/i.test(detail)
  ) {
    return as("cut_short", HUB.answer_cut_off(what), HUB.goes_on_there({ server }));
  }
  if (/message head is too large/i.test(detail)) {
    return as("unreachable", HUB.head_too_large(what), HUB.fewer_headers({ server }));
  }
  if (/\b(?:brotli|gzip|deflate)\b/i.test(detail)) {
    return as("encoded", HUB.not_that_coding(what), HUB.right_coding({ server }));
  }
  const setting = settingName(section, "url");
  if (/\bparsed\b|unexpected message from connection/i.test(detail)) {
    return as("unreachable", HUB.not_http(what), HUB.port_or_proxy({ setting }));
  }
  if (PROXY_LOGIN.test(detail)) {
    // As where the proxy says so in an answer of its own: asking again doesn't help.
    return new HubError("http_status", HUB.unreachable(what), {
      ...evidence,
      status: 407,
      hint: HUB.proxy_password({ variable: proxy?.variable ?? "http_proxy/https_proxy" }),
    });
  }
  if (/\b(?:stream|connection) error received/.test(detail)) {
    return as("unreachable", HUB.ended_by_server(what), HUB.ask_why_ended({ server }));
  }
  const hint = systemHint(detail) ?? proxyHint(detail, new URL(url), proxy) ??
    networkHint(detail, setting);
  return as("unreachable", HUB.unreachable(what), hint);
}

/** What to do about the network. */
function networkHint(detail: string, setting: string): string {
  return /dns error/.test(detail) ? HUB.no_dns({ setting }) : HUB.check_network({ setting });
}

/** What to do where the proxy, not the server, is the reason. */
function proxyHint(detail: string, url: URL, proxy: Proxy | undefined): string | undefined {
  if (proxy === undefined) return undefined;
  const { address, variable, exceptions } = proxy;
  // A proxy that answers CONNECT in HTTP/1.0 with 407 is reported so, too.
  const target = targetOf(url.href, undefined);
  if (NO_TUNNEL.test(detail)) {
    return HUB.proxy_no_tunnel({ address, variable, exceptions, ...target });
  }
  // SOCKS without `h` looks the server's name up here.
  const named = /dns error/.test(detail) && !/^socks[45]:/.test(address);
  if (!named && !NO_PROXY_THERE.test(detail)) return undefined;
  return HUB.proxy_unreachable({ address, variable, exceptions, hostname: target.hostname });
}

/** What to do where this machine, not the network, is the reason. */
function systemHint(detail: string): string | undefined {
  const errno = errnoOf(new Error(detail));
  if (errno === "EMFILE") return DISK.raise_ulimit();
  if (errno === "ENFILE") return DISK.raise_file_max();
  return errno === "ENOMEM" ? DISK.raise_memory() : undefined;
}
