/**
 * Entries that a patch builds from old content and its own data: in memory, past that in pieces, and
 * with reflinks from a clone of the old file.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { EntryExtractor } from "../../src/zip/extract/extract_entry.ts";
import type { Segment } from "../../src/patch/compose.ts";
import { type Hashed, Sha256, wholeBlocks } from "../../src/trust/sha256.ts";
import { mixture } from "../support/deflate_streams.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { archiveError } from "./reading.ts";

const MB = 1 << 20;
const old = Buffer.concat(Array.from({ length: 40 }, (_, at) => mixture(at, 11))).subarray(
  0,
  3 * MB,
);
const data = Buffer.from(old).reverse();
assert(old.length >= 2.5 * MB, "the content is longer than what is put together in memory");

/** The content that these parts make. */
function contentOf(segments: readonly Segment[]): Buffer {
  return Buffer.concat(
    segments.map(({ from, offset, length }) =>
      (from === "old" ? old : data).subarray(offset, offset + length)
    ),
  );
}

/** Builds it in a folder with the two files. */
function build(
  temp: TempDir,
  segments: Segment[],
  claim: { crc?: number; size?: number; old?: string; reflinks?: boolean; hashed?: Hashed } = {},
): { content: Buffer; sha256: string | undefined; midstate: string | undefined } {
  const content = contentOf(segments);
  using file = Deno.openSync(temp.at("data"));
  const extractor = new EntryExtractor(file, { data: file, reflinks: claim.reflinks ?? false });
  const { crc = crc32(content), size = content.length, old: path = temp.at("old") } = claim;
  const target = temp.at("target");
  const extracted = extractor.extract({
    ...{ id: 0, path: "a.csv", method: 8, flags: 0, crc, size, compressedSize: 1 },
    ...{ headerOffset: 0, nameCrc: 0, end: 1, target, digest: { old: claim.hashed } },
    patch: { old: path, segments },
  }, 1);
  extracted.file?.close();
  const made = Buffer.from(Deno.readFileSync(target));
  Deno.removeSync(target);
  return { content: made, sha256: extracted.sha256, midstate: extracted.midstate };
}

async function folder(): Promise<TempDir> {
  const temp = await tempDir();
  await Deno.writeFile(temp.at("old"), old);
  await Deno.writeFile(temp.at("data"), data);
  return temp;
}

for (const reflinks of [false, true]) {
  const name =
    `a patched entry is the same whether it fits in memory or not, reflinks: ${reflinks}`;
  Deno.test(name, async () => {
    await using temp = await folder();
    for (const size of [0, 1, 100_000, MB - 1, MB, MB + 1, 2 * MB]) {
      const half = Math.floor(size / 2);
      const ways: Segment[][] = [
        [{ from: "old", offset: 0, length: size }],
        [{ from: "data", offset: 5, length: size }],
        [{ from: "old", offset: 0, length: half }, {
          from: "data",
          offset: 7,
          length: size - half,
        }],
        [
          { from: "old", offset: 0, length: size - half },
          { from: "data", offset: 0, length: 9 },
          { from: "old", offset: size - half, length: half },
        ],
        [
          { from: "data", offset: MB, length: half },
          { from: "old", offset: 33, length: size - half },
          { from: "old", offset: 0, length: 9 },
          { from: "data", offset: 3, length: 9 },
        ],
      ];
      for (const segments of ways) {
        const expected = contentOf(segments);
        const { content, sha256 } = build(temp, segments, { reflinks });
        const name = `${size}: ${JSON.stringify(segments)}`;
        assert.equal(Buffer.compare(content, expected), 0, name);
        assert.equal(sha256, createHash("sha256").update(expected).digest("base64url"), name);
      }
    }
    assert.equal(
      Buffer.compare(Deno.readFileSync(temp.at("old")), old),
      0,
      "the old file stays as it is",
    );
  });

  Deno.test(`a patched entry's hash goes on from the old content's, reflinks: ${reflinks}`, async () => {
    await using temp = await folder();
    for (const size of [20, 100, 64_000, MB - 100, MB + 1, 2 * MB + 100]) {
      const before = old.subarray(0, size);
      await Deno.writeFile(temp.at("before"), before);
      const hash = new Sha256().update(before);
      const hashed = { size, sha256: hash.digest(), midstate: hash.midstate };
      const wrong = { ...hashed, midstate: new Sha256().update(data.subarray(0, size)).midstate };
      const blocks = wholeBlocks(size);
      for (const kept of [size, size - 1, blocks, blocks - 1, 1]) {
        const segments: Segment[] = [
          { from: "old", offset: 0, length: Math.max(0, kept) },
          { from: "data", offset: 3, length: 170 },
          { from: "old", offset: 0, length: 19 },
        ];
        const expected = contentOf(segments);
        const sha256 = createHash("sha256").update(expected).digest("base64url");
        const { midstate } = new Sha256().update(expected);
        const name = `${kept} of ${size}`;
        const claim = { old: temp.at("before"), reflinks };
        const built = build(temp, segments, { ...claim, hashed });
        assert.equal(Buffer.compare(built.content, expected), 0, name);
        assert.equal(built.sha256, sha256, name);
        assert.equal(built.midstate, kept >= blocks && blocks > 0 ? midstate : undefined, name);
        const distrusted = build(temp, segments, { ...claim, hashed: wrong });
        assert.deepEqual([distrusted.sha256, distrusted.midstate], [
          sha256,
          blocks > 0 ? undefined : built.midstate,
        ], name);
      }
    }
  });

  Deno.test(`a patched entry that isn't what the directory says leaves no file, reflinks: ${reflinks}`, async () => {
    await using temp = await folder();
    const short = temp.at("short");
    await Deno.writeFile(short, old.subarray(0, 10));
    for (const length of [1000, 2 * MB]) {
      for (
        const segments of [
          [{ from: "data", offset: 0, length }, { from: "old", offset: 0, length: 500 }],
          [{ from: "old", offset: 0, length: length + 400 }, {
            from: "data",
            offset: 0,
            length: 100,
          }],
        ] satisfies Segment[][]
      ) {
        const right = crc32(contentOf(segments));
        const cases: [Parameters<typeof build>[2], Parameters<typeof archiveError>[0]][] = [
          [{ crc: (right ^ 1) >>> 0 }, "wrong_crc"],
          [{ size: length + 499 }, "wrong_size"],
          [{ size: length + 501 }, "wrong_size"],
          [{ old: temp.at("missing") }, "bad_data"],
          [{ old: short }, "bad_data"],
        ];
        for (const [claim, code] of cases) {
          const name = `${length}: ${JSON.stringify(claim)}`;
          const what = { ...claim, reflinks };
          assert.throws(() => build(temp, segments, what), archiveError(code), name);
          assert.deepEqual([...Deno.readDirSync(temp.path)].map((one) => one.name).sort(), [
            "data",
            "old",
            "short",
          ], name);
        }
      }
    }
  });
}
