/**
 * Serves a site: the catalog, packages and patches of one folder, over HTTP.
 *
 * Guarantees: nothing else is served ({@linkcode siteFileOf}); a required token is compared in constant
 * time; clients beyond the limit get `Retry-After`, slow ones are dropped. Stopping refuses new work,
 * lets transfers finish for a while, then ends them. Clients that send half a header or keep an idle
 * connection can't be limited here, because the runtime's server has no such setting: put nginx in front
 * of a public hub.
 *
 * @module
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { errnoOf } from "../fs/disk_error.ts";
import { answerFor } from "./answer.ts";
import { streamPieces } from "./file_stream.ts";
import { Listener } from "./listener.ts";
import { MOST_AHEAD, pieceSizeFor, writeWithoutCopies } from "./piece_size.ts";
import { SharedPieces } from "./shared_pieces.ts";
import { openSiteFile, type SiteFile, siteFileOf } from "./site_file.ts";
import { Transfers } from "./transfers.ts";

/** Options for serving. */
export interface ServeOptions {
  /** The site's folder, without links. */
  site: string;
  hostname: string;
  port: number;
  /** The token that clients must send; default: none. */
  token?: string;
  /** PEM texts, for https. */
  tls?: { cert: string; key: string };
  /** Transfers at once; default {@linkcode DEFAULT_CLIENTS}. */
  maxClients?: number;
  /** Bytes per second that a client must take; default 1000. */
  leastSpeed?: number;
  /** How long a client may be slower, in ms; default 60,000. */
  patienceMs?: number;
  /** Called after each answer. */
  onRequest?: (line: RequestLine) => void;
  /** Called after a time in which no connection could be accepted: too many files were open. */
  onReopened?: () => void;
}

/** One answered request. */
export interface RequestLine {
  client: string;
  method: string;
  path: string;
  status: number;
  /** Bytes of the body. */
  bytes: number;
}

/** A site that is being served. */
export interface ServedSite {
  /** Its address. */
  url: string;
  /** Stops: refuses new requests, and gives the running ones `graceMs` (default 10,000) to finish. */
  stop(graceMs?: number): Promise<void>;
}

/** Each takes two file descriptors, and many systems allow a process 1,024. */
export const DEFAULT_CLIENTS = 400;

/** How long aborted transfers may take to close their files. */
const ABORT_MS = 500;

/** Starts serving. Throws UsageError if it can't listen there, or for a bad certificate. */
export function serveSite(options: ServeOptions): ServedSite {
  writeWithoutCopies();
  const stop = new AbortController();
  const transfers = new Transfers({
    most: options.maxClients ?? DEFAULT_CLIENTS,
    endAll: () => listener.restart(),
  });
  const handler = new Handler(options, { transfers, signal: stop.signal });
  const listener = new Listener({
    hostname: options.hostname,
    port: options.port,
    tls: options.tls,
    handle: (request, info) => handler.handle(request, info),
    onError: () => failure(500),
    onReopened() {
      options.onReopened?.();
      if (transfers.running === 0) transfers.endAll();
    },
  });
  const { hostname: host, port } = listener.address;
  const shown = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${options.tls === undefined ? "http" : "https"}://${shown}:${port}`,
    async stop(graceMs = 10_000) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          stop.abort();
          // The runtime waits without end for a request whose headers never come.
          timer = setTimeout(resolve, ABORT_MS);
        }, graceMs);
      });
      await Promise.race([listener.stop(), over]);
      clearTimeout(timer);
    },
  };
}

/** Answers requests. */
class Handler {
  readonly #options: ServeOptions;
  readonly #transfers: Transfers;
  readonly #signal: AbortSignal;
  readonly #token: Uint8Array | undefined;
  readonly #shared = new SharedPieces();

  constructor(
    options: ServeOptions,
    { transfers, signal }: { transfers: Transfers; signal: AbortSignal },
  ) {
    this.#options = options;
    this.#transfers = transfers;
    this.#signal = signal;
    this.#token = options.token === undefined ? undefined : digestOf(`Bearer ${options.token}`);
  }

  async handle(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    // The URL begins with it, so an odd one makes another path, or none.
    const hasHost = /^[\w.:[\]-]*$/.test(request.headers.get("host") ?? "");
    const path = hasHost ? new URL(request.url).pathname : "";
    const told = { client: info.remoteAddr.hostname, method: request.method, path };
    const note = (status: number, bytes: number) =>
      this.#options.onRequest?.({ ...told, status, bytes });
    const refuse = (status: number, headers?: HeadersInit) => {
      note(status, 0);
      return failure(status, headers);
    };
    // What a body holds may be a further request to a proxy in front, or the other way round.
    const close = hasBody(request.headers) ? { connection: "close" } : undefined;
    if (!["GET", "HEAD"].includes(request.method)) return refuse(405, { allow: METHODS, ...close });
    if (close !== undefined) return refuse(400, close);
    if (!hasHost) return refuse(400);
    if (path === "/health") {
      note(200, HEALTH.length);
      return new Response(HEALTH, { headers: { "content-type": "application/json" } });
    }
    if (!this.#isAllowed(request)) return refuse(401, { "www-authenticate": "Bearer" });
    const file = siteFileOf(path);
    const opened = file && await this.#open(file);
    if (file === undefined || opened === undefined) return refuse(404);
    if (typeof opened === "number") return refuse(opened, BUSY);
    if (this.#transfers.areFull) {
      opened.file.close();
      return refuse(503, BUSY);
    }
    const answer = answerFor(request, { file, info: opened.info }, crypto.randomUUID());
    const { status, headers, pieces } = answer;
    if (request.method === "HEAD" || pieces.length === 0) {
      opened.file.close();
      note(status, 0);
      return new Response(null, { status, headers });
    }
    const { leastSpeed = 1000, patienceMs = 60_000 } = this.#options;
    const transfer = this.#transfers.begin(info.completed);
    const body = streamPieces(this.#shared.open(opened, Date.now()), pieces, {
      pieceSize: (sent) => pieceSizeFor({ clients: this.#transfers.running, sent }),
      leastSpeed,
      patienceMs,
      signal: this.#signal,
      over: info.completed,
      onEnd: (sent, isSlow) => {
        note(status, sent);
        const left = Math.min(sent, MOST_AHEAD) / leastSpeed * 1000;
        transfer.handedOver(isSlow ? 0 : patienceMs + left);
      },
    });
    return new Response(body, { status, headers });
  }

  /** The open file; `undefined` = there is none, a number is the status to say so. */
  async #open(file: SiteFile): Promise<Awaited<ReturnType<typeof openSiteFile>> | 500 | 503> {
    try {
      return await openSiteFile(this.#options.site, file);
    } catch (error) {
      return ["EMFILE", "ENFILE"].includes(errnoOf(error) ?? "") ? 503 : 500;
    }
  }

  #isAllowed(request: Request): boolean {
    if (this.#token === undefined) return true;
    return timingSafeEqual(digestOf(request.headers.get("authorization") ?? ""), this.#token);
  }
}

function hasBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || !["0", null].includes(headers.get("content-length"));
}

/** Closes the connection: an idle one would hold a file descriptor, and a retry opens its own. */
const BUSY = { "retry-after": "5", connection: "close" };
const METHODS = "GET, HEAD";
const HEALTH = '{"status":"ok"}';

const WORDS: Readonly<Record<number, string>> = {
  400: "expected a host's name and no body",
  401: "a token is needed",
  404: "not found",
  405: "only GET and HEAD",
  500: "the server failed",
  503: "too many clients; come again",
};

function failure(status: number, headers: HeadersInit = {}): Response {
  return new Response(`${WORDS[status]}\n`, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
