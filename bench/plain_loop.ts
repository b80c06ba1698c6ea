/**
 * The least that a program in this runtime can do: the whole answer in memory, then one entry after the
 * other, on one thread. It checks CRC-32s and nothing else: no resume, no journal, no record, no path
 * that it refuses. Beside it, what our own machinery costs can be seen apart from what the runtime does.
 *
 * Usage: `deno run -A bench/plain_loop.ts URL FOLDER [PART PARTS]`, where a part is each PARTSth entry from PART on
 *
 * @module
 */
import { crc32, inflateRawSync } from "node:zlib";

const [url, out, part = "0", parts = "1"] = Deno.args as [string, string, string?, string?];
const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
const view = new DataView(bytes.buffer);
const text = new TextDecoder();
const made = new Set<string>();

let end = bytes.length - 22;
while (view.getUint32(end, true) !== 0x06054b50) end--;
let at = view.getUint32(end + 16, true);
if (at === 0xffffffff) { // Zip64, which packages of over 65,535 entries are
  const record = Number(view.getBigUint64(end - 12, true));
  at = Number(view.getBigUint64(record + 48, true));
}
for (let index = 0; view.getUint32(at, true) === 0x02014b50; index++) {
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (index % Number(parts) === Number(part)) place(at, nameEnd);
  at = next;
}

function place(at: number, nameEnd: number): void {
  const header = view.getUint32(at + 42, true);
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  const packed = bytes.subarray(start, start + view.getUint32(at + 20, true));
  const content = view.getUint16(at + 10, true) === 8 ? inflateRawSync(packed) : packed;
  const name = text.decode(bytes.subarray(at + 46, nameEnd));
  if (crc32(content) !== view.getUint32(at + 16, true)) throw new Error(`${name} is damaged`);
  const path = `${out}/${name}`;
  const folder = path.slice(0, path.lastIndexOf("/"));
  if (!made.has(folder)) Deno.mkdirSync(folder, { recursive: true });
  made.add(folder);
  Deno.writeFileSync(path, content);
}
