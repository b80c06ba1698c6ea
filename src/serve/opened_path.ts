/**
 * Whether an open file lies where its path says.
 *
 * Guarantees: where the kernel tells of open files (Linux with `/proc`), what was opened by way of a
 * link that has gone by the next look is found out. Elsewhere everything counts as being in its place.
 *
 * @module
 */
import { liesAt } from "../fs/kernel_place.ts";

/** The most files that are remembered. */
const MOST = 10_000;

/** What was found in its place: asking costs 15 µs per open file, so it is done once per file. */
const inPlace = new Set<string>();

/** Whether the file that is open, with this `info`, was opened at `path`, which has no links. */
export function wasOpenedAt(path: string, info: Deno.FileInfo): boolean {
  // The time of its last change tells another file that has taken the number over.
  const key = [info.dev, info.ino, info.ctime?.getTime(), path].join(" ");
  if (inPlace.has(key)) return true;
  if (!liesAt(path, info)) return false;
  if (inPlace.size >= MOST) inPlace.clear();
  inPlace.add(key);
  return true;
}
