/**
 * Reads and writes as many bytes as were asked for, where one system call may do less. Synchronous:
 * made for workers, and for small pieces.
 *
 * @module
 */

/** Fills `buffer` from byte `offset` of the file on; returns the part of it that was filled. */
export function readFully(
  file: Deno.FsFile,
  offset: number,
  buffer: Uint8Array,
): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < buffer.length) {
    const count = file.readSync(buffer.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}

/** Writes all of `chunk` to where a file or stream stands. */
export function writeFully(
  file: { writeSync(bytes: Uint8Array): number },
  chunk: Uint8Array,
): void {
  for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
}
