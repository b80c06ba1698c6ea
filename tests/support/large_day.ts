/**
 * A folder that is worth a list of midstates: small files, which are built in memory, and large ones,
 * which are built and packed in pieces.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { Sha256 } from "../../src/trust/sha256.ts";
import { rows } from "./random_days.ts";
import type { Tree } from "./tree.ts";

const MIB = 1 << 20;
const SIZES = [70, 5000, 900_000, 5 * MIB, 6 * MIB, ...Array<number>(8).fill(3 * MIB + 77)];

/** The folder on a day: each file has three rows more than the day before. */
export function largeDay(day: number): Tree {
  return new Map(SIZES.map((size, index) => {
    const pattern = rows(index + 1, 60);
    const news = rows(index + 1, 3 * day + 1);
    const content = new Uint8Array(size + news.length);
    for (let at = 0; at < size; at += pattern.length) {
      content.set(pattern.subarray(0, size - at), at);
    }
    content.set(news, size);
    return [`sh${600000 + index}.csv`, content];
  }));
}

/** A content's digest, in base64url. */
export function digestOf(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("base64url");
}

/** Each file's midstate by its digest, in the order of the files. */
export function midstatesOf(tree: Tree): Map<string, string> {
  return new Map(
    [...tree.values()].map((content) => [digestOf(content), new Sha256().update(content).midstate]),
  );
}
