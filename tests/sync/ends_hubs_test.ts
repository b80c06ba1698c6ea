/** Ends of grown files on hubs of every kind, with packages of every maker, and when something goes wrong. */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { run } from "../support/command.ts";
import { buildZip } from "../support/zip_builder.ts";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { EngineRig } from "../support/engine.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { tempDir } from "../support/temp.ts";
import { type Tree, writeTree } from "../support/tree.ts";
import { farClock, grownTree, live, pythonZip, ROWS } from "./grown_days.ts";
import { hubWith, versionOf, zipOf } from "./watched.ts";
import { installed } from "../support/installed.ts";

const ignore = !hasPython();
const FILES = 12;
const nothing = { version: versionOf(1), package: new Uint8Array() };
const on = (day: number, files = FILES) => grownTree(files, ROWS + day);

for (const kind of ["deployed", "modern", "no_ranges"] as const) {
  Deno.test({
    name: `files grow day by day on a hub that is ${kind}`,
    ignore,
    fn: async () => {
      await using packer = new PythonPacker();
      await using hub = hubWith(nothing, { kind });
      await using rig = await EngineRig.make({ dataset: { publish: "snapshot" } });
      for (let number = 1; number < 4; number++) {
        const tree = on(number);
        const package_ = await pythonZip(packer, tree);
        const { plan, requests } = await live(rig, hub, { number, tree, package: package_ });
        assert(requests <= 3);
        if (number > 1 && kind === "modern") assert.match(plan!.strategy, /ends/);
        if (kind === "no_ranges") assert.match(plan!.strategy, /no ranges/);
      }
    },
  });
}

Deno.test({
  name: "a hub that answers only the first of several ranges costs another plan, and no file",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker();
    await using hub = hubWith(nothing);
    await using rig = await EngineRig.make();
    using owned = createFetch({ direct: true, idleConnections: 0 });
    let cut = 0;
    const firstRange: typeof globalThis.fetch = (input, init) => {
      const headers = new Headers((init as RequestInit | undefined)?.headers);
      const ranges = headers.get("range")?.split(",") ?? [];
      if (ranges.length > 1) cut++;
      if (ranges.length > 1) headers.set("range", ranges[0]!);
      return owned.fetch(input, { ...init, headers });
    };
    for (let number = 1; number < 4; number++) {
      const tree = on(number);
      const options = { client: { ...farClock().client, fetch: firstRange } };
      const day = { number, tree, package: await pythonZip(packer, tree), options };
      const { plan, requests } = await live(rig, hub, day);
      if (number === 2) assert.match(plan!.strategy, /ends/);
      assert(requests <= 4, `${requests} requests`);
    }
    assert.equal(cut, 1, "it is learnt by one request, and remembered");
  },
});

for (const then of ["cut", "old", "new"] as const) {
  Deno.test({
    name: `a package that is replaced while ends come is planned again (the answer: ${then})`,
    ignore,
    fn: async () => {
      await using packer = new PythonPacker();
      await using hub = hubWith(nothing);
      await using rig = await EngineRig.make();
      const first = on(1);
      await live(rig, hub, { number: 1, tree: first, package: await pythonZip(packer, first) });
      const [second, third] = [await pythonZip(packer, on(2)), await pythonZip(packer, on(5))];
      let planned = 0;
      const onStep = (step: string) => {
        if (step !== "planned" || planned++ > 0) return;
        const version = versionOf(3);
        hub.faults.add({ name: "replace_package", package: third, version, then, after: 2000 });
      };
      const options = { ...farClock(), context: { onStep } };
      // Who gets the old package to its end has a good one.
      const tree2 = on(then === "old" ? 2 : 5);
      await live(rig, hub, { number: 2, tree: tree2, package: second, options });
      assert.equal(planned > 1, then !== "old");
      // What was fetched of two packages is good enough to go on from.
      const tree = on(7);
      const { plan, requests } = await live(rig, hub, {
        number: 4,
        tree,
        package: await pythonZip(packer, tree),
      });
      assert.match(plan!.strategy, /ends/);
      assert.equal(requests, 1);
    },
  });
}

/** Other ways to make a package of a tree. */
const MAKERS: Record<string, (tree: Tree, packer: PythonPacker) => Promise<Uint8Array>> = {
  "the runtime's zlib": (tree) => Promise.resolve(zipOf(tree)),
  "python at level 9": (tree, packer) => pythonZip(packer, tree, { packing: () => ({ level: 9 }) }),
  "python at levels 1, 6 and 9": (tree, packer) =>
    pythonZip(packer, tree, { packing: (path) => ({ level: [1, 6, 9][path.charCodeAt(7) % 3]! }) }),
  "python at level 1": (tree, packer) => pythonZip(packer, tree, { packing: () => ({ level: 1 }) }),
  "python with descriptors": (tree, packer) => pythonZip(packer, tree, { descriptors: true }),
  "7zz": (tree) => byProgram(["7zz", "a", "-bd", "-tzip", "../out.zip", "."], tree),
  "zip": (tree) => byProgram(["zip", "-q", "-r", "../out.zip", "."], tree),
  "zip -1": (tree) => byProgram(["zip", "-q1", "-r", "../out.zip", "."], tree),
  "libdeflate-gzip": async (tree) => {
    await using temp = await tempDir();
    await writeTree(temp.path, tree);
    // One start for all files: there are hundreds.
    const args = ["-k", ...tree.keys()];
    await run("libdeflate-gzip", args, { cwd: temp.path });
    const files = [];
    for (const [path, content] of tree) {
      const gzip = await Deno.readFile(temp.at(`${path}.gz`));
      const name = (gzip[3]! & 8) === 0 ? 10 : gzip.indexOf(0, 10) + 1;
      const data = gzip.subarray(name, -8);
      const sizes = { compressedSize: data.length, size: content.length };
      files.push({
        path,
        precompressed: { method: 8 as const, crc: crc32(content), ...sizes, data },
      });
    }
    return buildZip(files);
  },
};

/** What a program makes of a tree. */
async function byProgram([program, ...args]: string[], tree: Tree): Promise<Uint8Array> {
  await using temp = await tempDir();
  await writeTree(temp.at("in"), tree);
  await run(program!, args, { cwd: temp.at("in") });
  return await Deno.readFile(temp.at("out.zip"));
}

for (const [name, make] of Object.entries(MAKERS)) {
  const program = name.split(" ")[0]!;
  const isProgram = !["the", "python"].includes(program);
  Deno.test({
    name: `packages of ${name}, before and after Python's, never make a wrong file`,
    ignore: ignore || isProgram && !installed(program),
    fn: async () => {
      await using packer = new PythonPacker();
      await using hub = hubWith(nothing);
      await using rig = await EngineRig.make();
      const asUsual = (tree: Tree) => pythonZip(packer, tree);
      const makers = [asUsual, asUsual, make, make, make, asUsual, asUsual];
      for (const [index, maker] of makers.entries()) {
        const tree = on(index, 7);
        const day = { number: index + 1, tree, package: await maker(tree, packer) };
        const { requests } = await live(rig, hub, day);
        assert(requests <= 4, `${requests} requests, day ${index + 1}`);
      }
    },
  });
}
