/** zip.js extracts what the fast path leaves to it. */
import assert from "node:assert/strict";
import { inflateRawSync } from "node:zlib";
import type { Entry } from "../../src/types.ts";
import { ZipJsExtractor } from "../../src/zip/extract/zipjs_extract.ts";
import { extractWithZipJs } from "../support/zipjs_entry.ts";
import { archiveError, directoryOf, filesOf } from "./reading.ts";
import { join, type TinyEntry, tinyZip, utf8 } from "./tiny_zip.ts";

const noise = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index * 31) >> 7);
const files: TinyEntry[] = [
  { name: "stored.csv", data: noise },
  { name: "deflated.csv", data: noise, method: 8 },
  { name: "sz002790/一般企业.csv", data: utf8("abc\n".repeat(9)), method: 8, descriptor: true },
  { name: "empty.csv" },
];

/** Reads out of memory, into one buffer that is overwritten by the next reading. */
function reading(zip: Uint8Array) {
  const reads: number[] = [];
  let buffer = new Uint8Array(1 << 20);
  return {
    reads,
    read: (offset: number, length: number): Uint8Array => {
      if (length > 0) reads.push(offset);
      if (length > buffer.length) buffer = new Uint8Array(length);
      buffer.fill(0xee);
      buffer.set(zip.subarray(offset, offset + length));
      return buffer.subarray(0, length);
    },
  };
}

async function contentOf(extractor: ZipJsExtractor, entry: Entry): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await extractor.extract(entry, (chunk) => void chunks.push(chunk.slice()));
  return join(...chunks);
}

Deno.test("ZipJsExtractor extracts every entry, and reads the directory once", async () => {
  for (const prepend of [new Uint8Array(), utf8("in front")]) {
    const zip = tinyZip(files, { prepend });
    const { directoryOffset } = await directoryOf(zip);
    const { read, reads } = reading(zip);
    const extractor = new ZipJsExtractor(read, zip.length);
    const entries = await filesOf(zip);
    await contentOf(extractor, entries[0]!);
    reads.length = 0;
    for (const [index, entry] of entries.entries()) {
      assert.deepEqual(await contentOf(extractor, entry), files[index]!.data ?? new Uint8Array());
    }
    assert(reads.every((offset) => offset < directoryOffset), "the directory is read again");
    await extractor.close();
  }
});

Deno.test("extractWithZipJs() refuses content that isn't the directory's", async () => {
  const zip = tinyZip(files.slice(0, 2));
  const [stored, deflated] = await filesOf(zip);
  const extract = (bytes: Uint8Array, entry: Entry) => () =>
    extractWithZipJs(reading(bytes).read, bytes.length, entry, () => {});
  await extract(zip, stored!)();
  const flipped = zip.slice();
  flipped[stored!.headerOffset + 100]! ^= 1;
  await assert.rejects(extract(flipped, stored!), archiveError("wrong_crc"));
  const broken = zip.slice();
  broken.fill(0xff, deflated!.headerOffset + 45, deflated!.headerOffset + 60);
  await assert.rejects(extract(broken, deflated!), archiveError("bad_data"));
  await assert.rejects(
    extract(zip, { ...stored!, headerOffset: 7 }),
    archiveError("bad_directory"),
  );
  await assert.rejects(extract(zip, { ...stored!, size: 10 }), archiveError("wrong_size"));
  const headless = zip.slice();
  headless[stored!.headerOffset] = 0;
  await assert.rejects(extract(headless, stored!), archiveError("bad_local_header"));
});

Deno.test("extractWithZipJs() passes the caller's own error through", async () => {
  const zip = tinyZip(files);
  const [entry] = await filesOf(zip);
  const full = new Deno.errors.WriteZero("no space");
  await assert.rejects(
    extractWithZipJs(reading(zip).read, zip.length, entry!, () => {
      throw full;
    }),
    (error) => error === full,
  );
});

Deno.test("the builder's deflated entries are what zlib inflates", () => {
  const zip = tinyZip([files[1]!]);
  assert.deepEqual(new Uint8Array(inflateRawSync(zip.subarray(30 + 12))), noise);
});
