/**
 * A way to a host past those of its addresses that don't answer.
 *
 * `fetch` can't be told which address to connect to and still check the host's certificate, but it
 * takes a proxy; and of the proxies that it knows, SOCKS leaves the request and TLS as they are. So
 * this is a SOCKS 5 server on loopback, each of whose connections leads to the address that answers
 * first.
 *
 * Guarantees: it leads to the one host and port that it was made for, whatever a client asks, and
 * lets nobody in without its random password. Nothing of it stays open once it is disposed of.
 *
 * @module
 */
import { addressesOf } from "./addresses.ts";
import { connectAny } from "./connect_any.ts";

/** What is passed on at once. */
const BUFFER_BYTES = 256 << 10;

/** SOCKS 5, as RFC 1928 and RFC 1929 write it. */
const VERSION = 5;
const WITH_PASSWORD = 2;
const LOGIN = 1;
const OK = 0;
const FAILED = 1;
const NAME = 3;
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };
/** The version, the reply, and an address and port that nobody needs. */
const reply = (code: number): Uint8Array => Uint8Array.of(VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0);

/** A running relay. */
export class Relay implements Disposable {
  /** Its address as a proxy, with the password. */
  readonly proxy: string;
  /** Why the last connection couldn't be made; `undefined` = it could. */
  failure: unknown;
  readonly #host: { hostname: string; port: number };
  readonly #password = crypto.randomUUID();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Disposable>();
  #lastGood: string | undefined;

  /** Starts it. */
  constructor(host: { hostname: string; port: number }) {
    this.#host = host;
    this.proxy = `socks5h://fetch:${this.#password}@127.0.0.1:${this.#listener.addr.port}`;
    this.#accept().catch(() => {}); // it was disposed of
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) this.#serve(client).catch(() => {});
  }

  async #serve(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    let host: Deno.Conn | undefined;
    try {
      await this.#admit(client);
      host = await this.#connect(client);
      this.#open.add(host);
      if (!this.#open.has(client)) return; // all was closed meanwhile
      await writeAll(client, reply(OK));
      await Promise.all([pass(client, host), pass(host, client)]);
    } finally {
      this.#close(client);
      if (host !== undefined) this.#close(host);
    }
  }

  /** Reads the greeting, the password and the request. */
  async #admit(client: Deno.Conn): Promise<void> {
    const [, methods] = await read(client, 2);
    await read(client, methods!);
    await writeAll(client, Uint8Array.of(VERSION, WITH_PASSWORD));
    const [, user] = await read(client, 2);
    await read(client, user!);
    const [length] = await read(client, 1);
    const password = new TextDecoder().decode(await read(client, length!));
    const isRight = password === this.#password;
    await writeAll(client, Uint8Array.of(LOGIN, isRight ? OK : FAILED));
    if (!isRight) throw new Error("a stranger");
    const [, , , kind] = await read(client, 4);
    const address = kind === NAME ? (await read(client, 1))[0]! : ADDRESS_BYTES[kind!] ?? 0;
    await read(client, address + 2);
  }

  async #connect(client: Deno.Conn): Promise<Deno.TcpConn> {
    const { hostname, port } = this.#host;
    let connecting: Disposable | undefined;
    try {
      const found = await addressesOf(hostname);
      const good = found.filter((address) => address === this.#lastGood);
      const any = connectAny([...new Set([...good, ...found])], port, (to) => Deno.connect(to));
      this.#open.add(connecting = any);
      const { address, connection } = await any.first;
      this.#lastGood = address;
      this.failure = undefined;
      return connection;
    } catch (error) {
      this.failure = error;
      await writeAll(client, reply(FAILED));
      throw error;
    } finally {
      if (connecting !== undefined) this.#close(connecting);
    }
  }

  #close(one: Disposable): void {
    if (this.#open.delete(one)) one[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const one of this.#open) this.#close(one);
  }
}

/** Passes on what comes, to its end. */
async function pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(BUFFER_BYTES);
  for (;;) {
    const count = await from.read(buffer);
    if (count === null) return await to.closeWrite();
    await writeAll(to, buffer.subarray(0, count));
  }
}

async function writeAll(to: Deno.Conn, bytes: Uint8Array): Promise<void> {
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

async function read(from: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let have = 0; have < length;) {
    const count = await from.read(bytes.subarray(have));
    if (count === null) throw new Error("it hung up");
    have += count;
  }
  return bytes;
}
