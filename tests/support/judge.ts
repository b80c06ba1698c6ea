/**
 * What a package holds, read by the tests' own code: a judge that is on every machine.
 *
 * Guarantees the tree that `unzip` makes, for packages that it extracts without a word (a test holds
 * the two together), and an error for content that isn't as its CRC-32 and size say. Shares no code
 * with `src/zip/`. Knows methods 0 and 8, Zip64, UTF-8 names and GBK names, one disk, no encryption.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { posix } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import type { Tree } from "./tree.ts";

/** What a package holds. Throws where it doesn't hold together. */
export function judge(zip: Uint8Array): Tree {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const { count, start, end, shift } = findDirectory(bytes);
  const tree: Tree = new Map();
  let at = start;
  for (let number = 0; number < count; number++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== 0x02014b50) {
      throw new Error(`judge: no entry ${number} at byte ${at}`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
      bytes.readUInt16LE(at + offset)
    ) as [number, number, number];
    const name = bytes.subarray(at + 46, at + 46 + nameLength);
    const path = posix.normalize(nameOf(name, (bytes.readUInt16LE(at + 8) & 0x800) !== 0));
    if (!path.endsWith("/")) {
      const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
      tree.set(path, contentAt(bytes, at, extra, { path, shift }));
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  return new Map([...tree].sort(([a], [b]) => a < b ? -1 : 1));
}

interface Found {
  count: number;
  start: number;
  end: number;
  /** Bytes in front of the package that its offsets don't count. */
  shift: number;
}

function findDirectory(bytes: Buffer): Found {
  let end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) throw new Error("judge: no end of a central directory");
  let count = bytes.readUInt16LE(end + 10);
  let size = bytes.readUInt32LE(end + 12);
  let offset = bytes.readUInt32LE(end + 16);
  if (end >= 20 && bytes.readUInt32LE(end - 20) === 0x07064b50) {
    end = bytes.lastIndexOf(Buffer.from("PK\x06\x06", "latin1"), end - 20);
    count = Number(bytes.readBigUInt64LE(end + 32));
    size = Number(bytes.readBigUInt64LE(end + 40));
    offset = Number(bytes.readBigUInt64LE(end + 48));
  }
  const start = end - size;
  return { count, start, end, shift: start - offset };
}

function nameOf(name: Buffer, isUtf8: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(name);
  } catch (error) {
    if (isUtf8) throw error;
    return new TextDecoder("gb18030").decode(name);
  }
}

function contentAt(
  bytes: Buffer,
  at: number,
  extra: Buffer,
  { path, shift }: { path: string; shift: number },
): Buffer {
  const method = bytes.readUInt16LE(at + 10);
  const crc = bytes.readUInt32LE(at + 16);
  const [size, packed, offset] = wide(bytes, at, extra);
  const local = offset + shift;
  const data = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const raw = bytes.subarray(data, data + packed);
  if (method !== 0 && method !== 8) throw new Error(`judge: ${path}: method ${method}`);
  const content = method === 0 ? raw : inflateRawSync(raw);
  if (content.length !== size || crc32(content) !== crc) {
    throw new Error(`judge: ${path}: ${content.length} bytes, expected ${size}, or another CRC-32`);
  }
  return content;
}

/** Size, packed size and offset; what doesn't fit in 32 bits stands in the extra field. */
function wide(bytes: Buffer, at: number, extra: Buffer): [number, number, number] {
  const plain = [24, 20, 42].map((offset) => bytes.readUInt32LE(at + offset));
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
    if (extra.readUInt16LE(field) !== 1) continue;
    let from = field + 4;
    for (const [index, value] of plain.entries()) {
      if (value !== 0xffffffff) continue;
      plain[index] = Number(extra.readBigUInt64LE(from));
      from += 8;
    }
  }
  return plain as [number, number, number];
}
