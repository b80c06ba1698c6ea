/**
 * A hub: its catalog, and where its packages are.
 *
 * Guarantees: the catalog is asked for with retries; a package only with the retries of whoever
 * reads it. Nothing is asked but `GET {hub}/api/datasets` and the package URLs: no HEAD, no query
 * string. It doesn't own the `fetch` it was given.
 *
 * @module
 */

import { HubError, messageOf, redactUrl } from "../errors.ts";
import type { Catalog, CatalogEntry, Clock, Fetch } from "../types.ts";
import { BufferPool, readBody } from "./body_reader.ts";
import { parseCatalog } from "./catalog_parse.ts";
import { type DestinationOptions, Destinations } from "./destinations.ts";
import { type Answer, get, type Transport } from "./get.ts";
import { type LooseJson, parseLoosely } from "./loose_json.ts";
import { RemotePackage } from "./remote_package.ts";
import { isRetriable } from "./retriable.ts";
import { type OnRetry, withRetries } from "./retry.ts";
import { lineOf, statusError } from "./status_error.ts";
import type { Throttle } from "./throttle.ts";
import { TimeLimit } from "./time_limit.ts";

/**
 * A catalog beyond this many bytes isn't one: 80,000 datasets fit. The worst of that size (`{},{},…`)
 * takes 15 s and 0.6 GB; 60 MB of it took minutes, and 256 MB ended the program.
 */
const MOST_CATALOG_BYTES = 16 << 20;
/** A catalog may take so many times `hub.timeout` in all: one that drips would hold a run for ever. */
const CATALOG_TIMEOUTS = 4;
/** How long a hub that others stand in for may take to begin its answer. */
const HURRY_MS = 8_000;

/** How to talk to a hub. */
export interface HubClientOptions extends DestinationOptions {
  /** The hub's root, with or without a path, without a trailing slash. */
  baseUrl: string;
  /** `fetch`, or what stands in for it. */
  fetch: Fetch;
  /** The time in ms since the epoch. */
  clock: Clock;
  /** A number from 0 (in it) to 1 (not in it). */
  random(): number;
  /** Waits; rejects when the signal stops it. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds without a byte after which a request has failed. */
  timeoutMs: number;
  /** Bytes a second that a download has to bring; default: any. */
  leastSpeed?: number;
  /** IANA zone of times that name none. */
  timezone: string;
  /** Sent as `Authorization: Bearer …`, to the hub's own origin only. */
  token?: string;
  /** Sent to the hub's own origin only. */
  headers?: Readonly<Record<string, string>>;
  /** How often the catalog is asked for again. */
  retries: number;
  /** Milliseconds in which an answer in a hurry has to begin; default 8 s. */
  hurryMs?: number;
  /** Whether a `package_url` may lead to another origin. */
  allowOtherOrigin?: boolean;
  /** Told before each wait for the catalog. */
  onRetry?: OnRetry;
  /** Shared by all connections. */
  bandwidth?: Throttle;
  /** `DataHubSync/3.0.0`. */
  userAgent: string;
}

/** A hub. Disposing of it ends the requests that are under way. */
export class HubClient {
  readonly #options: HubClientOptions;
  readonly #baseUrl: string;
  readonly #transport: Transport;
  readonly #buffers = new BufferPool();
  readonly #closed = new AbortController();

  /** Asks nothing yet. */
  constructor(options: HubClientOptions) {
    this.#options = options;
    const base = new URL(options.baseUrl);
    const ownHeaders = { ...options.headers, ...authorization(base, options.token) };
    base.username =
      base.password =
      base.search =
      base.hash =
        "";
    this.#baseUrl = base.href.replace(/\/+$/, "");
    const { fetch, clock, timeoutMs, userAgent } = options;
    const { origin } = base;
    const closed = this.#closed.signal;
    const destinations = new Destinations(base, options);
    this.#transport = {
      fetch,
      clock,
      timeoutMs,
      userAgent,
      ownHeaders,
      origin,
      closed,
      destinations,
      leastSpeed: options.leastSpeed ?? 0,
    };
  }

  /** Its base URL, fit for a log. */
  get url(): string {
    return redactUrl(this.#baseUrl);
  }

  /**
   * Asks for the list of datasets, trying again where that can help. With `hurry` it is asked for
   * once, and has to begin to come within some seconds.
   */
  catalog(signal?: AbortSignal, { hurry = false } = {}): Promise<Catalog> {
    const { random, sleep, clock, retries, onRetry } = this.#options;
    return withRetries(() => this.#askCatalog(signal, hurry), {
      retries: hurry ? 0 : retries,
      random,
      sleep,
      clock,
      isRetriable,
      ...(signal && { signal }),
      ...(onRetry && { onRetry }),
    });
  }

  /** The package of a dataset; throws `HubError("redirect")` for a URL that may not be followed. */
  package(entry: CatalogEntry | { name: string }): RemotePackage {
    const { timezone, bandwidth } = this.#options;
    return new RemotePackage(this.#packageUrl(entry), {
      name: entry.name,
      transport: this.#transport,
      timezone,
      buffers: this.#buffers,
      throttle: bandwidth,
    });
  }

  /** Ends the requests that are under way. */
  [Symbol.dispose](): void {
    this.#closed.abort();
  }

  async #askCatalog(signal: AbortSignal | undefined, hurry: boolean): Promise<Catalog> {
    const url = `${this.#baseUrl}/api/datasets`;
    const headers = { accept: "application/json" };
    const { timeoutMs, hurryMs = HURRY_MS } = this.#options;
    const ms = CATALOG_TIMEOUTS * timeoutMs;
    using limit = new TimeLimit(ms, `${this.url}: the catalog hasn't come to its end`);
    using begin = new TimeLimit(hurry ? hurryMs : ms, `${this.url}: no answer`);
    const signals = [limit.signal, begin.signal, ...(signal === undefined ? [] : [signal])];
    using answer = await get({ url, headers, signal: AbortSignal.any(signals) }, this.#transport);
    begin[Symbol.dispose]();
    if (!answer.response.ok) throw await statusError(answer, this.#options.clock());
    const { value, fault } = parseJson(await this.#readText(answer), answer);
    const { timezone } = this.#options;
    const catalog = parseCatalog(value, { timezone, quote: !answer.foreign });
    if (fault !== undefined) {
      catalog.warnings.unshift(`catalog: ${answer.foreign ? "it isn't JSON" : lineOf(fault)}`);
    }
    return catalog;
  }

  async #readText(answer: Answer): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let bytes = 0;
    await readBody(answer, {
      buffers: this.#buffers,
      onChunk: (chunk) => {
        bytes += chunk.length;
        if (bytes > MOST_CATALOG_BYTES) throw notJson(answer, "an answer without an end");
        text += decoder.decode(chunk, { stream: true });
      },
    });
    return text + decoder.decode();
  }

  /** Relative ones are relative to the hub's root, not to `/api/`. */
  #packageUrl(entry: CatalogEntry | { name: string }): string {
    const announced = "packageUrl" in entry ? entry.packageUrl : undefined;
    if (announced === undefined) {
      return `${this.#baseUrl}/package/${encodeURIComponent(entry.name)}.zip`;
    }
    const url = URL.parse(announced, `${this.#baseUrl}/`);
    const own = url?.origin === this.#transport.origin;
    const web = url?.protocol === "http:" || url?.protocol === "https:";
    if (url !== null && web && (own || this.#options.allowOtherOrigin)) return url.href;
    const found = url === null ? announced : redactUrl(url);
    throw new HubError("redirect", `the package_url of "${entry.name}" isn't followed: ${found}`, {
      expected: `a URL on ${this.#transport.origin}`,
      found,
      hint: web ? "hub.allow_other_origin: true allows it" : "it has to be an http(s) URL",
    });
  }
}

function authorization(base: URL, token: string | undefined): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (base.username === "" && base.password === "") return {};
  const user = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`;
  const bytes = new TextEncoder().encode(user);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}

function parseJson(text: string, answer: Answer): LooseJson {
  try {
    return parseLoosely(text);
  } catch (cause) {
    // What begins as JSON is the hub's own answer.
    const own = /^\s*[[{]/.test(text);
    const said = own ? lineOf(messageOf(cause)) : lineOf(text);
    throw notJson(answer, answer.foreign ? "another server's page" : said, { cause, own });
  }
}

function notJson(
  answer: Answer,
  line: string,
  { cause, own = false }: { cause?: unknown; own?: boolean } = {},
): HubError {
  const url = redactUrl(answer.url);
  return new HubError("not_json", `${url} answered no JSON: ${line === "" ? "(nothing)" : line}`, {
    status: answer.response.status,
    url,
    expected: "a list of datasets as JSON",
    found: line,
    hint: own
      ? "the catalog is broken or was cut off: tell those who run the hub"
      : "check hub.url; it may be a proxy's page",
    cause,
  });
}
