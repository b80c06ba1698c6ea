/** What is remembered of a file's symbols comes back whole, or not at all. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { seal, type SealKind } from "../../src/fs/sealed_json.ts";
import { loadSymbols, type RememberedSymbols, saveSymbols } from "../../src/grown/memory.ts";
import { tempDir } from "../support/temp.ts";

const KIND: SealKind = { what: "memory of symbols", format: 1 };

const some: [string, RememberedSymbols][] = [
  ["sh600000.csv", { crc: 0xffff_ffff, bit: 2 ** 40 + 3, end: 2 ** 39, counts: "AAEC" }],
  ['数据/平安 "银行"\n.csv', { crc: 0, bit: 0, end: 0, counts: "" }],
];

async function sealed(path: string, rows: string, kind = KIND): Promise<void> {
  const pieces = seal(kind, `"entries":${rows}`);
  await Deno.writeFile(path, new Uint8Array(pieces.flatMap((piece) => [...piece])));
}

Deno.test("loadSymbols() gives back what saveSymbols() was given", async () => {
  await using dir = await tempDir();
  const path = dir.at("symbols");
  const symbols = fc.record({
    crc: fc.nat(),
    bit: fc.maxSafeNat(),
    end: fc.maxSafeNat(),
    counts: fc.uint8Array().map((bytes) => bytes.toBase64()),
  }, { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.string({ unit: "binary" }), symbols)), async (rows) => {
      const memory = new Map(rows);
      await saveSymbols(path, memory);
      assert.deepEqual(await loadSymbols(path), memory);
    }),
    { numRuns: 40 },
  );
  await saveSymbols(path, some);
  assert.deepEqual(await loadSymbols(path), new Map(some), "the last one counts");
  assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  assert.deepEqual([...Deno.readDirSync(dir.path)].map(({ name }) => name), ["symbols"]);
});

Deno.test("loadSymbols() gives nothing of a file that is missing, cut or changed anywhere", async () => {
  await using dir = await tempDir();
  const path = dir.at("symbols");
  assert.equal((await loadSymbols(path)).size, 0);
  await saveSymbols(path, some);
  const bytes = await Deno.readFile(path);
  for (let at = 0; at < bytes.length; at++) {
    await Deno.writeFile(path, bytes.with(at, bytes[at]! ^ 1));
    assert.equal((await loadSymbols(path)).size, 0, `byte ${at} changed`);
    await Deno.writeFile(path, bytes.subarray(0, at));
    assert.equal((await loadSymbols(path)).size, 0, `cut to ${at} bytes`);
  }
  await Deno.remove(path);
  await Deno.mkdir(path);
  assert.equal((await loadSymbols(path)).size, 0, "a folder");
});

Deno.test("loadSymbols() gives nothing of another program's file, and only whole rows of its own", async () => {
  await using dir = await tempDir();
  const path = dir.at("symbols");
  for (const format of [0, 2, 99]) {
    await sealed(path, `[["a",1,2,3,"AA"]]`, { ...KIND, format });
    const size = format === 0 ? 1 : 0; // an older one's rows are judged like our own
    assert.equal((await loadSymbols(path)).size, size, `format ${format}`);
  }
  for (const entries of ["null", "{}", "7", `"a"`]) {
    await sealed(path, entries);
    assert.equal((await loadSymbols(path)).size, 0, entries);
  }
  const broken = [`{}`, `null`, `[]`, `["a"]`, `[1,1,2,3,"AA"]`, `["a",-1,2,3,"AA"]`].concat(
    [`["a",1,2.5,3,"AA"]`, `["a",1,2,null,"AA"]`, `["a",1,2,3,4]`, `["a","1",2,3,"AA"]`],
    [`["a",1,1e300,3,"AA"]`],
  );
  await sealed(path, `[${broken},["b",1,2,3,"AA"]]`);
  const whole = new Map([["b", { crc: 1, bit: 2, end: 3, counts: "AA" }]]);
  assert.deepEqual(await loadSymbols(path), whole);
});

Deno.test("saveSymbols() stops nobody where it can't write", async () => {
  await using dir = await tempDir();
  await saveSymbols(dir.at("no", "such", "folder"), some);
  await Deno.mkdir(dir.at("symbols"));
  await Deno.writeTextFile(dir.at("symbols", "x"), "");
  await saveSymbols(dir.at("symbols"), some);
  assert(await Deno.stat(dir.at("symbols", "x")));
});
