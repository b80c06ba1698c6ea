/**
 * Connects to the first of several addresses that answers (RFC 8305): each has a moment's start
 * before the next one is tried. A name of which one address leads nowhere is reached by another.
 *
 * Guarantees: of the connections only the one that it gives away stays open, also if others are made
 * later.
 *
 * @module
 */

/** The start that each address has before the next one is tried, in ms, as in RFC 8305. */
const HEAD_START_MS = 250;

/** What it connects with: `Deno.connect`. */
export type Connect<Connection> = (
  options: { hostname: string; port: number; signal: AbortSignal },
) => Promise<Connection>;

/** A connection, to whom, and the addresses tried before it that hadn't answered. */
interface Connected<Connection> {
  address: string;
  silent: string[];
  connection: Connection;
}

/** Connecting that is under way; disposing of it gives up the rest. */
interface Connecting<Connection> extends Disposable {
  /** Fails with the first reason when none answers. */
  first: Promise<Connected<Connection>>;
}

/** Connects to the addresses (at least one) in turn. */
export function connectAny<Connection extends { close(): void }>(
  addresses: readonly string[],
  port: number,
  connect: Connect<Connection>,
): Connecting<Connection> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const first = new Promise<Connected<Connection>>((done, failed) => {
    let next = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const begin = (): void => {
      clearTimeout(timer);
      const hostname = addresses[next++];
      if (hostname === undefined || stop.signal.aborted) return;
      connect({ hostname, port, signal: stop.signal }).then((connection) => {
        if (stop.signal.aborted) return connection.close();
        const silent = addresses.slice(0, addresses.indexOf(hostname));
        done({ address: hostname, silent, connection });
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
