/** A program that was written from `docs/patch.md` alone reads our patches. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { makePatch } from "../../src/site/patch/make_patch.ts";
import { run } from "../support/command.ts";
import { installed } from "../support/installed.ts";
import { seededRandom } from "../support/random.ts";
import { nextDay, rows } from "../support/random_days.ts";
import { tempDir } from "../support/temp.ts";
import type { Tree } from "../support/tree.ts";
import { buildZip, type ZipOptions } from "../support/zip_builder.ts";

/** Whose entries begin elsewhere than their size and name let expect. */
const LAYOUTS: ZipOptions[] = [
  {},
  { descriptors: true },
  { zip64: true },
  { prepend: new Uint8Array(77), directories: true },
];
const READER = fileURLToPath(new URL("../support/patch_reader.py", import.meta.url));

Deno.test({
  name: "a patch is what its page says: a reader written from it makes the next package's files",
  ignore: !installed("python3", "brotli"),
  fn: async () => {
    await using temp = await tempDir();
    const random = seededRandom(5);
    let tree: Tree = new Map(
      Array.from({ length: 60 }, (_, index) => [`d${index % 3}/f${index}`, rows(index, 400)]),
    );
    let made = 0;
    for (const [day, layout] of LAYOUTS.entries()) {
      const packed = (name: string) => temp.at(`${day}-${name}.zip`);
      const next = nextDay(tree, random);
      for (const [name, files] of [["old", tree], ["new", next]] as const) {
        const inputs = [...files].map(([path, content]) => ({ path, content }));
        await Deno.writeFile(packed(name), buildZip(inputs, layout));
      }
      const patch = await makePatch(packed("old"), packed("new"), temp.path);
      assert(patch !== undefined);
      const printed = await run("python3", [READER, patch.path, packed("old"), packed("new")]);
      made += Number(printed);
      tree = next;
    }
    assert(made > 100, `${made} entries`);
  },
});
