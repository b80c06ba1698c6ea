/**
 * The least that a program in this runtime does when a row comes to most of a folder's files: read each
 * old file, compute its CRC-32, write it with the row into another folder. No patch, no plan, no
 * record, no way back. Beside it, what the day costs can be seen apart from what the runtime and the
 * disk cost.
 *
 * Usage: `deno run -A bench/plain_rewrite.ts OLD NEW OUT PART PARTS`, where a part is each PARTSth file
 * from PART on
 *
 * @module
 */
import { crc32 } from "node:zlib";

const [old, now, out, part, parts] = Deno.args as [string, string, string, string, string];
const content = new Uint8Array(64 << 20);
/** By how many bytes before its end it shows whether a file only grew. */
const SEEN = 64;
let sum = 0;
const names = [...Deno.readDirSync(now)].map(({ name }) => name).sort();
for (const [index, name] of names.entries()) {
  if (index % Number(parts) !== Number(part)) continue;
  const length = read(`${old}/${name}`, 0);
  sum ^= crc32(content.subarray(0, length));
  const from = Math.max(0, length - SEEN);
  const seen = content.slice(from, length);
  let size = read(`${now}/${name}`, from);
  if (size === length && length > 0) continue;
  if (seen.some((byte, at) => content[from + at] !== byte)) size = read(`${now}/${name}`, 0);
  Deno.writeFileSync(`${out}/${name}`, content.subarray(0, size));
}
console.log(sum);

/** Reads a file from byte `at` on into the same place of the content; returns where it ends. */
function read(path: string, at: number): number {
  try {
    using file = Deno.openSync(path);
    file.seekSync(at, Deno.SeekMode.Start);
    for (let count; (count = file.readSync(content.subarray(at))) !== null;) at += count;
    return at;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return at; // it is new
    throw error;
  }
}
