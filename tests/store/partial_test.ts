/** A partial download knows which of its bytes are there, and whose they are. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { RangeSet } from "../../src/ranges.ts";
import { ensureLayout, type Layout, resolveLayout } from "../../src/store/layout.ts";
import { PartialPackage } from "../../src/store/partial.ts";
import { testClock } from "../support/clock.ts";
import { tempDir } from "../support/temp.ts";

const KEY = { fingerprint: "a".repeat(64), total: 1000 };

const now = () => 0;

async function layoutIn(path: string): Promise<Layout> {
  const layout = await resolveLayout(`${path}/data`);
  await ensureLayout(layout);
  return layout;
}

Deno.test("PartialPackage.read() reads into the caller's buffer", async () => {
  await using temp = await tempDir();
  using partial = await PartialPackage.open(await layoutIn(temp.path), { now });
  partial.begin(KEY);
  partial.write(10, Uint8Array.of(1, 2, 3, 4, 5));
  const buffer = new Uint8Array(8).fill(9);
  const bytes = partial.read({ start: 11, end: 14 }, buffer);
  assert.equal(bytes.buffer, buffer.buffer);
  assert.deepEqual([...bytes], [2, 3, 4]);
  assert.deepEqual([...buffer], [2, 3, 4, 9, 9, 9, 9, 9]);
});

Deno.test("PartialPackage gives back what was written, and knows what that is", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  const content = Uint8Array.from({ length: 1000 }, (_, at) => at & 255);
  const piece = fc.tuple(fc.nat(999), fc.nat(300))
    .map(([start, length]) => ({ start, end: Math.min(1000, start + length) }));
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      using partial = await PartialPackage.open(layout, { now });
      partial.drop();
      partial.begin(KEY);
      for (const { start, end } of pieces) partial.write(start, content.subarray(start, end));
      assert.deepEqual(partial.have.ranges, new RangeSet(pieces).ranges);
      for (const range of partial.have.ranges) {
        const bytes = partial.read(range);
        assert.equal(Buffer.compare(bytes, content.subarray(range.start, range.end)), 0);
      }
      partial.save();
      using again = await PartialPackage.open(layout, { now });
      again.begin(KEY);
      assert.deepEqual(again.have.ranges, partial.have.ranges);
    }),
    { numRuns: 30 },
  );
});

Deno.test("PartialPackage.begin() goes on with the same package and drops another's bytes", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  const bytes = new Uint8Array(100).fill(1);
  const left = async (then: typeof KEY | { fingerprint: null; total: number }) => {
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    partial.write(5, bytes);
    partial.begin(then);
    return partial.have.size;
  };
  assert.equal(await left(KEY), 100);
  assert.equal(await left({ ...KEY, fingerprint: "b".repeat(64) }), 0);
  assert.equal(await left({ ...KEY, total: 1001 }), 0);
  assert.equal(await left({ ...KEY, fingerprint: null }), 0, "what isn't known isn't the same");
  assert.equal((await Deno.stat(layout.partial)).size, 0, "the room is given back");
});

Deno.test("PartialPackage keeps what came before its directory was known", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  using partial = await PartialPackage.open(layout, { now });
  partial.begin({ fingerprint: null, total: 1000 });
  partial.write(0, new Uint8Array(400));
  partial.begin(KEY);
  assert.equal(partial.have.size, 400);
  partial.begin({ ...KEY, total: 999 });
  assert.equal(partial.have.size, 0);
});

Deno.test("PartialPackage saves its map by bytes and by time, so that a kill costs little", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  const clock = testClock();
  using partial = await PartialPackage.open(layout, { now: clock });
  partial.begin({ ...KEY, total: 100 << 20 });
  const onDisk = async () => {
    using other = await PartialPackage.open(layout, { now: clock });
    return other.have.size;
  };
  partial.write(0, new Uint8Array(1000));
  assert.equal(await onDisk(), 0, "not yet");
  clock.advance(300);
  partial.write(1000, new Uint8Array(1000));
  assert.equal(await onDisk(), 2000, "after a while");
  partial.write(2000, new Uint8Array(3 << 20));
  assert.equal(await onDisk(), 2000 + (3 << 20), "after many bytes");
  partial.write(5 << 20, new Uint8Array(10));
  partial.save();
  assert.equal(await onDisk(), 2010 + (3 << 20));
});

Deno.test("PartialPackage.forget() has bytes fetched again, also after a restart", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  {
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    partial.write(0, new Uint8Array(500));
    partial.forget({ start: 100, end: 200 });
  }
  using again = await PartialPackage.open(layout, { now });
  assert.deepEqual(again.have.ranges, [{ start: 0, end: 100 }, { start: 200, end: 500 }]);
});

Deno.test("PartialPackage never believes a map beyond its file, or one that is damaged", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  const fill = async () => {
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    partial.write(0, new Uint8Array(300));
    partial.write(600, new Uint8Array(300));
    partial.save();
  };
  const opened = async () => {
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    return partial.have.ranges;
  };
  await fill();
  await Deno.truncate(layout.partial, 700); // as after a power cut
  assert.deepEqual(await opened(), [{ start: 0, end: 300 }, { start: 600, end: 700 }]);
  await fill();
  await Deno.truncate(layout.partial, 500);
  assert.deepEqual(await opened(), [{ start: 0, end: 300 }]);
  await fill();
  await Deno.remove(layout.partial);
  assert.deepEqual(await opened(), []);
  await fill();
  const map = await Deno.readTextFile(layout.partialMap);
  for (const text of [map.replace("300", "900"), map.slice(0, -20), "", "{}", "null"]) {
    await Deno.writeTextFile(layout.partialMap, text);
    assert.deepEqual(await opened(), [], JSON.stringify(text.slice(0, 30)));
    await fill();
  }
});

Deno.test("a save that a kill cut anywhere leaves the one before", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  {
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    for (const offset of [0, 400]) {
      partial.write(offset, new Uint8Array(100));
      partial.save();
    }
  }
  const map = await Deno.readFile(layout.partialMap);
  const lastLine = map.lastIndexOf(10, map.length - 2) + 1;
  for (let cut = lastLine; cut < map.length; cut++) {
    await Deno.writeFile(layout.partialMap, map.subarray(0, cut));
    using partial = await PartialPackage.open(layout, { now });
    assert.deepEqual(partial.have.ranges, [{ start: 0, end: 100 }], `cut at byte ${cut}`);
    if (cut % 10 > 0) continue;
    partial.write(800, new Uint8Array(10));
    partial.save(); // not after half a line
    using again = await PartialPackage.open(layout, { now });
    assert.deepEqual(again.have.ranges, [{ start: 0, end: 100 }, { start: 800, end: 810 }]);
  }
});

Deno.test("the map doesn't grow without end, and isn't replaced at each save", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  using partial = await PartialPackage.open(layout, { now });
  partial.begin({ fingerprint: KEY.fingerprint, total: 1 << 20 });
  await Deno.truncate(layout.partial, 20_000);
  for (let start = 0; start < 20_000; start += 2) partial.have.add({ start, end: start + 1 });
  const files = new Set<number | null>();
  for (let saves = 0; saves < 100; saves++) {
    partial.save();
    const { ino, size } = await Deno.stat(layout.partialMap);
    files.add(ino);
    assert(size <= 1 << 20, `${size} bytes`);
  }
  assert(files.size > 1 && files.size < 25, `${files.size} files for 100 saves`);
  using again = await PartialPackage.open(layout, { now });
  assert.equal(again.have.ranges.length, 10_000);
});

Deno.test("PartialPackage is sparse and for its owner only", async () => {
  await using temp = await tempDir();
  const layout = await layoutIn(temp.path);
  using partial = await PartialPackage.open(layout, { now });
  partial.begin({ ...KEY, total: 2 ** 33 });
  partial.write(2 ** 33 - 10, new Uint8Array(10).fill(7));
  const info = await Deno.stat(layout.partial);
  assert.equal(info.size, 2 ** 33);
  assert(info.blocks! * 512 < 1 << 20, `${info.blocks} blocks`);
  assert.equal(info.mode! & 0o777, 0o600);
  assert.deepEqual(
    partial.read({ start: 2 ** 33 - 10, end: 2 ** 33 }),
    new Uint8Array(10).fill(7),
    "offsets beyond 32 bits",
  );
});
