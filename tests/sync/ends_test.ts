/** Files to which rows were appended, in packages of Python's zlib: both ends of their tails are enough. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { FaultyHub } from "../support/faulty_hub/hub.ts";
import { EngineRig } from "../support/engine.ts";
import { seededRandom } from "../support/random.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import type { Tree } from "../support/tree.ts";
import { csvRows, walkBlocks } from "../support/deflate_streams.ts";
import { type Day, farClock, grownTree, live, pathOf, pythonZip, ROWS } from "./grown_days.ts";
import { hubWith, versionOf } from "./watched.ts";

const ignore = !hasPython();
const FILES = 20;

/** Lives a day for each tree, all packed by Python. */
async function days(
  trees: Tree[],
  seen: (day: Day, number: number, rig: EngineRig) => void | Promise<void>,
  place: Partial<{ rig: EngineRig; hub: FaultyHub }> = {},
): Promise<void> {
  await using packer = new PythonPacker();
  await using ownHub = hubWith({ version: versionOf(1), package: new Uint8Array() });
  await using ownRig = await EngineRig.make();
  const { rig = ownRig, hub = ownHub } = place;
  for (const [index, tree] of trees.entries()) {
    const number = index + 1;
    await seen(
      await live(rig, hub, { number, tree, package: await pythonZip(packer, tree) }),
      number,
      rig,
    );
  }
}

/** The first day, and the same with other files; the others grew by a row. */
function withOthers(others: Tree): [Tree, Tree] {
  const second = grownTree(FILES, ROWS + 1);
  for (const [path, content] of others) second.set(path, content);
  return [grownTree(FILES, ROWS), new Map([...second].sort(([a], [b]) => a < b ? -1 : 1))];
}

Deno.test({
  name: "a file that grew by a row costs less than 2 KB, day after day",
  ignore,
  fn: async () => {
    const trees = [0, 1, 2, 3, 4].map((more) => grownTree(FILES, ROWS + more));
    await days(trees, ({ plan, wire, requests, result }, number) => {
      if (number === 1) return;
      assert.equal(plan!.strategy, "ends of grown files");
      assert.equal(plan!.tails, FILES);
      assert.equal(result.entriesFetched, FILES);
      assert.equal(requests, 1, "every guess was right");
      assert(wire < FILES * 2000, `${wire} bytes, day ${number}`);
    });
  },
});

Deno.test({
  name:
    "files that were rewritten, shortened, restated, removed or new stand beside those that grew",
  ignore,
  fn: async () => {
    const restated = csvRows(2, ROWS + 1);
    restated.set(Buffer.from("9"), 20_000);
    const late = csvRows(5, ROWS + 1);
    late.set(Buffer.from("9999"), late.length - 1500); // within the last block's old content
    const [first, second] = withOthers(
      new Map([
        [pathOf(1), csvRows(901, ROWS + 30)], // another file, and longer
        [pathOf(2), restated],
        [pathOf(3), csvRows(3, ROWS - 200)],
        [pathOf(5), late],
        ["new.csv", csvRows(77, 400)],
      ]),
    );
    second.delete(pathOf(4));
    const third = new Map([...second].map(([path, content]) => [
      path,
      new Uint8Array(Buffer.concat([content, csvRows(50, 1)])),
    ]));
    await days([first, second, third], ({ plan, result, requests, wire }, number) => {
      if (number === 1) return;
      assert.equal(plan!.strategy, "ends of grown files");
      assert(requests <= 4, `${requests} requests`);
      if (number === 2) {
        assert.equal(plan!.tails, FILES - 2);
        assert.equal(plan!.whole, 2);
        assert.equal(result.entriesDeleted, 1);
      } else {
        assert.equal(plan!.tails, FILES);
        assert(wire < FILES * 2000, `what was fetched whole grows like the rest: ${wire}`);
      }
    });
  },
});

Deno.test({
  name: "a file that the user changed or removed isn't guessed from",
  ignore,
  fn: async () => {
    await using rig = await EngineRig.make();
    const trees = [0, 1, 2].map((more) => grownTree(FILES, ROWS + more));
    await days(trees, async ({ plan, requests }, number) => {
      const at = (index: number) => `${rig.dataset.localDir}/${pathOf(index)}`;
      if (number > 1) assert.equal(plan!.tails, FILES - 2, `day ${number}`);
      if (number > 1) assert.equal(requests, 1);
      const content = await Deno.readFile(at(number));
      await Deno.writeFile(at(number), content.with(7, 35));
      await Deno.remove(at(number + 5));
    }, { rig });
  },
});

Deno.test({
  name: "a file that changes or goes between the look and the decoding is fetched in another way",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker();
    const [first, second] = [grownTree(FILES, ROWS), grownTree(FILES, ROWS + 1)];
    await using hub = hubWith({ version: versionOf(1), package: new Uint8Array() });
    await using rig = await EngineRig.make();
    await live(rig, hub, { number: 1, tree: first, package: await pythonZip(packer, first) });
    let planned = 0;
    const onStep = (step: string) => {
      if (step !== "planned" || planned++ > 0) return;
      const at = (index: number) => `${rig.dataset.localDir}/${pathOf(index)}`;
      Deno.writeFileSync(at(1), new Uint8Array(200_000).fill(48));
      Deno.removeSync(at(2));
      Deno.truncateSync(at(3), 100_000);
      const changed = Deno.readFileSync(at(4));
      Deno.writeFileSync(at(4), changed.with(5, 35)); // before all that is replayed
    };
    const day = { number: 2, tree: second, package: await pythonZip(packer, second) };
    const options = { ...farClock(), context: { onStep } };
    const { plan, requests } = await live(rig, hub, { ...day, options });
    assert.equal(plan!.strategy, "ends of grown files");
    assert(planned > 1);
    assert(requests <= 4, `${requests}`);
  },
});

/** Rows with names as older hubs write them. */
function gbkRows(seed: number, rows: number): Uint8Array {
  const random = seededRandom(seed);
  const text = new TextDecoder("latin1").decode(csvRows(seed, rows));
  return Buffer.from(
    text.replaceAll("\n", () => {
      const name = Array.from({ length: 4 }, () => 0xb0a1 + Math.floor(random() * 90));
      return `,${name.map((code) => String.fromCharCode(code >> 8, code & 255)).join("")}\n`;
    }),
    "latin1",
  );
}

const GROWTHS: Record<string, (index: number) => Uint8Array> = {
  "one byte": (index) => csvRows(index, 1).subarray(0, 1),
  "three bytes": (index) => csvRows(index, 1).subarray(0, 3),
  "many rows": (index) => csvRows(100 + index, 100),
  "more than a block": (index) => csvRows(100 + index, 900),
  "what was there before": (index) => csvRows(index, 40),
  "zeros": () => new Uint8Array(5000),
  "rows in GBK": (index) => gbkRows(index, 1),
};

for (const [name, growth] of Object.entries(GROWTHS)) {
  Deno.test({
    name: `files that grow by ${name} come out right`,
    ignore,
    fn: async () => {
      const files = 8;
      const firstDay = (rows: typeof csvRows): Tree =>
        new Map(Array.from({ length: files }, (_, at) => [pathOf(at), rows(at, 1200 + at * 70)]));
      const trees: Tree[] = [];
      for (let day = 0; day < 4; day++) {
        const before = trees.at(-1) ?? firstDay(name === "rows in GBK" ? gbkRows : csvRows);
        const grown = [...before].map(([path, content], index): [string, Uint8Array] => [
          path,
          day === 0 ? content : new Uint8Array(Buffer.concat([content, growth(index + day)])),
        ]);
        trees.push(new Map(grown));
      }
      await days(trees, ({ plan, requests }, number) => {
        if (number === 1) return;
        assert.equal(plan!.tails, files);
        if (name !== "more than a block") assert.match(plan!.strategy, /ends/);
        assert(requests <= 3, `${requests} requests, day ${number}`);
      });
    },
  });
}

Deno.test({
  name: "a file of a single block costs its ends, too, once the level is known of others",
  ignore,
  fn: async () => {
    const sizes = (index: number) => index < 3 ? ROWS : 200 + index * 20;
    const trees = [0, 1, 2].map((more) => grownTree(FILES, (index) => sizes(index) + more));
    await days(trees, ({ plan, wire, requests }, number) => {
      if (number === 1) return;
      assert.equal(plan!.strategy, "ends of grown files");
      assert.equal(plan!.tails, FILES);
      assert.equal(requests, 1);
      assert(wire < FILES * 2000, `${wire} bytes`);
    });
  },
});

Deno.test({
  name: "blocks that fill up on the way are gone over row by row",
  ignore,
  fn: async () => {
    await using packer = new PythonPacker();
    // The rows at which a second block begins, found by packing.
    const blocksOf = async (rows: number) =>
      walkBlocks((await packer.pack(csvRows(9, rows))).data).blocks.length;
    let [low, high] = [200, ROWS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (await blocksOf(middle) > 1) high = middle;
      else low = middle;
    }
    const rows = [-3, -2, -1, 0, 1, 2, 3, 4, 5].map((more) => high + more);
    const trees = rows.map((count) => {
      const tree: Tree = new Map();
      for (let more = 0; more < 4; more++) tree.set(`a${more}.csv`, csvRows(9, count + more));
      // By these the level is found.
      return new Map([...tree, ...grownTree(3, ROWS + count)]);
    });
    await days(trees, ({ plan, requests }, number) => {
      if (number === 1) return;
      assert.equal(plan!.tails, 7, `day ${number}`);
      assert(requests <= 3, `${requests}`);
    });
  },
});
