/** What happens when a file is exchanged for something else while a folder is packed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { packFolder } from "../../src/pack/pack_folder.ts";
import { walk, type WalkedFile } from "../../src/fs/walk.ts";
import { readSource } from "../../src/fs/source_file.ts";
import { writePackage } from "../../src/pack/write_package.ts";
import { ZipSource } from "../../src/pack/zip_source.ts";
import { GrownFiles } from "../../src/site/grown_files.ts";
import { SitePool } from "../../src/site/site_pool.ts";
import { runSync } from "../support/command.ts";
import { packTree } from "../support/pack.ts";
import { tempDir, TempFolder } from "../support/temp.ts";
import { readTree } from "../support/tree.ts";

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

const ignore = Deno.build.os !== "linux";

/** Exchanges a folder for a link to somebody's own files, and back. */
function exchange(temp: { at(...parts: string[]): string }): { there(): void; back(): void } {
  const sub = temp.at("data", "sub");
  return {
    there() {
      Deno.renameSync(sub, temp.at("aside"));
      Deno.symlinkSync(temp.at("private"), sub);
    },
    back() {
      Deno.removeSync(sub);
      Deno.renameSync(temp.at("aside"), sub);
    },
  };
}

for (const size of [7, LARGE]) {
  Deno.test({
    name: `pack publishes nothing of where a folder led while ${size} bytes were read`,
    ignore,
    async fn() {
      using temp = new TempFolder();
      const content = (word: string): string => word.padEnd(size, ".");
      for (const [folder, word] of [["data/sub", "open"], ["private", "private"]] as const) {
        Deno.mkdirSync(temp.at(folder), { recursive: true });
        Deno.writeTextFileSync(temp.at(folder, "a.csv"), content(word));
      }
      const swap = exchange(temp);
      let asked = 0;
      const packing = packFolder({ folder: temp.at("data"), output: temp.at("site"), name: "d" }, {
        // The time is asked for before the files are listed, and again before they are read.
        clock: () => {
          if (++asked === 2) swap.there();
          return Date.now();
        },
        sleep: () => Promise.resolve(),
        warn: () => {},
        onStep: (step) => {
          if (step === "packed") swap.back();
        },
      });
      await assert.rejects(packing, /Files changed while they were read: ".*a\.csv"/);
      assert(asked >= 2);
      const site = await readTree(temp.at("site"));
      assert.deepEqual([...site.keys()].filter((path) => path.endsWith(".zip")), []);
    },
  });
}

Deno.test({
  name: "walk() in place finds nothing where a link leads that has taken a folder's place",
  ignore,
  fn() {
    using temp = new TempFolder();
    for (const folder of ["data/sub", "private"]) {
      Deno.mkdirSync(temp.at(folder), { recursive: true });
      Deno.writeTextFileSync(temp.at(folder, "a.csv"), folder);
    }
    const swap = exchange(temp);
    // Called between the list of the folder above and its own.
    const found = () => walk(temp.at("data"), { inPlace: true, onFolder: swap.there });
    assert.throws(found, /sub was swapped/);
    swap.back();
    const [{ path, identity }] = walk(temp.at("data"), { inPlace: true }) as [WalkedFile];
    swap.there();
    const read = () => readSource(temp.at("data", path), (size) => new Uint8Array(size), identity);
    assert.throws(read, /Files changed while they were read/);
    swap.back();
    assert.equal(new TextDecoder().decode(read()), "data/sub");
  },
});

/** Who made the link that stands in the folder's place, to what is whose. */
const LINKS = [
  { what: "a stranger's", link: 4343, folder: 0, target: 4343, follows: false },
  {
    what: "the folder's owner's, to what is root's",
    link: 4343,
    folder: 4343,
    target: 0,
    follows: false,
  },
  {
    what: "the folder's owner's, to what is theirs",
    link: 4343,
    folder: 4343,
    target: 4343,
    follows: true,
  },
  { what: "one's own", link: 0, folder: 4343, target: 0, follows: true },
];

for (const { what, link, folder, target, follows } of LINKS) {
  Deno.test({
    name: `pack ${follows ? "follows" : "doesn't follow"} a link in its folder's place: ${what}`,
    ignore: ignore || Deno.uid() !== 0,
    async fn() {
      using temp = new TempFolder();
      const [share, files] = [temp.at("share"), temp.at("files")];
      for (const path of [share, files]) Deno.mkdirSync(path);
      Deno.writeTextFileSync(join(files, "a.csv"), "content");
      Deno.symlinkSync(files, join(share, "data"));
      runSync("chown", ["-h", `${link}`, join(share, "data")]);
      Deno.chownSync(share, folder, folder);
      Deno.chownSync(files, target, target);
      const packing = packTree({ folder: join(share, "data"), output: temp.at("site"), name: "d" });
      if (follows) assert.equal((await packing).files, 1);
      else await assert.rejects(packing, /a link that user 4343 has made/);
      assert.equal((await readTree(temp.at("site"))).size > 0, follows);
    },
  });
}
