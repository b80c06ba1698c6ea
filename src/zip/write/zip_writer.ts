/**
 * Writes an entry that is too big for memory into a package.
 *
 * Guarantees: the same input makes the same bytes; a few chunks are in memory at a time.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32, createDeflateRaw } from "node:zlib";
import type { ZipLayout } from "./zip_layout.ts";
import type { PackedSizes } from "./zip_records.ts";

/** An entry's content, or with `packed` its packed data and the facts about it. */
export interface ZipStreamInput {
  path: string;
  chunks: Iterable<Uint8Array>;
  packed?: PackedSizes;
  /** Deflate's; default 6. */
  level?: number;
}

/**
 * Writes an entry of unknown size at the file's end and goes back to fill in its header, as Python
 * does. Also gives the CRC-32 of its packed data.
 */
export async function writeStreamed(
  { file, layout }: { file: Deno.FsFile; layout: Pick<ZipLayout, "open" | "patch"> },
  input: ZipStreamInput,
): Promise<{ sizes: PackedSizes; packedCrc: number }> {
  await writeAll(file, layout.open(input, input.packed?.method ?? 8));
  const sizes = { method: 8, crc: 0, compressedSize: 0, size: 0 };
  let packedCrc = 0;
  const content = function* () {
    for (const chunk of input.chunks) {
      sizes.crc = crc32(chunk, sizes.crc);
      sizes.size += chunk.length;
      yield chunk;
    }
  };
  for await (const chunk of input.packed ? input.chunks : deflated(content(), input.level)) {
    packedCrc = crc32(chunk, packedCrc);
    sizes.compressedSize += chunk.length;
    await writeAll(file, chunk);
  }
  if (input.packed) Object.assign(sizes, input.packed);
  const { at, header } = layout.patch(sizes);
  await file.seek(at, Deno.SeekMode.Start);
  await writeAll(file, header);
  await file.seek(0, Deno.SeekMode.End);
  return { sizes, packedCrc };
}

async function* deflated(
  chunks: Iterable<Uint8Array>,
  level = 6,
): AsyncGenerator<Uint8Array> {
  const stream = createDeflateRaw({ level, chunkSize: 1 << 18 });
  const fed = (async () => {
    for (const chunk of chunks) {
      if (!stream.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
        await new Promise((resolve) => stream.once("drain", resolve));
      }
    }
    stream.end();
  })();
  // Without its end the stream would be waited for.
  fed.catch((error) => stream.destroy(error));
  for await (const chunk of stream) yield chunk as Uint8Array;
  await fed;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}
