/**
 * Reads and writes exactly as many bytes as requested, where a single system call may do less.
 * Synchronous: meant for workers and small pieces.
 *
 * @module
 */

/** Fills `buffer` from the file, starting at `offset`; returns the part that was filled. */
export function readFully(
  file: Deno.FsFile,
  offset: number,
  buffer: Uint8Array,
): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  return readOn(file, buffer);
}

/** Fills `buffer` from where the file stands; returns the part that was filled. */
export function readOn(file: Deno.FsFile, buffer: Uint8Array): Uint8Array {
  let filled = 0;
  while (filled < buffer.length) {
    const count = file.readSync(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** Writes all of `chunk` at the current position of a file or stream. */
export function writeFully(
  file: { writeSync(bytes: Uint8Array): number },
  chunk: Uint8Array,
): void {
  for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
}
