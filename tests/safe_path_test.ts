/** No entry's name leads out of the folder. */
import assert from "node:assert/strict";
import { posix } from "node:path";
import fc from "fast-check";
import { ArchiveError } from "../src/errors.ts";
import { safePath } from "../src/safe_path.ts";
import { archiveError } from "./zip/reading.ts";

const accepted: [string, string][] = [
  ["sh600000.csv", "sh600000.csv"],
  ["sz002790/sz002790_一般企业.csv", "sz002790/sz002790_一般企业.csv"],
  ["./a.csv", "a.csv"],
  ["a//b/./c.csv", "a/b/c.csv"],
  ["folder/", "folder"],
  ["..a/b..", "..a/b.."],
  [".hidden", ".hidden"],
  ["12:30.csv", "12:30.csv"],
  ["bars.datahubsync", "bars.datahubsync"],
  [".bars.datahubsync.csv", ".bars.datahubsync.csv"],
  ["a b'\"$;&.csv", "a b'\"$;&.csv"],
  ["一".repeat(85), "一".repeat(85)],
  ["a".repeat(255), "a".repeat(255)],
];

Deno.test("safePath() accepts what stays below the folder", () => {
  for (const [name, path] of accepted) assert.equal(safePath(name), path);
});

const refused = [
  "",
  "/",
  ".",
  "./",
  "..",
  "../a",
  "a/../b",
  "a/..",
  "./../a",
  "..\\a",
  "a\\..\\..\\b",
  "/etc/passwd",
  "\\\\server\\share",
  "//server/share",
  "C:",
  "c:\\a",
  "C:a",
  "./C:/a",
  "a\0b",
  "a\nb",
  "a\u007f",
  "a\u0085b",
  "a".repeat(256),
  "一".repeat(86),
  `${"a".repeat(200)}/`.repeat(21),
  "a/".repeat(65),
  ".datahubsync/journal.json",
  "./.datahubsync",
  ".bars.datahubsync/journal",
  ".BARS.DataHubSync/staging/x",
  "sub/.bars.datahubsync/journal",
  "sub\\.datahubsync\\journal",
  ".bars.datahub\u017fync/journal", // a long s folds to s
  ".bars.data\u200dhubsync/journal", // ext4's casefold doesn't see it
  ".bars.datahubsync./journal", // FAT drops the dot
  ".ｂars.datahubsync",
];

Deno.test("safePath() refuses what could lead elsewhere", () => {
  for (const name of refused) {
    assert.throws(() => safePath(name), archiveError("unsafe_name"), JSON.stringify(name));
  }
});

Deno.test("safePath() never gives a path that leaves the folder", () => {
  const piece = fc.constantFrom("..", ".", "/", "\\", "a", "一", ":", "\0", "C:", "//", " ", "~");
  const name = fc.oneof(fc.string({ unit: "binary" }), fc.array(piece).map((all) => all.join("")));
  fc.assert(
    fc.property(name, (text) => {
      let path: string;
      try {
        path = safePath(text);
      } catch (error) {
        assert(error instanceof ArchiveError);
        return;
      }
      const full = posix.join("/root", path);
      assert(full.startsWith("/root/"), full);
      assert.equal(posix.normalize(path), path);
      assert.equal(safePath(path), path);
      assert(!path.includes("\0") && !path.includes("\\"));
    }),
    { numRuns: 2000 },
  );
});
