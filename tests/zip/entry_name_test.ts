/** Names are decoded as the packer meant them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeNames,
  type FilenameEncoding,
  type NamedEntry,
} from "../../src/zip/directory/entry_name.ts";
import { archiveError, directoryOf } from "./reading.ts";
import { join, le, tinyZip, utf8 } from "./tiny_zip.ts";

/** 一般 in GBK. */
const GBK = [0xd2, 0xbb, 0xb0, 0xe3];

function named(bytes: Iterable<number>, flags = 0): NamedEntry {
  return { name: "", rawName: Uint8Array.from(bytes), unicodePath: undefined, flags };
}

function decoded(entries: NamedEntry[], encoding: FilenameEncoding = "auto"): string[] {
  decodeNames(entries, encoding);
  return entries.map(({ name }) => name);
}

Deno.test("decodeNames() reads flagged names as UTF-8 beside GBK ones", () => {
  const entries = [named(utf8("一般.csv"), 0x800), named(GBK), named(utf8("a"))];
  assert.deepEqual(decoded(entries), ["一般.csv", "一般", "a"]);
});

Deno.test("decodeNames() reads unflagged names as UTF-8 when all of them are", () => {
  assert.deepEqual(decoded([named(utf8("一般")), named(utf8("é"))]), ["一般", "é"]);
});

Deno.test("decodeNames() reads all unflagged names as GB18030 when one isn't UTF-8", () => {
  // C4 A3 alone is valid UTF-8 (ģ) and valid GBK (模): the neighbour decides.
  assert.deepEqual(decoded([named([0xc4, 0xa3])]), ["ģ"]);
  assert.deepEqual(decoded([named([0xc4, 0xa3]), named(GBK)]), ["模", "一般"]);
});

Deno.test("decodeNames() obeys the configured encoding for unflagged names only", () => {
  assert.deepEqual(decoded([named([0xc4, 0xa3])], "gb18030"), ["模"]);
  assert.deepEqual(decoded([named(utf8("ģ"), 0x800)], "gb18030"), ["ģ"]);
  assert.throws(() => decoded([named(GBK)], "utf-8"), archiveError("unsafe_name"));
});

Deno.test("decodeNames() obeys the configured encoding for names that are flagged wrongly", () => {
  const entries = () => [named(GBK, 0x800), named(utf8("一般"), 0x800), named(GBK)];
  assert.deepEqual(decoded(entries(), "gb18030"), ["一般", "一般", "一般"]);
  for (const encoding of ["auto", "utf-8"] as const) {
    assert.throws(() => decoded(entries(), encoding), archiveError("unsafe_name"));
  }
});

Deno.test("decodeNames() decodes before it looks at separators", () => {
  // 0x5C is the second byte of 昞 in GBK, and a separator by itself.
  assert.deepEqual(decoded([named([0x95, 0x5c, 0x2e, 0x63, 0x73, 0x76])]), ["昞.csv"]);
  assert.deepEqual(decoded([named(utf8("a\\b\\c.csv"))]), ["a/b/c.csv"]);
});

Deno.test("decodeNames() refuses bytes that aren't text", () => {
  assert.throws(() => decoded([named([0xff, 0x61], 0x800)]), archiveError("unsafe_name"));
  assert.throws(() => decoded([named([0x2d, 0xff])]), archiveError("unsafe_name"));
});

Deno.test("decodeNames() gives back every name that is valid UTF-8", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const [flagged] = decoded([named(utf8(name), 0x800)]);
    assert.equal(flagged, name.replaceAll("\\", "/"));
    assert.equal(decoded([named(utf8(name))])[0], flagged);
  }));
});

Deno.test("a Unicode path field counts only when its CRC is the stored name's", async () => {
  const name = utf8("一般.csv");
  const field = (crc: number) =>
    join(le([2, 0x7075], [2, 5 + name.length], [1, 1], [4, crc]), name);
  const crcOfStored = 0x3ac4e9d8;
  const entries = async (crc: number) =>
    (await directoryOf(tinyZip([{ name: utf8("stored.csv"), extra: field(crc) }]))).entries;
  const { crc32 } = await import("node:zlib");
  assert.equal((await entries(crc32(utf8("stored.csv"))))[0]!.name, "一般.csv");
  assert.equal((await entries(crcOfStored))[0]!.name, "stored.csv");
});
