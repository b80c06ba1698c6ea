/** A package's names make a tree of files, or the package is refused. */
import assert from "node:assert/strict";
import { checkEntries } from "../../src/zip/directory/entry_tree.ts";
import { entryEnds } from "../../src/zip/directory/entry_ends.ts";
import { DEFAULT_LIMITS } from "../../src/zip/directory/limits.ts";
import type { ArchiveErrorCode } from "../../src/errors.ts";
import { assertChineseError } from "../support/chinese.ts";
import { archiveError, directoryOf, filesOf } from "./reading.ts";
import { type TinyEntry, tinyZip, utf8 } from "./tiny_zip.ts";

const unix = (mode: number) => ({ externalAttributes: mode * 0x10000 });

async function pathsOf(entries: TinyEntry[], stripPrefix = ""): Promise<string[]> {
  return (await filesOf(tinyZip(entries), stripPrefix)).map(({ path }) => path);
}

Deno.test("checkEntries() gives the files and skips the folders", async () => {
  const entries: TinyEntry[] = [
    { name: "./" },
    { name: "a/" },
    { name: "a/b.csv", data: utf8("b") },
    { name: "d", ...unix(0o040755) },
    { name: "e\\", versionMadeBy: 20 },
    { name: "f", externalAttributes: 0x10, versionMadeBy: 20 },
    { name: "setuid", ...unix(0o104755) },
  ];
  assert.deepEqual(await pathsOf(entries), ["a/b.csv", "setuid"]);
});

Deno.test("checkEntries() keeps the index of the directory", async () => {
  const files = await filesOf(tinyZip([{ name: "a/" }, { name: "a/b" }, { name: "c" }]));
  assert.deepEqual(files.map(({ index }) => index), [1, 2]);
});

Deno.test("checkEntries() takes off the one wrapper, or the folder that is named", async () => {
  const wrapped = [{ name: "w/" }, { name: "w/a" }, { name: "w/x/b" }];
  assert.deepEqual(await pathsOf(wrapped, "auto"), ["a", "x/b"]);
  assert.deepEqual(await pathsOf(wrapped, ""), ["w/a", "w/x/b"]);
  assert.deepEqual(await pathsOf(wrapped, "w"), ["a", "x/b"]);
  assert.deepEqual(await pathsOf(wrapped, "w/x/"), ["w/a", "b"]);
  assert.deepEqual(await pathsOf([{ name: "w/a" }, { name: "v/b" }], "auto"), ["w/a", "v/b"]);
  assert.deepEqual(await pathsOf([{ name: "a" }, { name: "w/b" }], "auto"), ["a", "w/b"]);
});

Deno.test("checkEntries() refuses a path that is unsafe once its wrapper is off", async () => {
  await assert.rejects(() => pathsOf([{ name: "w/C:evil" }], "auto"), archiveError("unsafe_name"));
  await assert.rejects(
    () => pathsOf([{ name: "w/.datahubsync/journal.json" }], "auto"),
    archiveError("unsafe_name"),
  );
});

Deno.test("checkEntries() takes what zip read from a pipe for the file that it is", async () => {
  assert.deepEqual(await pathsOf([{ name: "-", data: utf8("a"), ...unix(0o010600) }]), ["-"]);
});

Deno.test("checkEntries() takes names that differ in case only", async () => {
  assert.deepEqual(await pathsOf([{ name: "A" }, { name: "a" }]), ["A", "a"]);
});

const refused: [string, ArchiveErrorCode, TinyEntry[]][] = [
  ["a way out", "unsafe_name", [{ name: "ok" }, { name: "../evil" }]],
  ["a folder that leads out", "unsafe_name", [{ name: "../" }]],
  ["a symbolic link", "unsupported", [{ name: "l", data: utf8("/etc"), ...unix(0o120777) }]],
  ["a device", "unsupported", [{ name: "d", ...unix(0o020666) }]],
  ["a named pipe", "unsupported", [{ name: "p", data: utf8(""), ...unix(0o010666) }]],
  ["encryption", "unsupported", [{ name: "a", flags: 1 }]],
  ["masked headers", "unsupported", [{ name: "a", flags: 0x2000 }]],
  ["an unknown method", "unsupported", [{ name: "a", method: 97 }]],
  ["the same name twice", "duplicate_name", [{ name: "a" }, { name: "a" }]],
  ["the same path twice", "duplicate_name", [{ name: "a/b" }, { name: "a//b" }]],
  ["the same name composed", "duplicate_name", [{ name: "\u00e9" }, { name: "e\u0301" }]],
  ["a file that is a folder", "duplicate_name", [{ name: "a" }, { name: "b" }, { name: "a/b" }]],
  ["a folder that is a file", "duplicate_name", [{ name: "a/b/c" }, { name: "a/b" }]],
  ["a file and an empty folder", "duplicate_name", [{ name: "a" }, { name: "a/" }]],
  ["a folder with content", "bad_directory", [{ name: "a/", data: utf8("x") }]],
  ["a stored entry of two sizes", "bad_directory", [{ name: "a", claim: { size: 9 } }]],
  ["an impossible ratio", "too_large", [{
    name: "a",
    data: utf8("a"),
    method: 8,
    claim: { size: 1e6 },
  }]],
  ["two entries over the same bytes", "overlap", [
    { name: "a", data: utf8("content") },
    { name: "b", data: utf8("content"), claim: { headerOffset: 0 } },
  ]],
  ["an entry that runs into the next", "overlap", [
    { name: "a", data: utf8("abc"), claim: { size: 10, compressedSize: 10 } },
    { name: "b" },
  ]],
  ["an entry that runs into the directory", "overlap", [
    { name: "a", data: utf8("abc"), claim: { size: 10, compressedSize: 10 } },
  ]],
];

for (const [what, code, entries] of refused) {
  Deno.test(`checkEntries() refuses ${what}`, async () => {
    await assert.rejects(() => pathsOf(entries), archiveError(code));
  });
}

const ALIKE: [string, string[]][] = [
  ["files", ["\u00e9", "e\u0301"]],
  ["files in folders", ["\u00e9/a", "e\u0301/a"]],
  ["a file and a file's folder", ["\u00e9/a", "e\u0301"]],
  ["a file and a folder", ["\ud55c/", "\u1112\u1161\u11ab"]],
];

Deno.test("checkEntries() says of names in two Unicode forms what they are, and of equal ones not", async () => {
  for (const [what, names] of ALIKE) {
    await assert.rejects(() => pathsOf(names.map((name) => ({ name }))), (error) => {
      assertChineseError(error);
      assert.match(error.message, /looks the same, in another Unicode form \(NFC/, what);
      assert.match(error.hint ?? "", /rename one/, what);
      return true;
    });
    const same = names.map((name) => ({ name: name.normalize("NFD") }));
    await assert.rejects(() => pathsOf(same), /twice: (another entry|a folder) of that name/, what);
  }
});

Deno.test("checkEntries() refuses what is beyond the caps", async () => {
  const data = utf8("x".repeat(1000));
  const directory = await directoryOf(tinyZip([{ name: "a", data }, { name: "b", data }]));
  const check = (limits: Partial<typeof DEFAULT_LIMITS>) => () =>
    checkEntries(directory, { stripPrefix: "", limits: { ...DEFAULT_LIMITS, ...limits } });
  assert.equal(check({})().length, 2);
  assert.throws(check({ maxEntries: 1 }), archiveError("too_large"));
  assert.throws(check({ maxTotalSize: 1999 }), archiveError("too_large"));
  assert.throws(check({ maxRatio: 0.5, ratioFloor: 10 }), archiveError("too_large"));
});

Deno.test("entryEnds() ends each entry at the next header, whatever the directory's order", async () => {
  const zip = tinyZip([{ name: "a", data: utf8("abc") }, { name: "b/" }, { name: "c" }]);
  const directory = await directoryOf(zip);
  const [a, b, c] = directory.entries;
  const expected = [b!.headerOffset, c!.headerOffset, directory.directoryOffset];
  assert.deepEqual([...entryEnds(directory)], expected);
  directory.entries.reverse();
  assert.deepEqual([...entryEnds(directory)], expected);
  assert.equal(a!.headerOffset, 0);
});
