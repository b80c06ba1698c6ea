/** What happens when a file is exchanged for something else while a folder is packed. */
import assert from "node:assert/strict";
import { ZipSource } from "../../src/pack/zip_source.ts";
import { tempDir } from "../support/temp.ts";

const options = { previous: undefined, record: undefined, all: false };
const LARGE = 5 << 20;

for (const size of [1, LARGE]) {
  for (const kind of ["link", "folder"] as const) {
    Deno.test(`ZipSource doesn't read the ${kind} that took the place of a file of ${size} bytes`, async () => {
      await using temp = await tempDir();
      await Deno.mkdir(temp.at("data"));
      await Deno.writeTextFile(temp.at("secret"), "not for the world");
      if (kind === "link") await Deno.symlink("../secret", temp.at("data", "a.csv"));
      else await Deno.mkdir(temp.at("data", "a.csv"));
      const source = new ZipSource(temp.at("data"), options);
      assert.throws(() => {
        for (const input of source.inputs([{ path: "a.csv", size, mtimeMs: 0 }])) {
          if ("chunks" in input) [...input.chunks];
        }
      }, /Files changed while they were read: ".*a\.csv"/);
    });
  }
}
