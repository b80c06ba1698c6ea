/**
 * A hub in memory, as a `fetch`: files by their path, whole or by one range.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Fetch } from "../../src/types.ts";

/** Answers from these files; every path that is asked for is reported. */
export function rangeFetch(
  files: ReadonlyMap<string, Uint8Array>,
  onRequest: (path: string) => void = () => {},
): Fetch {
  return (input, init) => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    onRequest(pathname);
    const bytes = files.get(pathname);
    if (bytes === undefined) return Promise.resolve(new Response("not here", { status: 404 }));
    const tag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    const headers = new Headers({ "accept-ranges": "bytes", etag: `"${tag}"` });
    if (pathname.startsWith("/api/")) headers.set("content-type", "application/json");
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "");
    const start = range === null ? 0 : Number(range[1]);
    const end = range?.[2] ? Math.min(bytes.length, Number(range[2]) + 1) : bytes.length;
    if (start > end) return Promise.resolve(new Response(null, { status: 416 }));
    const part = bytes.subarray(start, end);
    headers.set("content-length", String(part.length));
    if (range !== null) headers.set("content-range", `bytes ${start}-${end - 1}/${bytes.length}`);
    const status = range === null ? 200 : 206;
    return Promise.resolve(new Response(part.slice(), { status, headers }));
  };
}
