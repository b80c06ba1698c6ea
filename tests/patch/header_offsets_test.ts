/** Offsets in a patch's directory: written as distances, and back. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { toDistances, toOffsets } from "../../src/patch/header_offsets.ts";
import { buildZip } from "../support/zip_builder.ts";

/** A package's directory, to its last byte. */
function directoryOf(zip: Uint8Array): Buffer {
  const bytes = Buffer.from(zip);
  return bytes.subarray(bytes.indexOf("PK\x01\x02", 0, "latin1"));
}

/** The four bytes of each record's offset. */
function offsetsIn(directory: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; (at = directory.indexOf("PK\x01\x02", at, "latin1")) >= 0; at += 46) {
    offsets.push(directory.readUInt32LE(at + 42));
  }
  return offsets;
}

Deno.test("entries without gaps between them are at distance 0", () => {
  const contents = ["", "one", "1,2\n".repeat(500)];
  const files = contents.map((text, index) => ({
    path: `a/${"long".repeat(index)}.csv`,
    content: Buffer.from(text),
  }));
  const directory = directoryOf(buildZip(files));
  const before = Buffer.from(directory);
  toDistances(directory);
  assert.deepEqual(offsetsIn(directory), [0, 0, 0]);
  toOffsets(directory);
  assert.deepEqual(directory, before);
});

Deno.test("toOffsets() undoes toDistances(), whatever the bytes are", () => {
  const record = fc.tuple(
    fc.uint8Array({ minLength: 42, maxLength: 42 }),
    fc.oneof(fc.constant(0xffffffff), fc.nat(0xffffffff)),
    fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
    fc.uint8Array({ maxLength: 30 }),
  ).map(([fixed, offset, lengths, rest]) => {
    const bytes = Buffer.concat([fixed, new Uint8Array(4), rest]);
    bytes.writeUInt32LE(0x02014b50, 0);
    for (const [place, length] of lengths.entries()) bytes.writeUInt16LE(length, 28 + 2 * place);
    bytes.writeUInt32LE(offset, 42);
    return bytes;
  });
  fc.assert(fc.property(fc.array(record), fc.uint8Array({ maxLength: 60 }), (records, tail) => {
    const before = Buffer.concat([...records, tail]);
    const directory = Buffer.from(before);
    toDistances(directory);
    toOffsets(directory);
    assert.deepEqual(directory, before);
  }));
});
