/**
 * Reads files of a folder that others may write to, for packing.
 *
 * Guarantees: only the regular file that was found is read, never a link or a pipe that has replaced it.
 *
 * @module
 */
import { StoreError } from "../errors.ts";
import { openSame } from "../plain_file.ts";
import { diskError } from "./disk_error.ts";
import { readFully } from "./whole_io.ts";
import { DISK } from "../messages/disk.ts";

/** Reads a whole file into the buffer that `bufferFor` gives. Throws StoreError. */
export function readSource(path: string, bufferFor: (size: number) => Uint8Array): Uint8Array {
  try {
    using file = openSource(path);
    return readFully(file, 0, bufferFor(file.statSync().size));
  } catch (error) {
    throw diskError(error, path, DISK.read_the_file());
  }
}

/** Reads a file in pieces, each in a buffer of its own. Throws StoreError. */
export function* sourceChunks(path: string, size: number): Generator<Uint8Array> {
  try {
    using file = openSource(path);
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

function openSource(path: string): Deno.FsFile {
  const seen = Deno.lstatSync(path);
  if (seen.isFile) {
    const file = openSame(path, seen);
    if (file !== undefined) return file;
  }
  throw new StoreError("io", DISK.changed_while_read({ path: JSON.stringify(path) }), {
    path,
    expected: "the file that was found",
    found: seen.isFile ? "another one" : "no plain file",
    hint: DISK.nothing_published(),
  });
}
