/**
 * A loopback server that answers with exactly the bytes a test writes, for answers that no
 * well-behaved server sends.
 *
 * @module
 */

/** What it does with a connection once the request's head is in; `bytes` is that head as it came. */
export type Script = (
  connection: Deno.Conn,
  head: string,
  index: number,
  bytes: Uint8Array,
) => Promise<unknown> | unknown;

/** A certificate with its key, and the protocols that TLS offers. */
export interface RawTls {
  cert: string;
  key: string;
  alpnProtocols?: string[];
}

/** A running server. */
export class RawServer implements AsyncDisposable {
  readonly url: string;
  /** The heads of the requests, in order. */
  readonly heads: string[] = [];
  readonly #listener: Deno.Listener;
  readonly #open = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;
  #closed = false;

  /** Answers every request with the text, or as the script does. */
  constructor(answer: string | Script, tls?: RawTls) {
    const where = { hostname: "127.0.0.1", port: 0 };
    this.#listener = tls ? Deno.listenTls({ ...where, ...tls }) : Deno.listen(where);
    const { port } = this.#listener.addr as Deno.NetAddr;
    this.url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
    this.#accepting = this.#accept(typeof answer === "string" ? writeAll(answer) : answer);
  }

  async #accept(script: Script): Promise<void> {
    const serving: Promise<void>[] = [];
    while (!this.#closed) {
      const connection = await this.#listener.accept().catch(() => undefined);
      if (connection !== undefined) serving.push(this.#serve(connection, script));
    }
    await Promise.all(serving);
  }

  async #serve(connection: Deno.Conn, script: Script): Promise<void> {
    this.#open.add(connection);
    try {
      const buffer = new Uint8Array(65536);
      const count = await connection.read(buffer);
      const bytes = buffer.subarray(0, count ?? 0);
      const head = new TextDecoder().decode(bytes);
      this.heads.push(head);
      await script(connection, head, this.heads.length - 1, bytes);
    } catch {
      // The client went away, or TLS failed: that is what the test is about.
    }
    this.#end(connection);
  }

  #end(connection: Deno.Conn): void {
    if (!this.#open.delete(connection)) return;
    try {
      connection.close();
    } catch {
      // Closed by the other side of this test.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) this.#listener.close();
    this.#closed = true;
    for (const connection of this.#open) this.#end(connection);
    await this.#accepting;
  }
}

/** Writes the text and closes. */
export function writeAll(text: string): Script {
  return (connection) => write(connection, text);
}

/** Writes the whole text. */
export function write(connection: Deno.Conn, text: string): Promise<void> {
  return writeAllBytes(connection, new TextEncoder().encode(text));
}

/** Writes all bytes. */
export async function writeAllBytes(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
}
