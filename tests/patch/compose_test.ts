/** Patches in a row are composed into one that makes the same files. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { ArchiveError } from "../../src/errors.ts";
import { compose, type Link, MOST_SEGMENTS } from "../../src/patch/compose.ts";
import { difference } from "../../src/patch/difference.ts";
import { formatRecipe, parseRecipe } from "../../src/patch/recipe.ts";

type Day = Map<string, Uint8Array>;

const lengthOf = (parts: readonly Uint8Array[]) => parts.reduce((sum, one) => sum + one.length, 0);

/** The patch from one day to the next, with names as they stand on the second. */
function linkBetween(before: Day, after: Day, data: Uint8Array[]): Link {
  const names = [...after.keys()];
  const dataOffset = lengthOf(data);
  const changes = names.flatMap((name, index) => {
    const [old, now] = [before.get(name), after.get(name)!];
    if (old !== undefined && Buffer.compare(old, now) === 0) return [];
    // Every second one is made of another name's content, as a renamed file is.
    const [source] = index % 2 === 0 ? [...before.keys()].slice(index / 2) : [];
    const { pieces, inserted } = difference(before.get(source ?? name) ?? new Uint8Array(), now);
    data.push(inserted);
    return [{ index, pieces, ...(source !== undefined && { source }) }];
  });
  const sizes = (index: number) => after.get(names[index]!)?.length;
  const dataSize = lengthOf(data) - dataOffset;
  return {
    changes: parseRecipe(formatRecipe(changes), { sizes, dataSize }),
    nameOf: (index) => names[index]!,
    dataOffset,
  };
}

function chainOf(folders: readonly Day[]): { chain: Link[]; data: Uint8Array } {
  const data: Uint8Array[] = [];
  const chain = folders.slice(1).map((after, index) => linkBetween(folders[index]!, after, data));
  return { chain, data: Buffer.concat(data) };
}

const content = fc.uint8Array({ maxLength: 120, max: 1 }); // long runs are the same by chance
const day: fc.Arbitrary<Day> = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), content)
  .map((files) => new Map(Object.entries(files).sort()));

Deno.test("compose() makes the last day out of the first, as one patch after another would", () => {
  fc.assert(
    fc.property(fc.array(day, { minLength: 2, maxLength: 5 }), (folders) => {
      const { chain, data } = chainOf(folders);
      const instructions = compose(chain);
      const [first, last] = [folders[0]!, folders.at(-1)!];
      for (const [name, expected] of last) {
        const old = first.get(name) ?? new Uint8Array();
        const segments = instructions.get(name);
        const found = segments === undefined ? old : Buffer.concat(
          segments.map(({ from, offset, length, name: source = name }) =>
            (from === "old" ? first.get(source)! : data).subarray(offset, offset + length)
          ),
        );
        assert.equal(Buffer.compare(found, expected), 0, name);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("compose() writes a file that grew on each day in few segments", () => {
  const old = new Uint8Array(1000).fill(1);
  const grown = (rows: number): Day =>
    new Map([["a", Buffer.concat([old, new Uint8Array(rows * 50).fill(2)])]]);
  assert.deepEqual(compose(chainOf([0, 1, 2, 3].map(grown)).chain).get("a"), [
    { from: "old", offset: 0, length: 1000 },
    { from: "data", offset: 0, length: 150 },
  ]);
});

Deno.test("compose() refuses a chain that cuts a file into more parts than anybody needs", () => {
  const nameOf = () => "a";
  const bytes = 10_000;
  const singles = Array.from(
    { length: bytes },
    (_, at) => ({ from: bytes - at, length: 1, insert: 0 }),
  );
  const copies = Array.from({ length: 1000 }, () => ({ from: 0, length: bytes, insert: 0 }));
  const chain = [singles, copies].map((pieces) => ({
    changes: [{ index: 0, pieces }],
    nameOf,
    dataOffset: 0,
  }));
  assert.equal(compose(chain.slice(0, 1)).get("a")!.length, bytes);
  assert(copies.length * bytes > MOST_SEGMENTS);
  assert.throws(
    () => compose(chain),
    (error: unknown) => error instanceof ArchiveError && error.code === "bad_patch",
  );
});

Deno.test("compose() takes time by the parts that it makes, not by those that it passes", () => {
  const singles = Array.from(
    { length: 300_000 },
    (_, at) => ({ from: 2 * at, length: 1, insert: 0 }),
  );
  const same = singles.map((_, at) => ({ from: at, length: 1, insert: 0 }));
  const chain = [singles, same, same].map((pieces) => ({
    changes: [{ index: 0, pieces }],
    nameOf: () => "a",
    dataOffset: 0,
  }));
  const began = performance.now();
  assert.equal(compose(chain).get("a")!.length, 300_000);
  // Passing over all before each would be 90,000,000,000 steps.
  assert(performance.now() - began < 30_000);
});

Deno.test("compose() follows a file through its names, and back to the first", () => {
  const piece = { from: 0, length: 50, insert: 0 };
  const link = (name: string, source: string): Link => ({
    changes: [{ index: 0, source, pieces: [piece] }],
    nameOf: () => name,
    dataOffset: 0,
  });
  const chain = [link("b", "a"), link("c", "b"), link("a", "c")];
  assert.deepEqual(compose(chain.slice(0, 2)).get("c"), [
    { from: "old", offset: 0, length: 50, name: "a" },
  ]);
  assert.deepEqual(compose(chain).get("a"), [{ from: "old", offset: 0, length: 50 }]);
});

Deno.test("compose() looks at the parts of a file once, however many are made of it", () => {
  const cut = Array.from({ length: 200_000 }, (_, at) => ({ from: at * 2, length: 1, insert: 0 }));
  const copies = Array.from({ length: 20_000 }, (_, index) => ({
    index: index + 1,
    source: "a",
    pieces: [{ from: 0, length: 1, insert: 0 }],
  }));
  const names = (index: number) => index === 0 ? "a" : `copy${index}`;
  const began = performance.now();
  const chain = [{ changes: [{ index: 0, pieces: cut }], nameOf: names, dataOffset: 0 }, {
    changes: copies,
    nameOf: names,
    dataOffset: 0,
  }];
  assert.equal(compose(chain).size, 20_001);
  // Each copy walking through all parts would take minutes.
  assert(performance.now() - began < 20_000);
});
