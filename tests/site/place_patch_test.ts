/** Patches of a site: which are listed, how long replaced ones stay, and what can't be in one. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { type NewPackage, placePackage, pruneSite } from "../../src/site/place.ts";
import { patchesTo } from "../../src/site/patch/place_patch.ts";
import { waitForLock } from "../../src/fs/file_lock.ts";
import { sitePaths } from "../../src/site/site_paths.ts";
import { makePatch } from "../../src/site/patch/make_patch.ts";
import type { OfferedPatch } from "../../src/types.ts";
import { readDirectory } from "../../src/zip/directory/directory.ts";
import { until } from "../support/until.ts";
import { buildZip, type ZipInput } from "../support/zip_builder.ts";
import { testClock } from "../support/clock.ts";
import { noise, seededRandom } from "../support/random.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { servedFiles } from "./packages.ts";

const HOUR = 3600 * 1000;
const BALLAST = noise(seededRandom(1), 40_000);

function patch(way: string, size = 10): OfferedPatch {
  const [from, to] = way.split("→") as [string, string];
  return { from, to, url: `patch/${way}`, size, sha256: "" };
}

const ways = (list: OfferedPatch[]) => list.map(({ from, to }) => `${from}→${to}`);

Deno.test("patchesTo() keeps a chain as long as it costs less than the package, and 14 at most", () => {
  const letters = [..."ABCDEFGHIJKLMNOPQRST"];
  const all = letters.slice(1).map((to, index) => patch(`${letters[index]}→${to}`));
  const [last, before] = [all.at(-1)!, all.slice(0, -1)];
  assert.deepEqual(patchesTo(last, before, 1000), all.slice(-14));
  assert.deepEqual(patchesTo(last, before, 41), all.slice(-4));
  assert.deepEqual(patchesTo(last, before, 40), all.slice(-3));
  assert.deepEqual(patchesTo(last, [], 1000), [last]);
});

Deno.test("patchesTo() drops what doesn't lead to the new package", () => {
  // A day between without a patch: what was before it leads nowhere.
  assert.deepEqual(ways(patchesTo(patch("C→D"), [patch("A→B")], 1000)), ["C→D"]);
});

Deno.test("patchesTo() lists no detour where a package was taken back to an earlier one", () => {
  const back = patchesTo(patch("B→A"), [patch("X→A"), patch("A→B")], 1000);
  assert.deepEqual(ways(back), ["X→A", "B→A"]);
  const again = patchesTo(patch("A→B"), back, 1000);
  assert.deepEqual(ways(again), ["X→A", "A→B"]);
  let list = again;
  for (let time = 0; time < 20; time++) {
    list = patchesTo(patch(time % 2 === 0 ? "B→A" : "A→B"), list, 1000);
    assert.equal(list.length, 2);
  }
});

/** Writes a package with a file that got rows, and much else. */
async function write(temp: TempDir, rows: number, more: ZipInput[] = []): Promise<NewPackage> {
  const content = Buffer.from(Array.from({ length: rows }, (_, row) => `${row},1\n`).join(""));
  const files = [{ path: "a.csv", content }, { path: "b.bin", content: BALLAST }, ...more];
  const bytes = buildZip(files);
  const total = bytes.length;
  const result = await readDirectory(bytes, { tailOffset: 0, total, filenameEncoding: "auto" });
  if (result.kind === "need") throw new Error("the whole package was given");
  const packageFile = temp.at(`${crypto.randomUUID()}.zip`);
  await Deno.writeFile(packageFile, bytes);
  const { fingerprint } = result.directory;
  const listed = { fileCount: 2, totalSize: content.length };
  const version = `2026-11-22 ${rows}`;
  return { name: "daily", packageFile, total, fingerprint, version, listed };
}

async function listedPatches(dir: string): Promise<OfferedPatch[]> {
  const text = await Deno.readTextFile(join(dir, "api", "datasets"));
  return JSON.parse(text).datasets[0].patches ?? [];
}

Deno.test("a replaced patch stays for keepHours, then goes with its package", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const site = { dir: temp.at("site"), keepHours: 24 };
  const options = { clock, durable: false };
  const days = await Promise.all([10, 20, 30].map((rows) => write(temp, rows)));
  for (const day of days.slice(0, 2)) await placePackage(site, day, options);
  const [first] = await listedPatches(site.dir);
  // The third day is another dataset altogether, as it were: no patch leads to it.
  const other = { ...days[2]!, packageFile: temp.at("other.zip") };
  const bytes = buildZip([{ path: "z.bin", content: noise(seededRandom(2), 50_000) }]);
  await Deno.writeFile(other.packageFile, bytes);
  const result = await readDirectory(bytes, {
    tailOffset: 0,
    total: bytes.length,
    filenameEncoding: "auto",
  });
  assert(result.kind === "directory");
  Object.assign(other, { total: bytes.length, fingerprint: result.directory.fingerprint });
  await placePackage(site, other, options);
  assert.deepEqual(await listedPatches(site.dir), []);
  const there = async () => (await servedFiles(site.dir)).filter((path) => path.includes(".patch"));
  assert.deepEqual(await there(), [first!.url]);
  clock.advance(23 * HOUR);
  await pruneSite(site, options);
  assert.deepEqual(await there(), [first!.url]);
  clock.advance(2 * HOUR);
  const removed = await pruneSite(site, options);
  assert.deepEqual(await there(), []);
  assert(removed.some((path) => path.endsWith(".patch")), removed.join());
});

Deno.test("a listed patch isn't removed, also where nothing replaced is kept", async () => {
  await using temp = await tempDir();
  const site = { dir: temp.at("site"), keepHours: 0 };
  const options = { clock: testClock(), durable: false };
  // Back and forth, so that names come again that were noted as replaced.
  for (const rows of [10, 20, 10, 20, 30]) {
    await placePackage(site, await write(temp, rows), options);
    for (const { url } of await listedPatches(site.dir)) await Deno.stat(join(site.dir, url));
  }
  assert.equal((await listedPatches(site.dir)).length, 2);
});

Deno.test("making a patch needs no lock of the site; it gets its name only under it", async () => {
  await using temp = await tempDir();
  const site = { dir: temp.at("site"), keepHours: 24 };
  const options = { clock: Date.now, durable: false };
  await placePackage(site, await write(temp, 10), options);
  const next = await write(temp, 20);
  const paths = sitePaths(site.dir);
  let placed: Promise<void>;
  {
    using _lock = await waitForLock(paths.lock);
    placed = placePackage(site, next, options);
    // The package and the patch are there, finished, and wait.
    const isMade = async () => {
      const [run] = await Array.fromAsync(Deno.readDir(paths.staging));
      if (run === undefined) return false;
      const folder = join(paths.staging, run.name);
      const sizes = await Array.fromAsync(
        Deno.readDir(folder),
        async ({ name }) => (await Deno.stat(join(folder, name)).catch(() => undefined))?.size ?? 0,
      );
      // The run's lock, too.
      return sizes.length === 3 && sizes.some((size) => size > 0 && size < 4000);
    };
    await until(isMade);
    assert.deepEqual(await listedPatches(site.dir), []);
    assert(!(await servedFiles(site.dir)).some((path) => path.endsWith(".patch")));
  }
  await placed;
  assert.equal((await listedPatches(site.dir)).length, 1);
  assert.deepEqual([...Deno.readDirSync(paths.staging)], []);
});

/** What a patch between two packages says of the new one's entries, by index. */
async function rowsOf(
  temp: TempDir,
  files: [NewPackage, NewPackage],
): Promise<number[] | undefined> {
  const [old, now] = files.map(({ packageFile }) => packageFile) as [string, string];
  const made = await makePatch(old, now, temp.path);
  if (made === undefined) return undefined;
  using file = await Deno.open(made.path);
  const { readPatch } = await import("../../src/patch/read_patch.ts");
  let rows: number[][] = [];
  await readPatch(file, { maxDirectorySize: 1e6 }, ({ recipe }) => {
    rows = JSON.parse(recipe);
    return Promise.resolve({ writeSync: (bytes) => bytes.length });
  });
  let index = -1;
  return rows.map(([step]) => index += step!);
}

Deno.test("makePatch() leaves out entries that can't be unpacked, not the patch", async () => {
  await using temp = await tempDir();
  const odd = (text: string): ZipInput => {
    const data = Buffer.from(text);
    // Deflate64, as Windows writes it for large files.
    const packed = {
      method: 9 as 8,
      crc: data.length,
      compressedSize: data.length,
      size: 99,
      data,
    };
    return { path: "c.csv", precompressed: packed };
  };
  const [a, b] = [await write(temp, 10, [odd("one")]), await write(temp, 20, [odd("other")])];
  assert.deepEqual(await rowsOf(temp, [a, b]), [0]);
  // What could not be read before is new where it can be read now.
  const plain = await write(temp, 20, [{ path: "c.csv", content: Buffer.from("c\n") }]);
  assert.deepEqual(await rowsOf(temp, [a, plain]), [0, 2]);
  assert.deepEqual(await rowsOf(temp, [plain, a]), [0]);
});

for (const size of [3000, 17 << 20]) {
  Deno.test(`makePatch() takes an entry of ${size} bytes that has rotted in the old package for a new one`, async () => {
    await using temp = await tempDir();
    const content = (rows: number) =>
      Buffer.concat([Buffer.alloc(size), Buffer.alloc(rows, "1\n")]);
    const ballast = noise(seededRandom(3), 200_000);
    const [a, b] = await Promise.all([0, 20].map((rows) =>
      write(temp, 10, [
        { path: "c.csv", content: content(rows), method: 0 },
        { path: "d.bin", content: ballast },
      ])
    )) as [NewPackage, NewPackage];
    const fresh = await makePatch(a.packageFile, b.packageFile, temp.path);
    assert(fresh !== undefined);
    using file = await Deno.open(a.packageFile, { read: true, write: true });
    const bytes = await Deno.readFile(a.packageFile);
    const at = Buffer.from(bytes).indexOf("c.csv") + 5 + size - 100;
    await file.seek(at, Deno.SeekMode.Start);
    await file.write(Uint8Array.of(7));
    assert.deepEqual(await rowsOf(temp, [a, b]), [2]);
    const left = [...Deno.readDirSync(temp.path)].filter(({ name }) => name.endsWith(".data"));
    assert.deepEqual(left, []);
  });
}
