/**
 * The tests' own judge of packages against `unzip`, and against packages that don't hold together.
 *
 * @module
 */
import assert from "node:assert/strict";
import { buildZip, type ZipInput } from "./zip_builder.ts";
import { installed } from "./installed.ts";
import { judge } from "./judge.ts";
import { oddZips } from "./odd_zip.ts";
import { assertSameTree, unzipTree } from "./tree.ts";

const content = new TextEncoder().encode("date,close\n2026-11-26,10.1\n".repeat(40));
const files: ZipInput[] = [
  { path: "a/sz002790_一般企业.csv", content },
  { path: "b.csv", content: content.subarray(5), method: 0 },
  { path: "empty.csv", content: new Uint8Array() },
];
/** What `unzip` knows and the judge doesn't. */
const UNKNOWN = ["Unicode path field", "method 9 (deflate64)"];
const expected = new Map(files.map(({ path, content }) => [path as string, content!]));

Deno.test("judge() reads what was packed, however it was written", () => {
  for (const zip64 of [false, true]) {
    for (const descriptors of [false, true]) {
      const options = { zip64, descriptors, directories: true, comment: "a note" };
      assertSameTree(judge(buildZip(files, options)), expected);
    }
  }
  assertSameTree(judge(buildZip(files, { encoding: "gbk" })), expected);
  assertSameTree(judge(buildZip(files, { prepend: new Uint8Array(99) })), expected);
});

Deno.test("judge() refuses content with another CRC-32, another size, or cut off", () => {
  const zip = buildZip(files, {});
  for (const [offset, words] of [[16, /CRC-32/], [24, /CRC-32/]] as const) {
    const bad = zip.slice();
    const at = new DataView(bad.buffer).getUint32(bad.length - 22 + 16, true);
    bad[at + offset]! ^= 1;
    assert.throws(() => judge(bad), words);
  }
  assert.throws(() => judge(zip.subarray(0, -30)));
});

Deno.test({
  name: "judge() and unzip make one tree of every odd package that is accepted",
  ignore: !installed("unzip"),
  async fn(t) {
    for (const { name, bytes, expect, unlikeUnzip } of oddZips()) {
      if (expect === "refused" || unlikeUnzip || UNKNOWN.includes(name)) continue;
      await t.step(name, async () => assertSameTree(judge(bytes), await unzipTree(bytes)));
    }
  },
});
