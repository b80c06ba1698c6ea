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
 * Whether `fetch` may be waiting at an address that doesn't answer, though another does. It tries
 * IPv4 and IPv6 at once, but of each the addresses in order (which may differ from look-up to
 * look-up), and leaves one only when the kernel gives up, after 135 s.
 */
export async function mayHang(
  addresses: readonly string[],
  port: number,
  connect: Connect<{ close(): void }> = Deno.connect,
): Promise<boolean> {
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
  const isSafe = (family: number): boolean => {
    const own = addresses.filter((address) => isIP(address) === family);
    return own.some((address) => answers.has(address)) &&
      !own.some((address) => silent.has(address));
  };
  return answers.size > 0 && !isSafe(4) && !isSafe(6);
}
