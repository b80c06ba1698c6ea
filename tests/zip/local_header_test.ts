/** Local headers lead to an entry's data, or are refused. */
import assert from "node:assert/strict";
import { type DirectoryEntry, parseLocalHeader } from "../../src/zip/local_header.ts";
import { archiveError, filesOf } from "./reading.ts";
import { join, le, type TinyEntry, tinyZip, utf8 } from "./tiny_zip.ts";

async function headerOf(entry: TinyEntry): Promise<{ zip: Uint8Array; entry: DirectoryEntry }> {
  const zip = tinyZip([entry]);
  const [file] = await filesOf(zip);
  return { zip, entry: file! };
}

const honest: TinyEntry = { name: "a.csv", data: utf8("content") };

Deno.test("parseLocalHeader() finds the data, counted from the package's first byte", async () => {
  const { zip, entry } = await headerOf({ ...honest, localExtra: le([2, 0x9999], [2, 1], [1, 7]) });
  assert.deepEqual(parseLocalHeader(zip, 0, entry), { dataStart: 40 });
  assert.deepEqual(parseLocalHeader(zip, 1000, entry), { dataStart: 1040 });
  assert.deepEqual(parseLocalHeader(zip.subarray(0, 35), 0, entry), { dataStart: 40 });
});

Deno.test("parseLocalHeader() takes missing values where a descriptor follows", async () => {
  const { zip, entry } = await headerOf({ ...honest, descriptor: true });
  assert.deepEqual(parseLocalHeader(zip, 0, entry), { dataStart: 35 });
});

Deno.test("parseLocalHeader() reads sizes out of a Zip64 field", async () => {
  for (const size of [7, 8]) {
    const { zip, entry } = await headerOf({
      ...honest,
      localExtra: join(le([2, 1], [2, 16], [8, size], [8, 7])),
    });
    zip.fill(0xff, 18, 26);
    if (size === 7) assert.deepEqual(parseLocalHeader(zip, 0, entry), { dataStart: 55 });
    else assert.throws(() => parseLocalHeader(zip, 0, entry), archiveError("bad_local_header"));
  }
});

Deno.test("parseLocalHeader() reads the only value of a Zip64 field that needn't hold both", async () => {
  for (const size of [7, 8]) {
    const { zip, entry } = await headerOf({
      ...honest,
      localExtra: join(le([2, 1], [2, 8], [8, size])),
    });
    zip.fill(0xff, 22, 26);
    if (size === 7) assert.deepEqual(parseLocalHeader(zip, 0, entry), { dataStart: 47 });
    else assert.throws(() => parseLocalHeader(zip, 0, entry), archiveError("bad_local_header"));
  }
});

Deno.test("parseLocalHeader() finds the packed size behind a size that the Zip64 field repeats", async () => {
  for (const [size, packed] of [[6, 7], [6, 8], [5, 7]] as const) {
    const { zip, entry } = await headerOf({
      ...honest,
      localExtra: join(le([2, 1], [2, 16], [8, 6], [8, packed])),
    });
    zip[22] = size; // as of noise just below 4 GiB: only what it is packed into is too large
    zip.fill(0xff, 18, 22);
    const noise = { ...entry, size: 6 };
    const honestly = size === 6 && packed === 7;
    if (honestly) assert.deepEqual(parseLocalHeader(zip, 0, noise), { dataStart: 55 });
    else assert.throws(() => parseLocalHeader(zip, 0, noise), archiveError("bad_local_header"));
  }
});

Deno.test("parseLocalHeader() refuses sizes that should be in a Zip64 field and aren't", async () => {
  const other = join(le([2, 0x9999], [2, 16], [8, 7], [8, 7]));
  const short = join(le([2, 1], [2, 8], [8, 7]));
  for (const localExtra of [undefined, other, short]) {
    const more = localExtra === undefined ? {} : { localExtra };
    const { zip, entry } = await headerOf({ ...honest, ...more });
    zip.fill(0xff, 18, 26);
    assert.throws(() => parseLocalHeader(zip, 0, entry), archiveError("bad_local_header"));
  }
  // The value itself, where it is the true one; and none at all, where a descriptor has it.
  const { zip, entry } = await headerOf(honest);
  zip.fill(0xff, 18, 26);
  const large = { ...entry, size: 0xffffffff, compressedSize: 0xffffffff };
  assert.deepEqual(parseLocalHeader(zip, 0, large), { dataStart: 35 });
  const streamed = await headerOf({ ...honest, descriptor: true });
  streamed.zip.fill(0xff, 18, 26);
  assert.deepEqual(parseLocalHeader(streamed.zip, 0, streamed.entry), { dataStart: 35 });
});

const lies: [string, number, number][] = [
  ["the signature", 0, 0x51],
  ["encryption", 6, 1],
  ["the method", 8, 8],
  ["the CRC", 14, 0],
  ["the packed size", 18, 6],
  ["the size", 22, 9],
  ["the name's length", 26, 4],
  ["the name", 30, 0x62],
];

for (const [what, at, value] of lies) {
  Deno.test(`parseLocalHeader() refuses a header that lies about ${what}`, async () => {
    const { zip, entry } = await headerOf(honest);
    parseLocalHeader(zip, 0, entry);
    zip[at] = value;
    assert.throws(() => parseLocalHeader(zip, 0, entry), archiveError("bad_local_header"));
  });
}

Deno.test("parseLocalHeader() refuses a header that is cut short", async () => {
  const { zip, entry } = await headerOf(honest);
  for (const length of [0, 29, 34]) {
    assert.throws(
      () => parseLocalHeader(zip.subarray(0, length), 0, entry),
      archiveError("bad_local_header"),
    );
  }
});
