/**
 * Builds packages as the hub's Python does, but with the runtime's zlib, which makes other streams:
 * deflate level 6, UTF-8 flag on names that need it, no folder entries, no data descriptors, entries
 * in the given order; every deviation is an option.
 *
 * Guarantees: the same inputs make the same bytes, in memory and on disk. {@linkcode writeZip}
 * holds a few entries at a time, and an entry given as chunks never whole. Nothing is checked for
 * sense (names, duplicates).
 *
 * @module
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { crc32, deflateRaw, deflateRawSync } from "node:zlib";
import type { PackedSizes } from "../../src/zip/write/zip_records.ts";
import { writeStreamed } from "../../src/zip/write/zip_writer.ts";
import { KeptBytes } from "./kept_bytes.ts";
import { type PackerEntry, PackerLayout, type ZipOptions } from "./zip_layout.ts";

export type { ZipOptions } from "./zip_layout.ts";

/** An entry's packed data, for reuse while the file doesn't change. */
export interface Packed extends PackedSizes {
  data: Uint8Array;
}

/** Options for packing an entry's content. */
export interface Packing {
  /** 0 stored, 8 deflated (default). */
  method?: 0 | 8;
  level?: number;
  /** zlib's strategy. */
  strategy?: number;
}

/** One entry to be written: its content, or its content already packed. */
export type ZipInput =
  & PackerEntry
  & Packing
  & ({ content: Uint8Array; precompressed?: never } | { content?: never; precompressed: Packed });

/** An entry too big for memory, for {@linkcode writeZip} only. */
export type ZipStreamInput = PackerEntry & { path: string; chunks: Iterable<Uint8Array> };

/** Builds a package in memory. */
export function buildZip(files: Iterable<ZipInput>, options: ZipOptions = {}): Uint8Array {
  const layout = new PackerLayout(options);
  const chunks = layout.begin();
  for (const file of files) {
    const { data, ...sizes } = file.precompressed ?? pack(file.content, { ...options, ...file });
    chunks.push(...layout.foldersOf(file), ...layout.add(file, sizes, data));
  }
  chunks.push(...layout.finish());
  const package_ = new Uint8Array(layout.offset);
  let at = 0;
  for (const chunk of chunks) {
    package_.set(chunk, at);
    at += chunk.length;
  }
  return package_;
}

/** Packs one content, for {@linkcode ZipInput.precompressed}. */
export function pack(content: Uint8Array, packing: Packing = {}): Packed {
  const method = packing.method ?? 8;
  const data = method === 0 ? content : deflated(content, packing);
  return { method, crc: crc32(content), compressedSize: data.length, size: content.length, data };
}

/** Streams by content, level and strategy: a file's tests begin with the same trees, again and again. */
const streams = new KeptBytes();
/** Contents of fewer bytes are deflated as soon as they are found. */
const WORTH_KEEPING = 4096;

function deflated(content: Uint8Array, packing: Packing): Uint8Array {
  const options = zlibOptions(packing);
  if (content.length < WORTH_KEEPING) return deflateRawSync(content, options);
  const digest = createHash("sha256").update(content).digest("hex");
  const key = `${options.level} ${options.strategy} ${digest}`;
  let data = streams.get(key);
  if (data === undefined) {
    data = new Uint8Array(deflateRawSync(content, options));
    streams.set(key, data);
  }
  return data;
}

/** Packs one content on another thread. */
async function packAsync(content: Uint8Array, packing: Packing = {}): Promise<Packed> {
  if (packing.method === 0) return pack(content, packing);
  const deflate = promisify<Uint8Array, object, Uint8Array>(deflateRaw);
  const data = await deflate(content, zlibOptions(packing));
  return {
    method: 8,
    crc: crc32(content),
    compressedSize: data.length,
    size: content.length,
    data,
  };
}

/** Options for {@linkcode writeZip}. */
export interface WriteOptions extends ZipOptions {
  /** Entries packed in parallel; default 4. */
  parallel?: number;
  /** The packer; default the runtime's zlib, on its own threads. */
  pack?: (content: Uint8Array, packing: Packing) => Promise<Packed>;
  /** Called for each entry once it is written, with the CRC-32 of its packed data. */
  onEntry?: (input: PackerEntry, sizes: PackedSizes, packedCrc: number) => void;
}

/**
 * Writes a package to a file.
 *
 * @returns its size in bytes.
 * @throws whatever creating or writing the file throws.
 */
export async function writeZip(
  path: string,
  files: Iterable<ZipInput | ZipStreamInput>,
  options: WriteOptions = {},
): Promise<number> {
  const pack = options.pack ?? packAsync;
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const layout = new PackerLayout(options);
  const write = async (chunks: Uint8Array[]) => {
    for (const chunk of chunks) await writeAll(file, chunk);
  };
  await write(layout.begin());
  const waiting: { input: ZipInput; packed: Promise<Packed> }[] = [];
  const writeFirst = async () => {
    const { input, packed } = waiting.shift()!;
    const { data, ...sizes } = await packed;
    await write([...layout.foldersOf(input), ...layout.add(input, sizes, data)]);
    options.onEntry?.(input, sizes, crc32(data));
  };
  try {
    for (const input of files) {
      if ("chunks" in input) {
        while (waiting.length > 0) await writeFirst();
        await write(layout.foldersOf(input));
        const { level } = options;
        const { sizes, packedCrc } = await writeStreamed({ file, layout }, {
          ...(level !== undefined && { level }),
          ...input,
        });
        options.onEntry?.(input, sizes, packedCrc);
        continue;
      }
      const packed = input.precompressed
        ? Promise.resolve(input.precompressed)
        : pack(input.content, { ...options, ...input });
      waiting.push({ input, packed });
      if (waiting.length >= (options.parallel ?? 4)) await writeFirst();
    }
    while (waiting.length > 0) await writeFirst();
  } finally {
    await Promise.allSettled(waiting.map(({ packed }) => packed));
  }
  await write(layout.finish());
  return layout.offset;
}

function zlibOptions(packing: Packing): { level: number; strategy?: number; chunkSize: number } {
  const { level = 6, strategy } = packing;
  return { level, chunkSize: 1 << 18, ...strategy === undefined ? {} : { strategy } };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}
