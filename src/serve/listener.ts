/**
 * Listens at one address until it is closed.
 *
 * Guarantees: the runtime's server silently stops listening when it can't accept a connection (too many
 * open files), and it can't end a connection that takes nothing. Here another server replaces it at the
 * same address: within seconds in the first case, and when `restart()` ends all connections. It doesn't
 * limit the number of connections.
 *
 * @module
 */
import { messageOf, UsageError } from "../errors.ts";
import { PACK } from "../messages/pack.ts";
import { orElse } from "../or_else.ts";

/** Options for listening. */
interface ListenOptions {
  hostname: string;
  port: number;
  /** PEM texts, for https. */
  tls?: { cert: string; key: string } | undefined;
  handle: Deno.ServeHandler<Deno.NetAddr>;
  /** The answer to a request whose handling threw. */
  onError: () => Response;
  /** Called once it listens again after it had stopped. */
  onReopened: () => void;
}

/** The variable that makes the runtime's server listen elsewhere, even for everybody. */
const ELSEWHERE = "DENO_SERVE_ADDRESS";
/** Ms between two checks that it still listens: right after a restart, and at most. */
const [FIRST_LOOK_MS, LOOK_MS] = [5, 2000];

/** Listens from its construction on. Throws UsageError if it can't, or for a bad certificate. */
export class Listener {
  readonly address: Deno.NetAddr;
  readonly #options: ListenOptions;
  /** The newest is last; the others still have connections. */
  readonly #servers = new Map<Deno.HttpServer<Deno.NetAddr>, AbortController>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ListenOptions) {
    this.#options = options;
    try {
      this.address = this.#listen(options.port).addr;
    } catch (error) {
      throw options.tls !== undefined && canListen(options)
        ? cannotEncrypt(error)
        : cannotListen(error, options);
    }
    this.#lookIn(LOOK_MS);
  }

  /** Ends all connections and listens again. */
  restart(): void {
    for (const end of this.#servers.values()) end.abort();
    this.#lookIn(FIRST_LOOK_MS);
  }

  /** Stops accepting connections; resolves when the open ones have ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all([...this.#servers.keys()].map((server) => server.shutdown()));
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, tls, handle, onError } = this.#options;
    const end = new AbortController();
    const options = { hostname, port, signal: end.signal, onListen: () => {}, onError, ...tls };
    const server = asAsked(() => Deno.serve(options, handle));
    this.#servers.set(server, end);
    server.finished.catch(() => {}).finally(() => this.#servers.delete(server));
    return server;
  }

  /** A server can only be started where none listens. */
  #lookIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try {
        this.#listen(this.address.port);
      } catch {
        return this.#lookIn(Math.min(2 * ms, LOOK_MS));
      }
      this.#lookIn(LOOK_MS);
      if (ms === LOOK_MS) this.#options.onReopened();
    }, ms);
  }
}

/** Starts a server with that variable unset, if the program may read it. */
function asAsked<T>(start: () => T): T {
  const elsewhere = orElse(() => Deno.env.get(ELSEWHERE), undefined);
  if (elsewhere === undefined) return start();
  Deno.env.delete(ELSEWHERE);
  try {
    return start();
  } finally {
    Deno.env.set(ELSEWHERE, elsewhere);
  }
}

/** Whether the address can be listened at, so that an error is about something else. */
function canListen(address: { hostname: string; port: number }): boolean {
  try {
    Deno.listen(address).close();
    return true;
  } catch {
    return false;
  }
}

function cannotEncrypt(cause: unknown): UsageError {
  const reason = messageOf(cause);
  return new UsageError(
    /KeyMismatch/.test(reason) ? PACK.other_key() : PACK.cant_encrypt({ why: reason }),
    {
      hint: PACK.certificates_and_key(),
      cause,
    },
  );
}

function cannotListen(
  cause: unknown,
  { hostname, port }: { hostname: string; port: number },
): UsageError {
  const reason = cause instanceof Deno.errors.AddrInUse
    ? PACK.port_taken()
    : cause instanceof Error
    ? cause.message
    : String(cause);
  return new UsageError(PACK.cant_listen({ hostname, port, why: reason }), {
    expected: "a free address of this machine",
    found: `${hostname}:${port}`,
    hint: PACK.choose_another(),
    cause,
  });
}
