/**
 * A web server with one file at `/file.zip`, whose validators and habits a test decides and changes.
 *
 * Guarantees: ranges, one or several, are answered with the file's own bytes unless `ranges` says
 * otherwise. What was asked is remembered.
 *
 * @module
 */

/** What a server says and does. */
export interface FileServerState {
  bytes: Uint8Array<ArrayBuffer>;
  etag?: string | undefined;
  lastModified?: string | undefined;
  /** How many ranges it answers in one request; 0 = it sends the whole file. */
  ranges?: number;
  /** Whether it answers 304 to the `If-None-Match` of its own ETag; `always`: to any. */
  conditional?: boolean | "always";
  type?: string;
  /** Answers in place of all that, where it gives something. */
  answer?: (request: Request) => Response | undefined;
}

/** One request. */
export interface Asked {
  method: string;
  path: string;
  headers: Headers;
  status: number;
}

/** A running server. */
export interface FileServer extends AsyncDisposable {
  /** Where the file is. */
  url: string;
  /** Without the file's path. */
  origin: string;
  /** Change it as you like. */
  state: FileServerState;
  asked: Asked[];
}

/** Starts it on loopback. */
export function startFileServer(state: FileServerState): FileServer {
  const asked: Asked[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const response = state.answer?.(request) ?? answer(request, state);
    const { method, headers } = request;
    const path = new URL(request.url).pathname;
    asked.push({ method, path, headers, status: response.status });
    return response;
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    url: `${origin}/file.zip`,
    origin,
    state,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function answer(request: Request, state: FileServerState): Response {
  const { bytes, etag, lastModified, conditional = true, type = "application/zip" } = state;
  if (new URL(request.url).pathname !== "/file.zip") return new Response("none", { status: 404 });
  const headers = new Headers({ "content-type": type });
  if (etag !== undefined) headers.set("etag", etag);
  if (lastModified !== undefined) headers.set("last-modified", lastModified);
  const expected = request.headers.get("if-none-match");
  if (expected !== null && (conditional === "always" || (conditional && expected === etag))) {
    if (conditional === "always") headers.delete("etag");
    return new Response(null, { status: 304, headers });
  }
  const ranges = rangesIn(request.headers.get("range"), bytes.length);
  const most = state.ranges ?? Infinity;
  if (ranges.length === 0 || most === 0) return new Response(bytes, { headers });
  if (ranges.some(([start]) => start >= bytes.length)) {
    headers.set("content-range", `bytes */${bytes.length}`);
    return new Response(null, { status: 416, headers });
  }
  const claim = ([start, end]: [number, number]) => `bytes ${start}-${end - 1}/${bytes.length}`;
  if (ranges.length === 1 || most === 1) {
    headers.set("content-range", claim(ranges[0]!));
    return new Response(bytes.slice(...ranges[0]!), { status: 206, headers });
  }
  headers.set("content-type", "multipart/byteranges; boundary=here");
  const parts = ranges.flatMap((range) => [
    `\r\n--here\r\nContent-Range: ${claim(range)}\r\n\r\n`,
    bytes.slice(...range),
  ]);
  return new Response(new Blob([...parts, "\r\n--here--\r\n"]), { status: 206, headers });
}

function rangesIn(header: string | null, total: number): [number, number][] {
  const list = /^bytes=(.+)$/.exec(header ?? "")?.[1];
  if (list === undefined) return [];
  return list.split(",").map((one) => {
    const [first = "", last = ""] = one.trim().split("-");
    return [Number(first), Math.min(total, last === "" ? total : Number(last) + 1)];
  });
}
