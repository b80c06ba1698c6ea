/**
 * Sends one GET and follows its redirects itself.
 *
 * Guarantees: the token and `hub.headers` go to the hub's own origin only (`fetch` would send
 * custom headers to any other); never from https to http, nor to a host that a hub may not lead to
 * (`destinations.ts`); at most {@linkcode MAX_REDIRECTS} redirects and no loop. Every request
 * starts at the original URL again, since a redirect to a signed link expires. It doesn't check
 * the status apart from redirects, and doesn't retry.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import type { Clock, Fetch } from "../../types.ts";
import type { Destinations } from "./destinations.ts";
import { classifyFetchError } from "./fetch_error.ts";
import type { Proxy, ProxyOf } from "../route/proxy.ts";
import { type Section, serverName } from "../../config/setting_names.ts";
import { Watchdog } from "./watchdog.ts";
import { HUB } from "../../messages/hub.ts";

/** Redirects that one request may take. */
const MAX_REDIRECTS = 5;

/** What all requests to one hub share: settings, and the signal that ends them. */
export interface Transport {
  /** `fetch`, or what stands in for it. */
  fetch: Fetch;
  /** The time in ms since the epoch. */
  clock: Clock;
  /** The hub's own origin, `https://host:port`. */
  origin: string;
  /** The least bytes per second of a body; default: any. */
  leastSpeed?: number;
  /** Which section of a configuration has its settings, for hints. */
  section: Section;
  /** Which other hosts the hub may lead to. */
  destinations: Destinations;
  /** The proxy that a URL is requested through. */
  proxyOf: ProxyOf;
  /** Milliseconds without a byte after which a request has failed. */
  timeoutMs: number;
  /** Sent as `User-Agent`: `DataHubSync/3.0.0`. */
  userAgent: string;
  /** Sent to the own origin only: the token and the configured headers. */
  ownHeaders: Readonly<Record<string, string>>;
  /** Ends every request. */
  closed: AbortSignal;
}

interface GetRequest {
  /** The address. */
  url: string;
  /** Sent to every server on the way: `Range`, `Accept`, … */
  headers?: Record<string, string>;
  /** The caller's signal to stop. */
  signal?: AbortSignal | undefined;
}

/** An answer whose body is still to be read. Disposing of it drops what wasn't read. */
export interface Answer extends Disposable {
  /** The head, and the body that is still to be read. */
  response: Response;
  /** The address requested. */
  asked: URL;
  /** The address that answered, after redirects. */
  url: URL;
  /** Whether another address than the requested one answered. */
  redirected: boolean;
  /** Whether a request went to another origin than the hub's. */
  foreign: boolean;
  /** Whether token and `hub.headers` weren't sent, because another origin answered. */
  withheld: boolean;
  /** Which section of a configuration has the settings. */
  section: Section;
  /** The proxy that it came through. */
  proxy: Proxy | undefined;
  /** Also watches the body: `touch` it with every chunk. */
  watchdog: Watchdog;
  /** When the request was sent (ms since the epoch). */
  startedAt: number;
}

/** Sends a GET; throws `HubError` with `unreachable`, `tls`, `stalled` or `redirect`. */
export async function httpGet(request: GetRequest, transport: Transport): Promise<Answer> {
  const { url: original, signal } = request;
  const watchdog = new Watchdog({
    timeoutMs: transport.timeoutMs,
    leastSpeed: transport.leastSpeed ?? 0,
    url: original,
    section: transport.section,
    signals: [signal, transport.closed],
  });
  const startedAt = transport.clock();
  const visited = new Set<string>();
  let foreign = false;
  let cookies = false;
  let url = new URL(original);
  try {
    for (;;) {
      const response = await send(url, request, transport, watchdog.signal);
      watchdog.touch();
      visited.add(url.href);
      foreign ||= !isOwn(url, transport);
      const next = redirectOf(response, url);
      if (next === null) {
        return {
          response,
          asked: new URL(original),
          url,
          redirected: visited.size > 1,
          foreign,
          withheld: !isOwn(url, transport) && Object.keys(transport.ownHeaders).length > 0,
          section: transport.section,
          proxy: transport.proxyOf(url),
          watchdog,
          startedAt,
          [Symbol.dispose]: () => watchdog[Symbol.dispose](),
        };
      }
      cookies ||= response.headers.has("set-cookie");
      await response.body?.cancel();
      const fault = visited.has(next.href)
        ? HUB.redirect_circle()
        : visited.size > MAX_REDIRECTS
        ? HUB.redirect_too_many({ MAX_REDIRECTS })
        : undefined;
      if (fault !== undefined) {
        throw redirectError(fault, original, next, cookies ? transport.section : undefined);
      }
      url = next;
    }
  } catch (error) {
    watchdog[Symbol.dispose]();
    throw classifyFetchError(error, url, transport.section, transport.proxyOf(url));
  }
}

/** Sends one of the requests that a GET may need, to a host that the hub may lead to. */
async function send(
  url: URL,
  request: GetRequest,
  transport: Transport,
  signal: AbortSignal,
): Promise<Response> {
  signal.throwIfAborted();
  if (!isOwn(url, transport)) await orStopped(transport.destinations.check(url), signal);
  const headers = headersFor(url, request, transport);
  return await transport.fetch(url, { headers, redirect: "manual", signal });
}

/** Abandons a look-up of a name when a signal comes: it can take very long and can't be stopped. */
async function orStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function isOwn(url: URL, { origin }: Transport): boolean {
  return url.origin === origin;
}

function headersFor(url: URL, request: GetRequest, transport: Transport): Headers {
  const headers = new Headers({ "user-agent": transport.userAgent });
  if (isOwn(url, transport)) {
    for (const [name, value] of Object.entries(transport.ownHeaders)) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(request.headers ?? {})) headers.set(name, value);
  headers.set("accept-encoding", "identity");
  return headers;
}

function redirectOf(response: Response, url: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(response.status)) return null;
  const location = response.headers.get("location");
  const next = location === null ? null : URL.parse(asSent(location), url);
  if (next === null) {
    throw redirectError(HUB.redirect_nowhere(), url, location ?? HUB.no_location());
  }
  next.hash = "";
  const downgrade = url.protocol === "https:" && next.protocol === "http:";
  if (downgrade || !["http:", "https:"].includes(next.protocol)) {
    throw redirectError(HUB.redirect_protocol({ protocol: next.protocol }), url, next);
  }
  return next;
}

/**
 * An address with the bytes that the server sent: `fetch` makes a character of each byte, so a name
 * in UTF-8 or GBK would become another one.
 */
function asSent(location: string): string {
  return location.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function redirectError(
  what: string,
  from: string | URL,
  to: string | URL,
  asksCookies?: Section,
): HubError {
  return new HubError("redirect", HUB.redirect_bad({ from: redactUrl(from), what }), {
    url: redactUrl(from),
    found: redactUrl(to),
    ...(asksCookies && { hint: HUB.sets_cookie({ server: serverName(asksCookies) }) }),
  });
}
