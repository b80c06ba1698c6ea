/**
 * What all requests to one address share: their transport, made from that address and its
 * settings, and the retries of its catalog.
 *
 * Guarantees: a login in the address becomes a header, which goes to the address's own origin
 * only; a `User-Agent` among the headers is no secret and goes to every server.
 *
 * @module
 */
import { type DestinationOptions, Destinations } from "./destinations.ts";
import type { Transport } from "./http_get.ts";
import type { Throttle } from "./throttle.ts";
import { isRetriable } from "../retry/retriable.ts";
import type { Section } from "../../config/setting_names.ts";
import { type RetryOptions, withRetries } from "../retry/retry.ts";

/** Options for an address; its catalog is retried as they say. */
export interface OriginOptions
  extends
    DestinationOptions,
    RetryOptions,
    Pick<Transport, "fetch" | "clock" | "timeoutMs" | "leastSpeed" | "userAgent"> {
  /** IANA zone of times that name none. */
  timezone: string;
  /** Sent as `Authorization: Bearer …`, to the address's own origin only. */
  token?: string;
  /** Sent to the address's own origin only. */
  headers?: Readonly<Record<string, string>>;
  /** Milliseconds in which an answer in a hurry must begin; default 8 s. */
  hurryMs?: number;
  /** Shared by all connections. */
  bandwidth?: Throttle;
}

/** How long an address that has alternatives may take to start its answer. */
export const HURRY_MS = 8_000;

/** Requests a catalog with retries; with `hurry` once. */
export function askForCatalog<T>(
  ask: () => Promise<T>,
  options: OriginOptions,
  { signal, hurry }: { signal: AbortSignal | undefined; hurry: boolean },
): Promise<T> {
  const retries = hurry ? 0 : options.retries;
  return withRetries(ask, { ...options, retries, isRetriable, ...(signal && { signal }) });
}

/** The transport of an address; `section` is the section of its settings in a configuration. */
export function openTransport(address: URL, { options, closed, section }: {
  options: OriginOptions;
  closed: AbortSignal;
  section: Section;
}): Transport {
  const { fetch, clock, timeoutMs } = options;
  const headers = { ...options.headers };
  let { userAgent } = options;
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() !== "user-agent") continue;
    userAgent = headers[name]!;
    delete headers[name];
  }
  return {
    fetch,
    clock,
    timeoutMs,
    userAgent,
    ownHeaders: { ...headers, ...authorization(address, options.token) },
    origin: address.origin,
    closed,
    section,
    proxyOf: options.proxyOf ?? (() => undefined),
    destinations: new Destinations(address, options, section),
    leastSpeed: options.leastSpeed ?? 0,
  };
}

function authorization(address: URL, token: string | undefined): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (address.username === "" && address.password === "") return {};
  const user = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
  const bytes = new TextEncoder().encode(user);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
