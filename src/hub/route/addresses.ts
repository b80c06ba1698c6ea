/**
 * The addresses of a host, and whether `fetch` can be left to choose among them.
 *
 * Guarantees: names are looked up as `fetch` does it, by the system's `getaddrinfo`: the hosts file
 * counts. No connection stays open.
 *
 * @module
 */
import { isIP } from "node:net";
import type { Connect } from "./connect_any.ts";

/** The addresses of a name; throws when it has none. */
export type LookUp = (hostname: string) => Promise<string[]>;

/** How long an address may take to accept a connection, in ms. */
const SILENT_MS = 1_000;

/** The host's addresses, in the order in which they are tried; throws when it has none. */
export async function addressesOf(hostname: string): Promise<string[]> {
  if (isIP(hostname) !== 0) return [hostname];
  const { lookup } = await import("node:dns/promises");
  return (await lookup(hostname, { all: true })).map(({ address }) => address);
}

/**
 * The addresses that answer, where `fetch` may be waiting at another that doesn't; none where it
 * goes past that by itself. It tries IPv4 and IPv6 at once, to a SOCKS proxy one after the other, but
 * of each the addresses in order (which may differ from look-up to look-up), and leaves one only when
 * the kernel gives up, after 135 s.
 */
export async function besideSilent(
  addresses: readonly string[],
  port: number,
  { connect = Deno.connect, familiesInOrder = false }: {
    connect?: Connect<{ close(): void }>;
    familiesInOrder?: boolean;
  } = {},
): Promise<string[]> {
  const answers = new Set<string>();
  const silent = new Set(addresses);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), SILENT_MS);
  await Promise.all(addresses.map(async (hostname) => {
    try {
      (await connect({ hostname, port, signal: stop.signal })).close();
      answers.add(hostname);
    } catch {
      if (stop.signal.aborted) return; // it is still silent
    }
    silent.delete(hostname);
  }));
  clearTimeout(timer);
  const isSafe = (list: readonly string[]): boolean =>
    list.some((address) => answers.has(address)) && !list.some((address) => silent.has(address));
  const families = Map.groupBy(addresses, (address) => familiesInOrder ? 0 : isIP(address));
  return [...families.values()].some(isSafe) ? [] : [...answers];
}
