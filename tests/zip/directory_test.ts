/** The central directory is read in every form, and refused where it contradicts itself. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { ArchiveError } from "../../src/errors.ts";
import { readDirectory } from "../../src/zip/directory/directory.ts";
import { checkEntries } from "../../src/zip/directory/entry_tree.ts";
import { DEFAULT_LIMITS } from "../../src/zip/directory/limits.ts";
import { archiveError, directoryByZipJs, directoryOf, plainEntries } from "./reading.ts";
import { join, le, type TinyEntry, tinyZip, utf8 } from "./tiny_zip.ts";

const files: TinyEntry[] = [
  { name: "sh600000.csv", data: utf8("one,two\n".repeat(50)), method: 8 },
  { name: "sz000001.csv", data: utf8("stored") },
  { name: "sz002790/sz002790_一般企业.csv", data: utf8("report"), method: 8, descriptor: true },
  { name: "empty/" },
];

const gbkName = Uint8Array.of(0xd2, 0xbb, 0xb0, 0xe3, 0x2e, 0x63, 0x73, 0x76); // 一般.csv
const unicodeName = utf8("一般.csv");
const unicodeExtra = join(
  le([2, 0x7075], [2, 5 + unicodeName.length], [1, 1], [4, crc32(utf8("x.csv"))]),
  unicodeName,
);

const fixtures: Record<string, Uint8Array> = {
  plain: tinyZip(files),
  empty: tinyZip([]),
  comment: tinyZip(files, { comment: utf8("built today") }),
  "comment with an end record that doesn't fit": tinyZip(files, {
    comment: join(le([4, 0x06054b50], [8, 0], [4, 1], [4, 2], [2, 9]), utf8("rest")),
  }),
  prepended: tinyZip(files, { prepend: utf8("#!/bin/sh\nexit\n") }),
  "Zip64 end record": tinyZip(files, { zip64: true }),
  "Zip64 with prepended bytes": tinyZip(files, { zip64: true, prepend: utf8("1234567") }),
  "Zip64 entries": tinyZip(files.map((file) => ({ ...file, zip64: true }))),
  "GBK names": tinyZip([{ name: gbkName }, { name: utf8("a.csv") }]),
  "Unicode path field": tinyZip([{ name: utf8("x.csv"), extra: unicodeExtra }]),
};

for (const [name, zip] of Object.entries(fixtures)) {
  Deno.test(`readDirectory() reads the same with both engines: ${name}`, async () => {
    const fast = await directoryOf(zip);
    const zipjs = await directoryByZipJs(zip);
    assert.deepEqual(plainEntries(zipjs), plainEntries(fast));
    assert.deepEqual({ ...zipjs, entries: [] }, { ...fast, entries: [] });
  });
}

Deno.test("readDirectory() gives sizes, CRCs, offsets and names", async () => {
  const { entries } = await directoryOf(fixtures.plain!);
  assert.deepEqual(entries.map(({ name }) => name), files.map(({ name }) => name));
  assert.deepEqual(entries.map(({ size }) => size), [400, 6, 6, 0]);
  assert.equal(entries[1]!.crc, crc32(utf8("stored")));
  assert.deepEqual(entries[0]!.headerOffset, 0);
  const zip = fixtures.plain!;
  for (const { headerOffset } of entries) {
    assert.deepEqual([...zip.subarray(headerOffset, headerOffset + 4)], [0x50, 0x4b, 3, 4]);
  }
});

Deno.test("readDirectory() corrects offsets for bytes in front of the package", async () => {
  for (const name of ["prepended", "Zip64 with prepended bytes"]) {
    const zip = fixtures[name]!;
    const { entries } = await directoryOf(zip);
    for (const { headerOffset } of entries) {
      assert(headerOffset > 0);
      assert.deepEqual([...zip.subarray(headerOffset, headerOffset + 4)], [0x50, 0x4b, 3, 4]);
    }
  }
});

Deno.test("readDirectory() makes the fingerprint of the directory's bytes and the length", async () => {
  const zip = fixtures.plain!;
  const { directoryOffset, fingerprint } = await directoryOf(zip);
  const expected = createHash("sha256")
    .update(zip.subarray(directoryOffset, -22)) // all but the end record
    .update(le([8, zip.length]))
    .digest("hex");
  assert.equal(fingerprint, expected);
});

Deno.test("readDirectory() asks for more until the tail holds the directory", async () => {
  for (const [name, zip] of Object.entries(fixtures)) {
    for (let start = zip.length; start >= 0; start--) {
      let at = start;
      for (let round = 0;; round++) {
        assert(round < 5, `${name}: no end in sight`);
        const result = await readDirectory(zip.subarray(at), {
          tailOffset: at,
          total: zip.length,
          filenameEncoding: "auto",
        });
        if (result.kind === "directory") {
          assert.deepEqual(plainEntries(result.directory), plainEntries(await directoryOf(zip)));
          break;
        }
        assert(result.start < at && result.start >= 0, `${name}: asks for ${result.start}`);
        at = result.start;
      }
    }
  }
});

Deno.test("readDirectory() says that a package is cut short, at whatever byte", async () => {
  const zip = fixtures.plain!;
  for (let length = 0; length < zip.length; length++) {
    const cut = zip.subarray(0, length);
    await assert.rejects(() => directoryOf(cut), archiveError("no_end_record"));
  }
});

Deno.test("readDirectory() takes a package with bytes behind it, and says so", async () => {
  const plain = await directoryOf(tinyZip(files));
  for (const comment of [new Uint8Array(), utf8("a comment")]) {
    const found = await directoryOf(tinyZip(files, { append: utf8("garbage"), comment }));
    assert.deepEqual(found.entries.map(({ name }) => name), plain.entries.map(({ name }) => name));
    assert.equal(found.oddity, "7 bytes follow its end record");
  }
});

Deno.test("readDirectory() takes a package whose comment is cut short, and says so", async () => {
  const zip = tinyZip(files, { comment: utf8("a comment that is cut") });
  assert.equal((await directoryOf(zip)).oddity, undefined);
  const found = await directoryOf(zip.subarray(0, zip.length - 5));
  assert.equal(found.entries.length, files.length);
  assert.equal(found.oddity, "its comment is cut short");
});

Deno.test("readDirectory() counts more than 65,535 entries of a tool that knows no Zip64", async () => {
  const many = Array.from({ length: 65_540 }, (_, index) => ({ name: `${index}` }));
  const zip = tinyZip(many, { count: 4 });
  const found = await directoryOf(zip);
  assert.equal(found.entries.length, 65_540);
  assert.equal(found.oddity, "it counts 65540 entries as 4");
  for (const count of [3, 5, 65_535]) {
    zip.set(le([2, count], [2, count]), zip.length - 14); // in both places of the end record
    await assert.rejects(() => directoryOf(zip), ArchiveError);
  }
});

Deno.test("readDirectory() takes no package that is stored in another for the whole", async () => {
  const inner = fixtures.plain!;
  const outer = tinyZip([{ name: "b", data: utf8("b") }, {
    name: "inner.zip",
    data: inner,
    method: 0,
  }]);
  for (const cut of [50, 200, 400]) {
    await assert.rejects(
      () => directoryOf(outer.subarray(0, outer.length - cut)),
      archiveError("no_end_record"),
    );
  }
});

Deno.test("readDirectory() tells a package that is cut from another kind of file", async () => {
  const hintOf = async (bytes: Uint8Array): Promise<string | undefined> =>
    await directoryOf(bytes).then(() => undefined, (error: ArchiveError) => error.hint);
  const plain = fixtures.plain!;
  assert.match((await hintOf(plain.subarray(0, plain.length - 5)))!, /being written/);
  assert.match((await hintOf(utf8("not found, sorry\n")))!, /check the address/);
});

Deno.test("readDirectory() doesn't take a package inside a cut one for the whole", async () => {
  const inner = fixtures.plain!;
  const outer = tinyZip([{ name: "inner.zip", data: inner }, { name: "b", data: utf8("b") }]);
  await assert.rejects(
    () => directoryOf(outer.subarray(0, inner.length + 50)),
    archiveError("no_end_record"),
  );
});

Deno.test("readDirectory() refuses two directories that both fit", async () => {
  // The comment of the first package is a second package, whole in itself.
  const second = tinyZip([{ name: "other.csv" }]);
  const zip = tinyZip(files, { comment: second });
  await assert.rejects(() => directoryOf(zip), archiveError("bad_directory"));
});

Deno.test("readDirectory() refuses a part of a package on several disks", async () => {
  await assert.rejects(() => directoryOf(tinyZip(files, { disk: 1 })), archiveError("unsupported"));
});

Deno.test("readDirectory() refuses another count than there are records", async () => {
  for (const count of [0, 1, 5]) {
    await assert.rejects(
      () => directoryOf(tinyZip(files, { count })),
      archiveError("bad_directory"),
    );
  }
});

Deno.test("readDirectory() refuses more entries than the caps allow", async () => {
  const limits = { ...DEFAULT_LIMITS, maxEntries: 3 };
  await assert.rejects(() => directoryOf(fixtures.plain!, { limits }), archiveError("too_large"));
});

Deno.test("readDirectory() doesn't ask for a directory that can't be one", async () => {
  const total = 1e12;
  const read = (tail: Uint8Array) =>
    readDirectory(tail, { tailOffset: total - tail.length, total, filenameEncoding: "auto" });
  const end = (count: number, size: number) =>
    join(
      new Uint8Array(200),
      le([4, 0x06054b50], [4, 0], [2, count], [2, count], [4, size], [6, 0]),
    );
  assert.deepEqual(await read(end(3, 300)), { kind: "need", start: total - 322 });
  await assert.rejects(() => read(end(3, 0x1000_0000)), archiveError("bad_directory"));
  await assert.rejects(() => read(end(3, 100)), archiveError("bad_directory"));
  await assert.rejects(() => read(end(0xfffe, 0x3000_0000)), archiveError("too_large"));
  const farLocator = join(
    new Uint8Array(200),
    le([4, 0x07064b50], [4, 0], [8, 5], [4, 1]),
    le([4, 0x06054b50], [4, 0], [2, 0xffff], [2, 0xffff], [4, 0xffffffff], [4, 0xffffffff], [2, 0]),
  );
  await assert.rejects(() => read(farLocator), archiveError("bad_directory"));
});

Deno.test("readDirectory() refuses a tail that doesn't reach the package's end", async () => {
  const options = { tailOffset: 0, total: 100, filenameEncoding: "auto" } as const;
  await assert.rejects(() => readDirectory(new Uint8Array(50), options), RangeError);
});

Deno.test("readDirectory() and checkEntries() throw nothing but ArchiveError on mutations", async () => {
  const zips = Object.values(fixtures);
  let survivors = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(zips.length - 1),
      fc.array(fc.tuple(fc.nat(220), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async (which, changes) => {
        const zip = zips[which]!.slice();
        for (const [back, value] of changes) zip[Math.max(0, zip.length - 1 - back)] = value;
        try {
          const directory = await directoryOf(zip);
          survivors++;
          checkEntries(directory, { stripPrefix: "auto", limits: DEFAULT_LIMITS });
        } catch (error) {
          if (!(error instanceof ArchiveError)) {
            throw error;
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
  assert(survivors > 300, `only ${survivors} mutations were still readable`);
});
