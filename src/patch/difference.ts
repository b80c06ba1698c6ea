/**
 * What is new in a content: the parts of the old one that it begins and ends with, and what lies
 * between them. A file that got rows at its end, at its beginning or in its middle costs those rows.
 *
 * Guarantees: the pieces make the new content out of the old one. Pure.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Piece } from "./recipe.ts";

/** A copied part must save at least this many bytes: less costs more in the recipe. */
const LEAST_COPY = 32;

/** The difference between two contents: pieces, and the bytes that they insert. */
interface Difference {
  pieces: Piece[];
  inserted: Uint8Array;
}

/** Works out how `now` is made from `old`. */
export function difference(old: Uint8Array, now: Uint8Array): Difference {
  let head = commonStart(old, now);
  if (head < LEAST_COPY) head = 0;
  let tail = commonEnd(old.subarray(head), now.subarray(head));
  if (tail < LEAST_COPY) tail = 0;
  const insert = now.length - head - tail;
  const pieces: Piece[] = [{ from: 0, length: head, insert }];
  if (tail > 0) pieces.push({ from: old.length - tail, length: tail, insert: 0 });
  return { pieces, inserted: now.subarray(head, head + insert) };
}

/** Bytes that two contents have in common from their beginning on. */
export function commonStart(a: Uint8Array, b: Uint8Array): number {
  return commonLength(
    Math.min(a.length, b.length),
    (start, end) => Buffer.compare(a.subarray(start, end), b.subarray(start, end)) === 0,
  );
}

function commonEnd(a: Uint8Array, b: Uint8Array): number {
  return commonLength(Math.min(a.length, b.length), (start, end) =>
    Buffer.compare(
      a.subarray(a.length - end, a.length - start),
      b.subarray(b.length - end, b.length - start),
    ) === 0);
}

/** Finds by halves how far two contents are the same: a comparison of many bytes is one call. */
function commonLength(most: number, isSame: (start: number, end: number) => boolean): number {
  let same = 0;
  for (let step = most; step > 0;) {
    if (same + step <= most && isSame(same, same + step)) same += step;
    else step = Math.floor(step / 2);
  }
  return same;
}
