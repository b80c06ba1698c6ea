/**
 * Reads files of a folder that others may write to, for packing.
 *
 * Guarantees: only the regular file that was found is read, never a link or a pipe that has replaced it,
 * nor a file where a link leads that has taken the place of a folder above it.
 *
 * @module
 */
import { StoreError } from "../errors.ts";
import { openSame } from "../plain_file.ts";
import { diskError } from "./disk_error.ts";
import { liesAt } from "./kernel_place.ts";
import { identityOf } from "./walk.ts";
import { readFully } from "./whole_io.ts";
import { DISK } from "../messages/disk.ts";

/**
 * Reads a whole file into the buffer that `bufferFor` gives; `found` is what a walk in place said of it.
 * Throws StoreError.
 */
export function readSource(
  path: string,
  bufferFor: (size: number) => Uint8Array,
  found?: string,
): Uint8Array {
  try {
    using file = openSource(path, found);
    return readFully(file, 0, bufferFor(file.statSync().size));
  } catch (error) {
    throw diskError(error, path, DISK.read_the_file());
  }
}

/** Reads a file in pieces, each in a buffer of its own; as {@linkcode readSource}. */
export function* sourceChunks(path: string, size: number, found?: string): Generator<Uint8Array> {
  try {
    using file = openSource(path, found);
    for (let at = 0;;) {
      const chunk = readFully(file, at, new Uint8Array(size));
      if (chunk.length === 0) return;
      yield chunk;
      at += chunk.length;
    }
  } catch (error) {
    throw diskError(error, path, DISK.read_the_file());
  }
}

function openSource(path: string, found: string | undefined): Deno.FsFile {
  const seen = Deno.lstatSync(path);
  if (seen.isFile) {
    const file = openSame(path, seen);
    // Some network file systems give a file another number; then the kernel says where it lies.
    const isFound = found === undefined || found === identityOf(seen) || liesAt(path, seen);
    if (file !== undefined && isFound) return file;
    file?.close();
  }
  throw new StoreError("io", DISK.changed_while_read({ path: JSON.stringify(path) }), {
    path,
    expected: "the file that was found",
    found: seen.isFile ? "another one" : "no plain file",
    hint: DISK.nothing_published(),
  });
}
