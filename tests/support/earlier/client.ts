/**
 * A client from before patches, digests and signatures, replayed: what it read of a catalog and which
 * requests it sent, as recorded from that binary in front of a site (`client.json`: the keys in the
 * order in which it looked for them, the headers, the ranges of each run). It knows nothing else.
 *
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import recorded from "./client.json" with { type: "json" };

/** A run that was recorded. */
export type EarlierRun = keyof typeof recorded.runs;

/** What it took out of the catalog, and the bytes that it then had of the package. */
export interface EarlierResult {
  version: unknown;
  bytes: Uint8Array;
  paths: string[];
}

type Json = Record<string, unknown>;

/** Sends a run's requests, and checks each answer as that client did. */
export async function replay(run: EarlierRun, root: string): Promise<EarlierResult> {
  const paths: string[] = [];
  const get = async (path: string, range?: string): Promise<Response> => {
    paths.push(path);
    const accept = range === undefined ? "application/json" : "*/*";
    const headers = { ...recorded.headers, accept, ...(range && { range }) };
    return await fetch(new URL(path, root), { headers, redirect: "manual" });
  };
  const answer = await get("api/datasets");
  assert.equal(answer.status, 200);
  const catalog = await answer.json();
  const list = first(catalog, recorded.reads.list) as Json[];
  assert(Array.isArray(list), "no list of datasets");
  const [entry] = list as [Json];
  assert.equal(typeof first(entry, recorded.reads.name), "string");
  assert.equal(first(entry, recorded.reads.ready), true);
  const size = first(entry, recorded.reads.size) as number;
  const url = first(entry, recorded.reads.url) as string;
  const window = recorded.window.bytes + recorded.window.per_file * Number(entry["file_count"]);
  const start = Math.max(0, size - window);
  const bytes = new Uint8Array(size);
  let validator: string | null = null;
  for (const what of recorded.runs[run]) {
    if (what === "catalog") continue;
    const from = Number(/\d+/.exec(what)?.[0] ?? 0);
    const [begin, end] = what === "directory" ? [start, size] : [from, start];
    if (begin >= end) continue;
    const part = await get(url, `bytes=${begin}-${end - 1}`);
    assert.equal(part.status, 206, what);
    assert.equal(part.headers.get("content-range"), `bytes ${begin}-${end - 1}/${size}`);
    assert.equal(part.headers.get("content-encoding"), null);
    const tag = part.headers.get("etag") ?? part.headers.get("last-modified");
    assert(tag !== null && (validator === null || validator === tag), "the package changed");
    validator = tag;
    bytes.set(new Uint8Array(await part.arrayBuffer()), begin);
  }
  if (run === "first sync" || run === "next day") {
    const digest = createHash("sha256").update(bytes).digest("hex");
    assert.equal(first(entry, recorded.reads.digest), digest);
    const directory = fingerprintOf(bytes);
    assert.equal(first(entry, recorded.reads.fingerprint), directory);
  }
  return { version: first(entry, recorded.reads.version), bytes, paths };
}

/** The value under the first of the keys that is there. */
function first(value: Json, keys: readonly string[]): unknown {
  return keys.map((key) => value[key]).find((found) => found !== undefined && found !== null);
}

/** SHA-256 over the central directory and the package's length. */
function fingerprintOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50, "the package ends in a comment");
  const [length, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)];
  const total = new Uint8Array(8);
  new DataView(total.buffer).setBigUint64(0, BigInt(bytes.length), true);
  const hash = createHash("sha256").update(bytes.subarray(start, start + length)).update(total);
  return hash.digest("hex");
}
