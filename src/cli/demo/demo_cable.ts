/**
 * A proxy between the demo's client and its hub that can cut the connection at a given byte.
 *
 * Guarantees: bytes pass unchanged and in order until the cut. On loopback only.
 *
 * @module
 */

/** A line to one address. */
export class DemoCable implements AsyncDisposable {
  /** The address for the client. */
  readonly url: string;
  readonly #listener: Deno.TcpListener;
  readonly #port: number;
  readonly #open = new Set<Deno.Conn>();
  #left = Infinity;

  /** Leads to this port of loopback. */
  constructor(port: number) {
    this.#port = port;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
    this.#accept();
  }

  /** Breaks after this many bytes to the client, and stays broken. */
  breakAfter(bytes: number): void {
    this.#left = bytes;
  }

  /** Passes everything again. */
  repair(): void {
    this.#left = Infinity;
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) this.#join(client);
    } catch {
      // It was closed.
    }
  }

  async #join(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    let hub: Deno.Conn | undefined;
    try {
      hub = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
      this.#open.add(hub);
      await Promise.race([this.#carry(client, hub, false), this.#carry(hub, client, true)]);
    } catch {
      // Either side has ended; the other one notices below.
    }
    this.#close(client);
    if (hub !== undefined) this.#close(hub);
  }

  async #carry(from: Deno.Conn, to: Deno.Conn, counts: boolean): Promise<void> {
    const buffer = new Uint8Array(1 << 16);
    for (;;) {
      const read = await from.read(buffer);
      if (read === null) return;
      const length = counts ? Math.min(read, this.#left) : read;
      for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
      if (!counts) continue;
      this.#left -= length;
      if (this.#left <= 0) return;
    }
  }

  #close(connection: Deno.Conn): void {
    if (!this.#open.delete(connection)) return;
    connection.close();
  }

  /** Closes it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of [...this.#open]) this.#close(connection);
    return Promise.resolve();
  }
}
