/**
 * Connects to a host as the run's requests do: to its addresses in turn, each getting a moment's
 * start before the next, and the first one that answers wins. A name whose IPv6 address leads nowhere
 * is reached by its IPv4 one, and the check has to say the same.
 *
 * Guarantees: no connection stays open, also of those that come too late.
 *
 * @module
 */

/** The start that each address has before the next one is tried, in ms, as in RFC 8305. */
const HEAD_START_MS = 250;

/** What it connects with: `Deno.connect`. */
export type Connect = (
  options: { hostname: string; port: number; signal: AbortSignal },
) => Promise<{ close(): void }>;

/** Connecting that is under way; disposing of it gives up the rest. */
interface Connecting extends Disposable {
  /** The address that answered, and those before it that hadn't; fails when none does. */
  first: Promise<{ address: string; silent: string[] }>;
}

/** Connects to the addresses (at least one) in turn. */
export function connectAny(
  addresses: readonly string[],
  port: number,
  connect: Connect = Deno.connect,
): Connecting {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const first = new Promise<{ address: string; silent: string[] }>((done, failed) => {
    let next = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      clearTimeout(timer);
      const hostname = addresses[next++];
      if (hostname === undefined || stop.signal.aborted) return;
      connect({ hostname, port, signal: stop.signal }).then((connection) => {
        connection.close();
        done({ address: hostname, silent: addresses.slice(0, addresses.indexOf(hostname)) });
        stop.abort();
      }, (error) => {
        if (stop.signal.aborted) return;
        failures.push(error);
        if (failures.length === addresses.length) failed(failures[0]);
        else begin();
      });
      if (next < addresses.length) timer = setTimeout(begin, HEAD_START_MS);
    };
    stop.signal.addEventListener("abort", () => clearTimeout(timer));
    begin();
  });
  first.catch(() => {}); // nobody may be waiting any more
  return { first, [Symbol.dispose]: () => stop.abort() };
}
