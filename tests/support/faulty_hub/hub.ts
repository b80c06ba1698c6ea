/**
 * A hub on loopback with switchable faults: what tests and the benchmark talk to.
 *
 * Guarantees: the kind `deployed` answers as the deployed hub does, byte for byte where a client
 * can see it: HTTP/1.0, one request at a time, its range rules, its catalog. Closing it ends every
 * connection and timer. It isn't made to face a network: no limits on clients, no access control.
 *
 * @module
 */
import { type Answer, statusAnswer } from "./answer.ts";
import { FaultQueue } from "./faults.ts";
import { answerWithFaults } from "./faulty_answer.ts";
import type { HubDataset } from "./hub_dataset.ts";
import type { FaultyHubOptions, RequestRecord } from "./hub_options.ts";
import { Offering } from "./offering.ts";
import type { HubKind } from "./package_answer.ts";
import { Pace } from "./pace.ts";
import { type HubRequest, RequestReader } from "./request_parser.ts";
import { writeAnswer } from "./response_writer.ts";
import { seededRandom } from "../../../src/demo/seeded_random.ts";
import { SignedLinks } from "./signed_links.ts";

export type { PackageBytes } from "./body.ts";
export type { Fault, FaultName } from "./fault.ts";
export type { HubDataset } from "./hub_dataset.ts";
export type { FaultyHubOptions, RequestRecord } from "./hub_options.ts";
export type { HubKind } from "./package_answer.ts";

/** A running hub. */
export class FaultyHub implements AsyncDisposable {
  /** What goes wrong, and when. */
  readonly faults: FaultQueue = new FaultQueue();
  /** Every request since the start or the last {@linkcode FaultyHub.reset}, in order. */
  readonly requests: RequestRecord[] = [];
  /** Latency and bandwidth; may be changed while it runs. */
  readonly pace: Pace;
  readonly kind: HubKind;
  /** `http://127.0.0.1:port`, or `https://localhost:port` with TLS. */
  readonly url: string;
  readonly #offering: Offering;
  readonly #listener: Deno.Listener;
  readonly #closed = new AbortController();
  readonly #connections = new Map<Deno.Conn, Promise<void>>();
  readonly #links: SignedLinks;
  readonly #clock: () => number;
  readonly #random: () => number;
  readonly #accepting: Promise<void>;

  /** Starts a hub; it listens when this returns. */
  constructor(options: FaultyHubOptions = {}) {
    const { datasets = {}, hostname = "127.0.0.1", port = 0, tls } = options;
    this.kind = options.kind ?? "deployed";
    this.#offering = new Offering(
      this.kind,
      Symbol.iterator in datasets ? datasets : Object.entries(datasets),
    );
    this.#clock = options.clock ?? Date.now;
    this.#random = options.random ?? seededRandom(1);
    this.#links = new SignedLinks(this.#clock);
    this.pace = new Pace(options, this.#closed.signal);
    const listener = tls
      ? Deno.listenTls({ hostname, port, ...tls })
      : Deno.listen({ hostname, port });
    this.#listener = listener;
    const { port: actual } = listener.addr as Deno.NetAddr;
    this.url = tls ? `https://localhost:${actual}` : `http://${hostname}:${actual}`;
    this.#accepting = this.#accept();
  }

  /** The datasets as they stand. */
  get datasets(): ReadonlyMap<string, HubDataset> {
    return this.#offering.datasets;
  }

  /** Adds a dataset or replaces one. */
  setDataset(name: string, dataset: HubDataset): void {
    this.#offering.datasets.set(name, dataset);
  }

  /** Removes a dataset. */
  removeDataset(name: string): void {
    this.#offering.datasets.delete(name);
  }

  /** Answers the catalog with this text instead; `undefined` = the true one again. */
  setCatalog(text: string | undefined): void {
    this.#offering.catalog = text;
  }

  /** Body bytes written for requests whose path begins so. */
  bytesSent(prefix = "/"): number {
    return this.requests.filter(({ path }) => path.startsWith(prefix))
      .reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  }

  /** Forgets the requests seen and the faults that wait. */
  reset(): void {
    this.requests.length = 0;
    this.faults.clear();
  }

  /** Closes the listener and every connection, and waits for them. */
  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#listener.close();
    for (const connection of this.#connections.keys()) close(connection);
    await this.#accepting;
    await Promise.all(this.#connections.values());
  }

  /** The same as {@linkcode FaultyHub.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #accept(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const connection = await this.#listener.accept().catch(() => undefined);
      if (connection === undefined) continue;
      const served = this.#serve(connection).catch(() => {}).finally(() => {
        this.#connections.delete(connection);
        close(connection);
      });
      this.#connections.set(connection, served);
      // The deployed hub has one thread: the next connection waits in the kernel.
      if (this.kind === "deployed") await served;
    }
  }

  /** Answers the requests of one connection; throws when the client goes away in the middle. */
  async #serve(connection: Deno.Conn): Promise<void> {
    const reader = new RequestReader(connection);
    const http11 = this.kind !== "deployed";
    for (;;) {
      const request = await reader.next();
      if (request === "closed" || this.#closed.signal.aborted) return;
      const seen = request === "malformed" ? undefined : request;
      const record = this.#record(seen);
      const faults = seen ? this.faults.take(seen) : [];
      record.faults = faults.map(({ name }) => name);
      const { answer, wire } = seen
        ? await answerWithFaults(seen, faults, {
          offering: this.#offering,
          links: this.#links,
          random: this.#random,
        })
        : { answer: statusAnswer(400), wire: {} };
      record.status = answer.status;
      const again = await writeAnswer(connection, answer, {
        httpVersion: http11 ? "1.1" : "1.0",
        keepAlive: http11 && seen?.httpVersion === "1.1" &&
          seen.headers.get("connection")?.toLowerCase() !== "close",
        headOnly: seen?.method === "HEAD",
        wire,
        pace: this.pace,
        onBytes: (count) => record.bytesSent += count,
        headers: this.#commonHeaders(),
      });
      if (!again) return;
    }
  }

  #record(request: HubRequest | undefined): RequestRecord {
    const record: RequestRecord = {
      method: request?.method ?? "",
      path: request?.target ?? "",
      range: request?.headers.get("range"),
      headers: request?.headers ?? new Map(),
      status: 0,
      bytesSent: 0,
      startedAt: this.#clock(),
      faults: [],
    };
    this.requests.push(record);
    return record;
  }

  #commonHeaders(): Answer["headers"] {
    const server = this.kind === "deployed" ? "BaseHTTP/0.6 Python/3.11.2" : "test-hub";
    return [["Server", server], ["Date", new Date(this.#clock()).toUTCString()]];
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It was closed before.
  }
}
