/**
 * The package builder against `unzip`, Python's habits and itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { encodeGbk } from "../../src/zip/directory/gbk.ts";
import { buildZip, pack, writeZip, type ZipInput, type ZipOptions } from "./zip_builder.ts";
import { tempDir } from "./temp.ts";
import { installed } from "./installed.ts";
import { judge } from "./judge.ts";
import { assertSameTree, unzipTest, unzipTree } from "./tree.ts";

const line = new TextEncoder().encode("2026-11-22,10.01,10.22\n");
const big = new Uint8Array(100_000).map((_, index) => line[index % line.length]!);
const files: ZipInput[] = [
  { path: "sh600000.csv", content: big },
  { path: "sz002790/sz002790_一般企业.csv", content: line, method: 0 },
  { path: "empty.csv", content: new Uint8Array() },
];
const kinds: Record<string, ZipOptions> = {
  plain: {},
  zip64: { zip64: true },
  descriptors: { descriptors: true },
  "zip64 with descriptors": { zip64: true, descriptors: true },
  "comment and directories": { comment: "a note", directories: true },
};
const withUnzip = { ignore: !installed("unzip") };

for (const [name, options] of Object.entries(kinds)) {
  Deno.test({
    name: `buildZip() makes what unzip extracts: ${name}`,
    ...withUnzip,
    async fn() {
      const zip = buildZip(files, options);
      assert.equal(await unzipTest(zip), undefined);
      const expected = new Map(files.map(({ path, content }) => [path as string, content!]));
      assertSameTree(await unzipTree(zip), expected);
    },
  });

  Deno.test(`writeZip() writes the same bytes as buildZip(): ${name}`, async () => {
    await using temp = await tempDir();
    const size = await writeZip(temp.at("p.zip"), files, { ...options, parallel: 2 });
    const written = await Deno.readFile(temp.at("p.zip"));
    assert.equal(size, written.length);
    assert.deepEqual(written, buildZip(files, options));
  });
}

Deno.test("writeZip() streams an entry that is given in chunks", async () => {
  await using temp = await tempDir();
  const chunks = Array.from({ length: 5 }, () => big);
  const path = temp.at("p.zip");
  const size = await writeZip(path, [{ path: "huge.csv", chunks }, ...files]);
  assert.equal(size, (await Deno.stat(path)).size);
  const tree = judge(await Deno.readFile(path));
  assert.equal(tree.get("huge.csv")?.length, 5 * big.length);
  assert.deepEqual(new Uint8Array(tree.get("sh600000.csv")!), big);
});

Deno.test("buildZip() puts everything into the wrapper folder", () => {
  const tree = judge(buildZip(files, { wrapper: "data" }));
  assert.deepEqual([...tree.keys()], [
    "data/empty.csv",
    "data/sh600000.csv",
    "data/sz002790/sz002790_一般企业.csv",
  ]);
});

Deno.test("buildZip() sets the UTF-8 flag only where a name needs it, never for GBK", () => {
  const flags = (zip: Uint8Array) => new DataView(zip.buffer).getUint16(6, true);
  const name = (path: string): ZipInput[] => [{ path, content: line }];
  assert.equal(flags(buildZip(name("a.csv"))), 0);
  assert.equal(flags(buildZip(name("一.csv"))), 0x0800);
  const gbk = buildZip(name("一.csv"), { encoding: "gbk" });
  assert.equal(flags(gbk), 0);
  assert.deepEqual(gbk.subarray(30, 36), encodeGbk("一.csv"));
});

Deno.test("buildZip() takes packed data as it is", () => {
  const packed = pack(big);
  const again = buildZip([{ path: "sh600000.csv", precompressed: packed }]);
  assert.deepEqual(again, buildZip([{ path: "sh600000.csv", content: big }]));
});

Deno.test("buildZip() counts prepended bytes in its offsets", () => {
  const zip = buildZip(files, { prepend: line });
  const directory = new DataView(zip.buffer).getUint32(zip.length - 6, true);
  assert.equal(new DataView(zip.buffer).getUint32(directory, true), 0x02014b50);
  assert.deepEqual(zip.subarray(0, line.length), line);
});

Deno.test("encodeGbk() is what TextDecoder reads, also with a backslash as trail byte", () => {
  const text = "一般企业,数据仅供学习 誠乗 €";
  assert.equal(new TextDecoder("gbk").decode(encodeGbk(text.replace("€", ""))), text.slice(0, -1));
  assert.deepEqual(encodeGbk("誠"), Uint8Array.of(0xd5, 0x5c));
  assert.throws(() => encodeGbk("😀"), RangeError);
});
