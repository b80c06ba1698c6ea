/** The memory of symbols between days: it saves work where it is good, and costs only that where it isn't. */
import assert from "node:assert/strict";
import { seal } from "../../src/fs/sealed_json.ts";
import { loadSymbols, type RememberedSymbols, saveSymbols } from "../../src/grown/memory.ts";
import { reporterOf } from "../../src/sync/sync_context.ts";
import { MOST_BLOCK_CONTENT } from "../../src/grown/ends.ts";
import { EngineRig } from "../support/engine.ts";
import { hasPython, PythonPacker } from "../support/python_packer.ts";
import { seededRandom } from "../support/random.ts";
import type { Tree } from "../support/tree.ts";
import { walkBlocks } from "../support/deflate_streams.ts";
import { type Day, farClock, grownTree, live, pathOf, pythonZip, ROWS } from "./grown_days.ts";
import { hubWith, NAME, versionOf } from "./watched.ts";

const ignore = !hasPython();
const FILES = 10;
/** Rows of a file whose last block is nearly full, so that its ends save much. */
const FULL_ROWS = 1240;

/** An engine, a hub and a Python for days of grown files. */
class Days implements AsyncDisposable {
  readonly hub = hubWith({ version: versionOf(1), package: new Uint8Array() });
  readonly packer = new PythonPacker();
  readonly rig: EngineRig;
  #number = 0;

  private constructor(rig: EngineRig) {
    this.rig = rig;
  }

  static async make(): Promise<Days> {
    return new Days(await EngineRig.make());
  }

  /** Lives the next day, with a row more in every file or another tree. */
  async next(tree: Tree = grownTree(FILES, ROWS + this.#number + 1)): Promise<Day> {
    const number = ++this.#number;
    const day = { number, tree, package: await pythonZip(this.packer, tree) };
    return await live(this.rig, this.hub, day);
  }

  /** Where the memory lies. */
  async path(): Promise<string> {
    return (await this.rig.layout()).symbols;
  }

  async memory(): Promise<Map<string, RememberedSymbols>> {
    return await loadSymbols(await this.path());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.packer[Symbol.asyncDispose]();
    await this.hub.close();
    await this.rig[Symbol.asyncDispose]();
  }
}

/** Rows of which a block of 16,383 symbols holds several hundred KB. */
function calmRows(rows: number): Uint8Array {
  const random = seededRandom(3);
  let text = "";
  for (let row = 0; row < rows; row++) {
    const day = `2026-${1 + row % 12}-${1 + row % 28}`;
    text += `sh600000,${day},0.00,0.00,0.00,0.00,0.00,${Math.floor(random() * 1000)},normal\n`;
  }
  return new TextEncoder().encode(text);
}

Deno.test({
  name: "a block too large to go over again costs its ends while it is remembered, else its tail",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    const rowsFor = (size: number) => Math.floor(size / (calmRows(1000).length / 1000));
    const start = rowsFor(MOST_BLOCK_CONTENT) - 40;
    const treeOf = (day: number, rows: number): Tree =>
      new Map([["calm.csv", calmRows(rows)], ...grownTree(FILES, FULL_ROWS + day)]);
    const trees = [0, 60, 120, 180, 240].map((rows, day) => treeOf(day, start + rows));
    const { data } = await days.packer.pack(calmRows(start + 240));
    assert.equal(walkBlocks(data).blocks.length, 1, "one block, which stays the last");
    assert(calmRows(start).length < MOST_BLOCK_CONTENT);
    assert(calmRows(start + 60).length > MOST_BLOCK_CONTENT);
    const wires: number[] = [];
    for (const [index, tree] of trees.entries()) {
      const { plan, wire, requests } = await days.next(tree);
      wires.push(wire);
      if (index === 0) continue;
      assert.equal(plan!.strategy, "ends of grown files");
      assert.equal(requests, 1);
      if (index === 2) await Deno.remove(await days.path());
    }
    // Its tail is the whole of it here.
    const [, small, remembered, forgotten, again] = wires as [
      number,
      number,
      number,
      number,
      number,
    ];
    assert(Math.max(small, remembered) < (FILES + 1) * 2000, `${small}, ${remembered}`);
    assert(forgotten > remembered + 5000, `${forgotten} after ${remembered}`);
    assert(again > remembered + 5000, "what was fetched whole isn't known");
    assert.deepEqual([...(await days.memory()).keys()].sort(), [...grownTree(FILES, 1).keys()]);
  },
});

Deno.test({
  name: "a remembered block that fills up is left for the one behind it, even one of fixed codes",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    const blocksOf = async (rows: number) =>
      walkBlocks((await days.packer.pack(calmRows(rows))).data).blocks;
    let [low, high] = [4600, 9000];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((await blocksOf(middle)).length > 1) high = middle;
      else low = middle;
    }
    assert.equal((await blocksOf(high + 6)).at(-1)!.type, "fixed");
    const more = [-40, -1, 0, 1, 4, 5, 6, 8, 9, 12, 13].map((rows) => high + rows);
    for (const [day, rows] of [4600, 5400, 6300, 7200, ...more].entries()) {
      const others = grownTree(FILES, FULL_ROWS + day);
      const { plan, requests } = await days.next(
        new Map([["calm.csv", calmRows(rows)], ...others]),
      );
      if (day === 0) continue;
      assert.equal(plan!.strategy, "ends of grown files");
      assert.equal(plan!.tails, FILES + 1, `${rows} rows`);
      assert.equal(requests, 1, `a right guess at ${rows} rows`);
    }
  },
});

Deno.test({
  name: "the memory is what is believed: a false one costs wrong guesses, and no file",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    await days.next();
    const { wire } = await days.next();
    const path = await days.path();
    const memory = await days.memory();
    assert.equal(memory.size, FILES);
    const other = memory.get(pathOf(0))!;
    const random = seededRandom(6);
    const noise = () => Uint8Array.from({ length: 60 }, () => random() * 256).toBase64();
    const lies: ((symbols: RememberedSymbols, index: number) => RememberedSymbols)[] = [
      (symbols) => ({ ...symbols, counts: other.counts }),
      (symbols) => ({ ...symbols, counts: noise() }),
      (symbols) => ({ ...symbols, counts: "" }),
      (symbols) => ({ ...symbols, counts: "no base64 at all" }),
      (symbols) => ({ ...symbols, end: symbols.end + 1 }),
      (symbols) => ({ ...symbols, end: 0 }),
      (symbols) => ({ ...symbols, end: Number.MAX_SAFE_INTEGER }),
    ];
    await saveSymbols(
      path,
      [...memory].map(([name, one], at) => [name, lies[at % lies.length]!(one, at)]),
    );
    const lied = await days.next();
    assert.equal(lied.plan!.strategy, "ends of grown files");
    assert(lied.requests > 1, "some of it was believed");
    assert(lied.requests <= 4, `${lied.requests} requests`);
    const next = await days.next();
    assert(next.requests <= 1 && next.wire < wire * 1.2, `${next.wire} after ${wire}`);
  },
});

Deno.test({
  name: "a memory that is missing, damaged, cut, old or a newer program's costs no byte",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    await days.next();
    const { wire } = await days.next();
    const path = await days.path();
    const old = await Deno.readFile(path);
    const spoil: Record<string, (bytes: Uint8Array) => Uint8Array | undefined> = {
      missing: () => undefined,
      damaged: (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
      cut: (bytes) => bytes.subarray(0, bytes.length >> 1),
      empty: () => new Uint8Array(),
      "of days ago": () => old,
      "a newer program's": () => {
        const kind = { what: "memory of symbols", format: 99 };
        const pieces = seal(kind, `"entries":[]`);
        return new Uint8Array(pieces.flatMap((piece) => [...piece]));
      },
      "of other words": () => {
        const kind = { what: "memory of symbols", format: 1 };
        const rows = `["a"],7,["${pathOf(0)}",-1,1.5,"x",3],{},null`;
        return new Uint8Array(seal(kind, `"entries":[${rows}]`).flatMap((piece) => [...piece]));
      },
    };
    for (const [name, change] of Object.entries(spoil)) {
      const bytes = change(await Deno.readFile(path));
      if (bytes === undefined) await Deno.remove(path);
      else await Deno.writeFile(path, bytes);
      const day = await days.next();
      assert.equal(day.plan!.strategy, "ends of grown files", name);
      assert.equal(day.requests, 1, name);
      assert(Math.abs(day.wire - wire) < 500, `${name}: ${day.wire} bytes, ${wire} before`);
      assert.equal((await days.memory()).size, FILES, `${name}: it is whole again`);
      assert.deepEqual(days.rig.warnings, [], name);
    }
  },
});

Deno.test({
  name: "a memory in a folder's or a link's place stops no sync",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    await days.next();
    await Deno.mkdir(await days.path());
    await Deno.writeTextFile(`${await days.path()}/x`, "");
    for (const _ of [2, 3]) assert.equal((await days.next()).plan!.strategy, "ends of grown files");
  },
});

Deno.test({
  name: "a run that is interrupted while it extracts goes on, and later days are as cheap",
  ignore,
  fn: async () => {
    await using days = await Days.make();
    const { rig, hub, packer } = days;
    await days.next();
    const tree = grownTree(FILES, ROWS + 2);
    const package_ = await pythonZip(packer, tree);
    hub.setDataset(NAME, { version: versionOf(2), package: package_ });
    const stop = new AbortController();
    const reporter = reporterOf({ extracted: () => stop.abort() });
    const context = { signal: stop.signal, reporter };
    const stopped = await rig.sync(hub.url, { ...farClock(), context });
    assert.equal(stopped.status, "interrupted");
    const { plan, requests, wire } = await days.next(tree);
    assert(plan!.staged > 0, "what was done isn't done again");
    assert.equal(plan!.staged + plan!.tails, FILES);
    assert(requests <= 1 && wire < FILES * 2000, `${wire} bytes`);
    for (const _ of [3, 4]) {
      const { plan, wire } = await days.next();
      assert.equal(plan!.strategy, "ends of grown files");
      assert(wire < FILES * 2000);
    }
  },
});
