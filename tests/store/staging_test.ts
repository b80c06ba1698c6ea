/** Names of staged files: the same for the same content, and never those of data. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ensureLayout, resolveLayout } from "../../src/store/layout.ts";
import {
  clearUnfinished,
  listStaging,
  removeStaged,
  StagingNames,
} from "../../src/store/staging.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("StagingNames gives one content at one path the same name in every run", () => {
  const entry = { path: "a/b.csv", crc: 0xdeadbeef, size: 1234 };
  const name = new StagingNames().nameOf(entry);
  assert.equal(new StagingNames().nameOf(entry), name);
  const names = new StagingNames();
  names.nameOf({ path: "x.csv", crc: 1, size: 2 });
  assert.equal(names.nameOf(entry), name);
  assert.equal(names.nameOf(entry), name);
  assert.notEqual(names.nameOf({ ...entry, crc: 1 }), name);
  assert.notEqual(names.nameOf({ ...entry, size: 1 }), name);
  assert.notEqual(names.nameOf({ ...entry, path: "a/c.csv" }), name);
});

Deno.test("StagingNames keeps paths apart whose CRC-32 is the same", () => {
  const [one, other] = ["plumless", "buckeroo"]; // one CRC-32, 4DDB0C25
  const names = new StagingNames();
  const first = names.nameOf({ path: one!, crc: 5, size: 5 });
  const second = names.nameOf({ path: other!, crc: 5, size: 5 });
  assert.notEqual(first, second);
  assert.equal(names.nameOf({ path: one!, crc: 5, size: 5 }), first);
  assert.equal(names.nameOf({ path: other!, crc: 5, size: 5 }), second);
});

Deno.test("StagingNames makes names that look like nobody's data and are never shared", () => {
  const entry = fc.record({
    path: fc.string({ minLength: 1, unit: "grapheme" }),
    crc: fc.nat(0xffffffff),
    size: fc.nat(Number.MAX_SAFE_INTEGER),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(entry, { selector: ({ path }) => path, maxLength: 50 }),
      (entries) => {
        const names = new StagingNames();
        const given = entries.map((one) => names.nameOf(one));
        assert.equal(new Set(given).size, entries.length);
        for (const name of given) assert.match(name, /^[0-9a-f]{8}-[0-9a-z]+-[0-9a-f]{8}(-\d+)?$/);
      },
    ),
  );
});

Deno.test("clearUnfinished() removes what a killed run was writing, wherever it is, and nothing else", async () => {
  await using temp = await tempDir();
  const layout = await resolveLayout(temp.at("bars"));
  await ensureLayout(layout);
  clearUnfinished(layout);
  await Deno.mkdir(`${layout.staging}/tree/sub`, { recursive: true });
  for (const name of [".77.unfinished", "tree/sub/.9.unfinished", "tree/sub/a.csv", "0a-b-c"]) {
    await Deno.writeTextFile(`${layout.staging}/${name}`, "x");
  }
  clearUnfinished(layout);
  assert.deepEqual([...listStaging(layout)].sort(), ["0a-b-c", "tree/sub/a.csv"]);
});

Deno.test("listStaging() and removeStaged() work on what is there, and on nothing", async () => {
  await using temp = await tempDir();
  const layout = await resolveLayout(temp.at("data"));
  assert.deepEqual(listStaging(layout), new Set());
  await ensureLayout(layout);
  for (const name of ["a", "b", "c"]) await Deno.writeTextFile(`${layout.staging}/${name}`, name);
  assert.deepEqual(listStaging(layout), new Set(["a", "b", "c"]));
  removeStaged(layout, ["a", "gone", "c"]);
  assert.deepEqual(listStaging(layout), new Set(["b"]));
});
