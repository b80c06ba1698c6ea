/** Blocks of a patch: what is packed comes back, a table takes fewer bytes in columns. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import fc from "fast-check";
import { packBlock, unpackBlock } from "../../src/patch/block.ts";
import { noise, seededRandom } from "../support/random.ts";
import { rows } from "../support/random_days.ts";

/** The most content that is put in columns, in bytes. */
const MOST = 256 << 10;

/** A block that says of itself what it likes. */
function block(...bytes: number[]): Uint8Array {
  return brotliCompressSync(Uint8Array.from(bytes));
}

/** The block's layout byte. */
function layoutOf(packed: Uint8Array): number {
  return brotliDecompressSync(packed)[0]!;
}

function assertSame(packed: Uint8Array, content: Uint8Array): void {
  assert.equal(Buffer.compare(unpackBlock(packed), content), 0);
}

Deno.test("a block holds any content", () => {
  const table = fc.array(fc.constantFrom(..."a1,,;|\t\n\n\r"), { maxLength: 200 }).map((letters) =>
    new TextEncoder().encode(letters.join(""))
  );
  fc.assert(fc.property(fc.oneof(table, fc.uint8Array({ maxLength: 300 })), (content) => {
    for (const quality of [0, 5, 11]) assertSame(packBlock(content, quality), content);
  }));
});

for (
  const [name, separator] of [["commas", ","], ["tabs", "\t"], ["semicolons", ";"], ["bars", "|"]]
) {
  Deno.test(`rows with ${name} are packed in columns, and take fewer bytes so`, () => {
    const text = new TextDecoder().decode(rows(7, 2000)).replaceAll(",", separator!);
    const content = new TextEncoder().encode(text);
    const packed = packBlock(content, 10);
    assert.equal(layoutOf(packed), separator!.charCodeAt(0));
    assertSame(packed, content);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 10 };
    const plain = brotliCompressSync(content, { params });
    assert(packed.length < 0.97 * plain.length, `${packed.length} and ${plain.length} bytes`);
  });
}

Deno.test("content that is no table, or too long for columns, is packed as it is", () => {
  const random = seededRandom(2);
  const words = ["so ", "it, ", "was ", "found ", "and ", "lost, ", "then\n"];
  const prose = Array.from({ length: 5000 }, () => words[Math.floor(random() * words.length)]);
  for (const content of [Buffer.from(prose.join("")), noise(random, 5000), rows(3, 9000)]) {
    const packed = packBlock(content, 5);
    assert.equal(layoutOf(packed), 0, `${content.length} bytes`);
    assertSame(packed, content);
  }
  assert(rows(3, 9000).length > MOST);
});

Deno.test("lines of many fields, of none and without an end come back", () => {
  for (const fields of [1, 2, 254, 255, 256, 1000]) {
    const line = Array.from({ length: fields }, (_, index) => index).join(",");
    for (const end of ["", "\n", "\r\n", ","]) {
      const content = Buffer.from(`${`${line}\n\n`.repeat(20)}${line}${end}`);
      assertSame(packBlock(content, 5), content);
    }
  }
  const longest = rows(3, 9000).subarray(0, MOST);
  assertSame(packBlock(longest, 5), longest);
});

Deno.test("unpackBlock() refuses columns that don't add up", () => {
  const comma = 44;
  assertSame(block(comma, 2, 2, 0, 0, 0, 1, 0, 0, 0, 97, comma, 10), Buffer.from("a,\n"));
  const bad: Record<string, number[]> = {
    "no layout": [],
    "no columns": [comma],
    "none of them": [comma, 0],
    "no room for their lengths": [comma, 2, 1, 0, 0, 0],
    "fewer bytes than they say": [comma, 1, 2, 0, 0, 0, 97],
    "more bytes": [comma, 1, 1, 0, 0, 0, 97, 98],
    "a length beyond all memory": [comma, 1, 255, 255, 255, 255, 97],
    "lengths whose sum overflows": [comma, 2, 255, 255, 255, 255, 2, 0, 0, 0, 97],
    "a line with more fields than columns": [comma, 1, 2, 0, 0, 0, comma, 97],
    "a column that is read beyond its end": [comma, 2, 1, 0, 0, 0, 2, 0, 0, 0, comma, 10, 97],
    "a column that is read beyond all": [comma, 2, 2, 0, 0, 0, 1, 0, 0, 0, comma, 97, 97],
  };
  for (const [what, bytes] of Object.entries(bad)) {
    assert.throws(() => unpackBlock(block(...bytes)), RangeError, what);
  }
  const long = Buffer.concat([Uint8Array.of(comma), new Uint8Array(MOST + 5000)]);
  assert.throws(() => unpackBlock(brotliCompressSync(long)), RangeError);
});
