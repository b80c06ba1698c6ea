/**
 * A TCP proxy on loopback that makes the way to a hub long, narrow or unreliable.
 *
 * Guarantees: delay is pipelined (bytes travel one behind the other, as on a long cable), each
 * direction of each connection keeps its order, and at most one delay's worth of bytes, or
 * `maxInFlight`, is held for each. Closing it ends every connection and timer.
 *
 * @module
 */
import { Cable } from "./cable.ts";
import { seededRandom } from "./random.ts";

/** How the way is. */
export interface ProxyOptions {
  /** Milliseconds each way. */
  delayMs?: number;
  /** Bytes a second over all connections, each way; 0 = no limit. */
  bytesPerSecond?: number;
  /** The part of the connections that is dropped at a random place. */
  dropShare?: number;
  /** The part of the connections that falls silent at a random place and stays open. */
  stallShare?: number;
  /** Bytes within which drops and stalls happen; default 1 MB. */
  within?: number;
  /** Bytes in flight for each direction of a connection; default 16 MB. */
  maxInFlight?: number;
  seed?: number;
}

/** What becomes of a connection, and after how many bytes from the hub. */
interface Fate {
  kind: "drop" | "stall" | "none";
  after: number;
}

/** A running proxy. */
export class FaultyProxy implements AsyncDisposable {
  readonly url: string;
  /** Connections so far. */
  connections = 0;
  /** Connections that were dropped or fell silent on purpose. */
  harmed = 0;
  /** Bytes from the hub that were passed on. */
  bytesDown = 0;
  readonly #options: ProxyOptions;
  readonly #target: { hostname: string; port: number };
  readonly #listener: Deno.Listener;
  readonly #random: () => number;
  readonly #open = new Set<Deno.Conn>();
  readonly #running = new Set<Promise<void>>();
  readonly #lines = { up: { free: 0 }, down: { free: 0 } };
  readonly #closed = new AbortController();
  #dark = false;
  #light: (() => void) | undefined;
  #lit: Promise<void> = Promise.resolve();

  /** Starts a proxy before the hub at this URL. */
  constructor(hubUrl: string, options: ProxyOptions = {}) {
    const { hostname, port, protocol } = new URL(hubUrl);
    this.#options = options;
    this.#target = { hostname, port: Number(port) };
    this.#random = seededRandom(options.seed ?? 1);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `${protocol}//${hostname}:${(this.#listener.addr as Deno.NetAddr).port}`;
    this.#run(this.#accept());
  }

  /** Lets no byte through any more; connections stay open and new ones get no answer. */
  goDark(): void {
    if (this.#dark) return;
    this.#dark = true;
    this.#lit = new Promise((resolve) => this.#light = resolve);
  }

  /** Lets bytes through again, those that waited first. */
  comeBack(): void {
    this.#dark = false;
    this.#light?.();
  }

  /** Closes every connection at once, but goes on listening. */
  dropAll(): void {
    for (const connection of this.#open) close(connection);
  }

  /** Closes the proxy and waits for its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    this.comeBack();
    this.#listener.close();
    this.dropAll();
    await Promise.all(this.#running);
  }

  #run(work: Promise<void>): void {
    const running = work.catch(() => {}).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #accept(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const client = await this.#listener.accept().catch(() => undefined);
      if (client) this.#run(this.#join(client));
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    this.connections++;
    const fate = this.#fate();
    this.#open.add(client);
    const hub = await Deno.connect(this.#target).catch(() => undefined);
    if (hub === undefined || this.#closed.signal.aborted) {
      hub?.close();
      close(client);
      this.#open.delete(client);
      return;
    }
    this.#open.add(hub);
    noDelay(client, hub);
    await Promise.all([
      this.#pass(client, hub, { line: this.#lines.up }),
      this.#pass(hub, client, { line: this.#lines.down, fate }),
    ]);
    for (const connection of [client, hub]) {
      close(connection);
      this.#open.delete(connection);
    }
  }

  #fate(): Fate {
    const { dropShare = 0, stallShare = 0, within = 1 << 20 } = this.#options;
    const chance = this.#random();
    const after = Math.floor(this.#random() * within);
    if (chance < dropShare) return { kind: "drop", after };
    return { kind: chance < dropShare + stallShare ? "stall" : "none", after };
  }

  /** Passes one direction on, until it ends or its fate comes. */
  async #pass(
    from: Deno.Conn,
    to: Deno.Conn,
    { line, fate }: { line: { free: number }; fate?: Fate },
  ): Promise<void> {
    const { delayMs = 0, bytesPerSecond = 0, maxInFlight = 16 << 20 } = this.#options;
    const chunkSize = bytesPerSecond
      ? Math.max(1024, Math.min(bytesPerSecond / 100, 65536))
      : 65536;
    const cable = new Cable(maxInFlight);
    const deliver = async () => {
      for (;;) {
        const item = await cable.take();
        if (item === undefined) break;
        await this.#until(item.due);
        await this.#lit;
        for (let at = 0; at < item.bytes.length;) at += await to.write(item.bytes.subarray(at));
        cable.delivered(item.bytes.length);
        if (fate) this.bytesDown += item.bytes.length;
      }
      await to.closeWrite();
    };
    const delivering = deliver().catch(() => {
      cable.break();
      close(from);
    });
    let passed = 0;
    try {
      for (;;) {
        const buffer = new Uint8Array(chunkSize);
        const read = await from.read(buffer);
        if (read === null) break;
        passed += read;
        if (fate && fate.kind !== "none" && passed > fate.after) {
          this.harmed++;
          if (fate.kind === "drop") close(to);
          else while (await from.read(buffer) !== null);
          break;
        }
        const now = performance.now();
        const start = Math.max(now, line.free);
        if (bytesPerSecond) line.free = start + read / bytesPerSecond * 1000;
        cable.put({
          bytes: buffer.subarray(0, read),
          due: (bytesPerSecond ? line.free : now) + delayMs,
        });
        // The narrow place holds its bytes back, so that a sender feels it.
        if (bytesPerSecond) await this.#until(line.free - 20);
        await cable.room();
      }
    } catch {
      close(to);
    }
    cable.end();
    await delivering;
  }

  /** Waits for an instant of `performance.now()`, but not beyond the proxy's life. */
  async #until(instant: number): Promise<void> {
    const ms = instant - performance.now();
    const { signal } = this.#closed;
    if (ms < 1 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
    });
  }
}

function noDelay(...connections: Deno.Conn[]): void {
  for (const connection of connections) (connection as Deno.TcpConn).setNoDelay(true);
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}
