/**
 * Extracts Zstandard entries (method 93), through the runtime's zlib module.
 *
 * Guarantees: a file is kept only if its CRC-32 and size match the directory; memory holds one
 * piece of the entry, and zstd's window, which zstd bounds itself.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createZstdDecompress } from "node:zlib";
import { ArchiveError, DataHubSyncError } from "../../errors.ts";
import { readFully } from "../../fs/whole_io.ts";
import { EntryOutput } from "./entry_output.ts";
import type { Extracted } from "./extract_entry.ts";
import type { ExtractTask } from "./extract_messages.ts";
import { ZIP } from "../../messages/zip.ts";
import { readDataStart } from "../local_header.ts";

/** Packed bytes per read. */
const CHUNK = 1 << 20;

/** Extracts an entry whose bytes are all there. Throws ArchiveError, StoreError. */
export async function extractZstd(task: ExtractTask, file: Deno.FsFile): Promise<Extracted> {
  const output = new EntryOutput(task, { keepOpen: true });
  try {
    const stream = createZstdDecompress();
    const fed = feed(stream, task, file);
    fed.catch((error) => stream.destroy(error));
    for await (const chunk of stream) output.write(chunk as Uint8Array);
    await fed;
    output.verify();
    return { file: output.file, ...output.facts() };
  } catch (cause) {
    if (cause instanceof DataHubSyncError) throw cause;
    throw new ArchiveError("bad_data", ZIP.cant_unpack({ name: task.path }), {
      entry: task.path,
      offset: task.headerOffset,
      found: "a damaged zstd stream",
      cause,
    });
  } finally {
    output.leave();
  }
}

/** Gives the stream the entry's packed data. */
async function feed(
  stream: ReturnType<typeof createZstdDecompress>,
  task: ExtractTask,
  file: Deno.FsFile,
): Promise<void> {
  const dataStart = readDataStart(task, file);
  const dataEnd = dataStart + task.compressedSize;
  for (let at = dataStart; at < dataEnd && !stream.destroyed;) {
    const chunk = readFully(file, at, new Uint8Array(Math.min(CHUNK, dataEnd - at)));
    if (chunk.length === 0) break;
    at += chunk.length;
    if (stream.write(Buffer.from(chunk.buffer, 0, chunk.length))) continue;
    await new Promise<void>((resolve) => {
      stream.once("drain", resolve);
      stream.once("close", resolve);
    });
  }
  stream.end();
}
