/**
 * Random days of packages that other tools made, on the way upstream → mirror → client: the mirror
 * takes each package as it is, and its client gets the day by the mirror's patch.
 */
import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { serveSite } from "../../src/serve/serve_site.ts";
import { buildZip, type ZipInput, type ZipOptions } from "../support/zip_builder.ts";
import { EngineRig } from "../support/engine.ts";
import { installed } from "../support/installed.ts";
import { judge } from "../support/judge.ts";
import { noise, seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, sorted, type Tree, unzipTree, writeTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";
/** Makes the packages large beside their patches; bsdtar's hold the last 64 KB of the package. */
const BALLAST = noise(seededRandom(5), 1_000_000);

type Packer = (tree: Tree, random: () => number) => Promise<Uint8Array>;

/** What tools write, by our own writer. */
function own(options: ZipOptions): Packer {
  return (tree) =>
    Promise.resolve(buildZip([...tree].map(([path, content]) => ({ path, content })), options));
}

/** One of the files as deflate64, which shares the codes for short copies with deflate. */
const deflate64: Packer = (tree, random) => {
  const paths = [...tree.keys()];
  const odd = paths[Math.floor(random() * paths.length)];
  const inputs = [...tree].map(([path, content]): ZipInput => {
    if (path !== odd) return { path, content };
    const data = deflateRawSync(content, { level: 0 });
    const sizes = { crc: crc32(content), compressedSize: data.length, size: content.length };
    return { path, precompressed: { method: 9, ...sizes, data } };
  });
  return Promise.resolve(buildZip(inputs));
};

/** A program that packs the folder it is started in to its output. */
function program(name: string, args: string[]): Packer {
  return async (tree) => {
    await using temp = await tempDir();
    await writeTree(temp.path, tree);
    const { success, stdout, stderr } = await new Deno.Command(name, {
      args,
      cwd: temp.path,
      stdout: "piped",
      env: { LC_ALL: "C.UTF-8" },
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    return stdout;
  };
}

/** Stored and deflated entries by turns, some with Zip64 fields; the output can't seek. */
const PYTHON = `
import os, sys, zipfile
class Out:
    def write(self, b): return sys.stdout.buffer.write(b)
    def flush(self): sys.stdout.buffer.flush()
with zipfile.ZipFile(Out(), "w") as z:
    n = 0
    for top, _, files in sorted(os.walk(".")):
        for name in sorted(files):
            path = os.path.relpath(os.path.join(top, name))
            info = zipfile.ZipInfo(path)
            info.compress_type = zipfile.ZIP_STORED if n % 3 == 0 else zipfile.ZIP_DEFLATED
            with z.open(info, "w", force_zip64=n % 2 == 0) as f: f.write(open(path, "rb").read())
            n += 1
`;

const PACKERS: Record<string, { pack: Packer; needs?: string; unlike?: "judge" | "unzip" }> = {
  "descriptors": { pack: own({ descriptors: true }) },
  "Zip64, with folders": { pack: own({ zip64: true, directories: true }) },
  "GBK names": { pack: own({ encoding: "gbk" }), unlike: "unzip" },
  "a wrapper folder": { pack: own({ wrapper: "trading" }) },
  "a self-extractor's head": { pack: own({ prepend: noise(seededRandom(3), 500) }) },
  "an entry as deflate64": { pack: deflate64, unlike: "judge" },
  "Python, stored and deflated, not seekable": {
    pack: program("python3", ["-c", PYTHON]),
    needs: "python3",
  },
  "zip into a pipe": { pack: program("zip", ["-q", "-r", "-", "."]), needs: "zip" },
  "zip -0": { pack: program("zip", ["-q", "-0", "-r", "-", "."]), needs: "zip" },
  "bsdtar": { pack: program("bsdtar", ["--format", "zip", "-cf", "-", "."]), needs: "bsdtar" },
};

for (const [title, { pack, needs, unlike }] of Object.entries(PACKERS)) {
  Deno.test({
    name: `random days come through a mirror by patch: ${title}`,
    ignore: needs !== undefined && !installed(needs),
    async fn() {
      const random = seededRandom(title.length);
      let tree: Tree = new Map([
        ...Array.from({ length: 14 }, (_, index): [string, Uint8Array] => [
          `d${index % 3}/行情${index}.csv`,
          rows(index, 40 + index),
        ]),
        ["ballast.bin", BALLAST],
      ]);
      await using temp = await tempDir();
      await Deno.mkdir(temp.at("site"));
      await using hub = new FaultyHub({ kind: "modern" });
      const asked: string[] = [];
      const served = serveSite({
        site: await Deno.realPath(temp.at("site")),
        hostname: "127.0.0.1",
        port: 0,
        onRequest: ({ path }) => void asked.push(path),
      });
      await using feeder = await EngineRig.make();
      await using client = await EngineRig.make();
      let byPatch = 0;
      try {
        for (let day = 0; day < 4; day++) {
          tree.delete("ballast.bin");
          if (day > 0) tree = nextDay(tree, random);
          tree.set("ballast.bin", BALLAST);
          const bytes = await pack(tree, random);
          hub.setDataset(NAME, { version: `2026-01-0${day + 1}T20:15:00`, package: bytes });
          const mirror = { dir: temp.at("site"), keepHours: 24 };
          const fed = await feeder.sync(hub.url, { context: { mirror } });
          assert.equal(fed.status, "success", fed.error);
          assert.deepEqual(feeder.warnings.filter((text) => text.includes("patch")), []);
          hub.reset();
          asked.splice(0);
          const result = await client.sync(served.url);
          assert.equal(result.status, "success", result.error);
          const odd = /^the package is odd, and was taken/;
          assert.deepEqual(client.warnings.filter((text) => !odd.test(text)), []);
          assertSameTree(await client.tree(), tree);
          if (unlike !== "judge") assertSameTree(withoutWrapper(judge(bytes)), sorted(tree));
          if (unlike !== "unzip" && installed("unzip")) {
            assertSameTree(withoutWrapper(await unzipTree(bytes)), sorted(tree));
          }
          if (result.byPatch !== undefined) byPatch++;
          if (day > 0) assert(asked.some((path) => path.startsWith("/patch/")), `day ${day}`);
          // What is left is the deflate64 entry, where it has changed.
          const rest = asked.filter((path) => path.startsWith("/package/"));
          if (day > 0 && unlike !== "judge") assert.deepEqual(rest, []);
        }
      } finally {
        await served.stop(0);
      }
      assert.equal(byPatch, 3);
    },
  });
}

function withoutWrapper(tree: Tree): Tree {
  return new Map([...tree].map(([path, content]) => [path.replace(/^trading\//, ""), content]));
}
