/**
 * A folder served as object stores (S3, MinIO and their like) serve a bucket.
 *
 * Guarantees: a strong ETag, the MD5 of the bytes; one range per request is answered, several are
 * answered with the whole object; never `multipart/byteranges`, no compression, no redirect. An object
 * that isn't there is `AccessDenied` in XML, as where listing the bucket isn't allowed. Bodies that
 * were sent are counted. Everything under a name is read once: change the folder, not its files.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** A running store. */
export interface ObjectStore extends AsyncDisposable {
  readonly url: string;
  /** The folder that is the bucket from now on. */
  folder: string;
  /** What was asked for, in order, and the bytes of the answers' bodies. */
  readonly requests: { path: string; status: number; bytes: number }[];
}

/** Starts one on loopback. */
export function startObjectStore(folder: string): ObjectStore {
  const digests = new Map<string, string>();
  const requests: ObjectStore["requests"] = [];
  const answer = async (request: Request): Promise<[response: Response, bytes: number]> => {
    const path = join(store.folder, decodeURIComponent(new URL(request.url).pathname));
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info?.isFile) return denied();
    const etag = digests.get(path) ?? `"${await md5Of(path)}"`;
    digests.set(path, etag);
    const given = request.headers;
    if (given.get("if-none-match") === etag) return [new Response(null, { status: 304 }), 0];
    const match = given.get("if-match");
    if (match !== null && match !== etag) return [new Response(null, { status: 412 }), 0];
    const headers = new Headers({
      "accept-ranges": "bytes",
      "content-type": "binary/octet-stream",
      "last-modified": info.mtime!.toUTCString(),
      etag,
      server: "AmazonS3",
    });
    const range = spanOf(given.get("range"), info.size);
    if (range === "none") return [new Response(null, { status: 416 }), 0];
    const [start, end] = range ?? [0, info.size];
    headers.set("content-length", String(end - start));
    if (range !== undefined) headers.set("content-range", `bytes ${start}-${end - 1}/${info.size}`);
    const body = request.method === "HEAD" ? null : await partOf(path, start, end);
    return [new Response(body, { status: range === undefined ? 200 : 206, headers }), end - start];
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const [response, bytes] = await answer(request);
      requests.push({ path: new URL(request.url).pathname, status: response.status, bytes });
      return response;
    },
  );
  const store: ObjectStore = {
    url: `http://127.0.0.1:${server.addr.port}`,
    folder,
    requests,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return store;
}

/** One range; none where there is none, or more than one. */
function spanOf(header: string | null, size: number): [number, number] | "none" | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || header === "bytes=-") return undefined;
  const [, from, to] = match;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size : Math.min(size, Number(to) + 1);
  return start < end ? [start, end] : "none";
}

async function partOf(path: string, start: number, end: number): Promise<ReadableStream> {
  const file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  let left = end - start;
  return file.readable.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const part = chunk.subarray(0, left);
        left -= part.length;
        if (part.length > 0) controller.enqueue(part);
        if (left === 0) controller.terminate();
      },
    }),
  );
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(1 << 20);
  for (;;) {
    const read = await file.read(buffer);
    if (read === null) return hash.digest("hex");
    hash.update(buffer.subarray(0, read));
  }
}

function denied(): [Response, number] {
  const body = '<?xml version="1.0" encoding="UTF-8"?>\n' +
    "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
  const headers = { "content-type": "application/xml" };
  return [new Response(body, { status: 403, headers }), body.length];
}
