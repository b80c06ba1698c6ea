/** What happens when a file is exchanged for something else while a folder is packed. */
import assert from "node:assert/strict";
import { writePackage } from "../../src/pack/write_package.ts";
import { ZipSource } from "../../src/pack/zip_source.ts";
import { GrownFiles } from "../../src/site/grown_files.ts";
import { SitePool } from "../../src/site/site_pool.ts";
import { tempDir } from "../support/temp.ts";

const LARGE = 5 << 20;

for (const size of [1, LARGE]) {
  for (const kind of ["link", "folder"] as const) {
    Deno.test(`pack doesn't read the ${kind} that took the place of a file of ${size} bytes`, async () => {
      await using temp = await tempDir();
      await Deno.mkdir(temp.at("data"));
      await Deno.writeTextFile(temp.at("secret"), "not for the world");
      if (kind === "link") await Deno.symlink("../secret", temp.at("data", "a.csv"));
      else await Deno.mkdir(temp.at("data", "a.csv"));
      using pool = new SitePool(1);
      using grown = new GrownFiles(temp.at("grown"), 0);
      const before = { previous: undefined, record: undefined };
      const source = new ZipSource(temp.at("data"), { ...before, all: false, grown });
      const options = { source, pool, level: 6, previous: undefined, signal: undefined };
      await assert.rejects(
        writePackage(temp.at("it.zip"), [{ path: "a.csv", size, mtimeMs: 0 }], options),
        /Files changed while they were read: ".*a\.csv"/,
      );
    });
  }
}
