/** The joined data of patches is read right in any order, and a file's pieces cost few reads. */
import assert from "node:assert/strict";
import { DataWindows } from "../../src/zip/extract/data_windows.ts";
import { between, noise, seededRandom } from "../support/random.ts";
import { tempDir } from "../support/temp.ts";

/** A file's bytes through windows, and how often the file was read. */
async function withWindows(
  size: number,
  work: (windows: DataWindows, bytes: Uint8Array) => void,
): Promise<number> {
  await using temp = await tempDir();
  const bytes = noise(seededRandom(1), size);
  await Deno.writeFile(temp.at("data"), bytes);
  using file = Deno.openSync(temp.at("data"), { read: true });
  let reads = 0;
  const counting = new Proxy(file, {
    get(target, key) {
      const value = Reflect.get(target, key);
      if (key === "readSync") reads++;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  work(new DataWindows(counting), bytes);
  return reads;
}

Deno.test("DataWindows reads what is at each place, in any order", async () => {
  const random = seededRandom(2);
  await withWindows(3_000_000, (windows, bytes) => {
    for (let time = 0; time < 500; time++) {
      const offset = between(random, 0, bytes.length);
      const length = between(random, 1, 200_000);
      const chunk = windows.some(offset, length);
      assert(chunk.length > 0 && chunk.length <= length);
      assert.deepEqual(chunk, bytes.subarray(offset, offset + chunk.length));
    }
  });
});

Deno.test("DataWindows reads each part of the file once for files that take pieces of 14 patches", async () => {
  const [patches, part, piece] = [14, 200_000, 100];
  const reads = await withWindows(patches * part, (windows, bytes) => {
    for (let at = 0; at < part; at += piece) {
      for (let patch = 0; patch < patches; patch++) {
        for (let offset = patch * part + at, left = piece; left > 0;) {
          const chunk = windows.some(offset, left);
          assert.deepEqual(chunk, bytes.subarray(offset, offset + chunk.length));
          offset += chunk.length;
          left -= chunk.length;
        }
      }
    }
  });
  const windows = Math.ceil(part / (64 << 10)) * patches;
  assert(reads <= 2 * windows, `${reads} reads of ${windows} windows' worth`);
});
