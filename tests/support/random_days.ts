/**
 * Days of a folder that differ in every way in which days do.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { seededRandom } from "./random.ts";
import type { Tree } from "./tree.ts";

const TEXT = new TextEncoder();

/** Rows of a file; a later day has more of them, and begins with the same. */
export function rows(seed: number, count: number): Uint8Array {
  const random = seededRandom(seed);
  const lines = Array.from(
    { length: count },
    (_, day) => `2026-${day},${[1, 2, 3, 4].map(() => (random() * 100).toFixed(2)).join(",")}`,
  );
  return TEXT.encode(lines.join("\n") + "\n");
}

/** Files grow, are rewritten, edited in the middle, shrunk, renamed, removed, and appear. */
export function nextDay(tree: Tree, random: () => number): Tree {
  const next: Tree = new Map();
  for (const [path, content] of tree) {
    const at = Math.floor(random() * content.length);
    const news = rows(Math.floor(random() * 1e6), 1 + Math.floor(random() * 5));
    const kind = random();
    if (kind < 0.4) next.set(path, Buffer.concat([content, news]));
    else if (kind < 0.5) next.set(path, news);
    else if (kind < 0.6) {
      next.set(path, Buffer.concat([content.subarray(0, at), news, content.subarray(at)]));
    } else if (kind < 0.65) next.set(path, content.slice(0, at));
    else if (kind < 0.7) next.set(`${path}-renamed`, content);
    else if (kind < 0.75 && next.size > 3) continue;
    else next.set(path, content);
  }
  next.set(`new/${Math.floor(random() * 1e6)}`, rows(7, 20));
  return next;
}
