/**
 * Whether an open file lies where its path says.
 *
 * Guarantees: where the kernel tells of open files (Linux with `/proc`), what was opened by way of a
 * link that has gone by the next look is found out. Elsewhere everything counts as being in its place.
 *
 * @module
 */
import { orElse } from "../or_else.ts";

const OPEN_FILES = "/proc/self/fd";

/** The most files that are remembered. */
const MOST = 10_000;

/** What was found in its place: looking costs 15 µs per open file, so it is asked once per file. */
const inPlace = new Set<string>();

/** Whether the file that is open, with this `info`, was opened at `path`, which has no links. */
export function liesAt(path: string, info: Deno.FileInfo): boolean {
  // The time of its last change tells another file that has taken the number over.
  const key = [info.dev, info.ino, info.ctime?.getTime(), path].join(" ");
  if (inPlace.has(key)) return true;
  if (!isThere(path, info)) return false;
  if (inPlace.size >= MOST) inPlace.clear();
  inPlace.add(key);
  return true;
}

function isThere(path: string, { dev, ino }: Deno.FileInfo): boolean {
  const numbers = orElse(() => [...Deno.readDirSync(OPEN_FILES)], []);
  const paths = numbers.flatMap(({ name }) =>
    // One that was closed meanwhile isn't this one.
    orElse(() => {
      const open = Deno.statSync(`${OPEN_FILES}/${name}`);
      const isIt = open.dev === dev && open.ino === ino;
      return isIt ? [folded(Deno.readLinkSync(`${OPEN_FILES}/${name}`))] : [];
    }, [])
  );
  // A file may be open by several of its names.
  return paths.length === 0 || paths.includes(folded(path));
}

/** A path in the one spelling of a disk that has several for it, without the kernel's note. */
function folded(path: string): string {
  return path.replace(/ \(deleted\)$/, "").normalize().toLowerCase();
}
