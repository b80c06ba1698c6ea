/** The published schema of a catalog and the parser agree. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCatalog } from "../../src/hub/catalog/catalog_parse.ts";
import { placePackage } from "../../src/site/place.ts";
import { makePackage } from "../site/packages.ts";
import { startHub } from "../support/hub.ts";
import { testClock } from "../support/clock.ts";
import { tempDir } from "../support/temp.ts";
import { codeBlock, readDoc } from "./code_block.ts";
import { violations } from "./json_schema.ts";

const SCHEMA = JSON.parse(await readDoc("hub-catalog.schema.json"));
const options = { timezone: "Asia/Shanghai" };

/** Nearly always sound, so that a document of ten members is now and then. */
function mostly(sound: fc.Arbitrary<unknown>, ...odd: fc.Arbitrary<unknown>[]) {
  const oddOnes = odd.map((arbitrary) => ({ arbitrary, weight: 1 }));
  return fc.oneof({ arbitrary: sound, weight: 12 * odd.length }, ...oddOnes);
}

const two = (min: number, max: number) =>
  mostly(fc.integer({ min, max }), fc.integer({ min: 0, max: max + 2 }))
    .map((value) => String(value).padStart(2, "0"));
const time = fc.tuple(
  mostly(fc.integer({ min: 1000, max: 9999 }), fc.constantFrom(0, 999, 10000)),
  two(1, 12),
  two(1, 31),
  mostly(fc.constant("T"), fc.constantFrom("t", " ", "")),
  two(0, 23),
  two(0, 59),
  two(0, 59),
  mostly(fc.constantFrom("", ".5", ".123456"), fc.constantFrom(".1234567", ".")),
  mostly(fc.constantFrom("", "Z", "+08:00", "-14:59"), fc.constantFrom("+1", "z", "+0800")),
).map(([year, month, day, t, hour, minute, second, fraction, zone]) =>
  `${year}-${month}-${day}${t}${hour}:${minute}:${second}${fraction}${zone}`
);
const hexOf = (digits: string, minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...digits), { minLength, maxLength }).map((found) => found.join(""));
const sha256 = mostly(hexOf("0123456789abcdef", 64, 64), hexOf("0123456789abcdefA", 62, 65));
const size = mostly(fc.maxSafeNat(), fc.constantFrom(-1, 1.5, 2 ** 60, "7", null));
const oddNames = ["", " ", " a", ".a", "a/b", "a\ud800", "\ufeff", 7, null];
const sound = {
  name: mostly(
    fc.oneof(fc.constantFrom("etf", "数据", "a b"), fc.string({ minLength: 1, unit: "grapheme" })),
    fc.constantFrom<unknown>(...oddNames),
    fc.string({ unit: "binary" }),
  ),
  last_updated: mostly(
    fc.oneof(time, time, fc.constant(null)),
    fc.constantFrom<unknown>("", "soon", 1.5e12),
  ),
  package_ready: mostly(fc.boolean(), fc.constantFrom("true", null)),
};
const dataset = fc.record({
  ...sound,
  package_size: size,
  package_url: mostly(fc.webUrl(), fc.webPath(), fc.constantFrom<unknown>("", " ", "a b", 7)),
  sha256,
  fingerprint: sha256,
  file_count: size,
  total_size: size,
  status: mostly(fc.constantFrom("ready", "packaging", "unknown"), fc.constantFrom("done", null)),
  freshness: fc.jsonValue(),
}, { requiredKeys: ["name", "last_updated", "package_ready"] });

Deno.test("what the schema accepts, the parser accepts, word for word", () => {
  let accepted = 0;
  let refused = 0;
  const property = fc.property(dataset, (one) => {
    if (violations(SCHEMA, { datasets: [one] }).length > 0) {
      refused++;
      return;
    }
    accepted++;
    // As it comes over the wire.
    const json = JSON.parse(JSON.stringify({ datasets: [one] }));
    const { datasets: [entry, ...more], warnings } = parseCatalog(json, options);
    assert(entry !== undefined && more.length === 0);
    // Which days a month has is more than a pattern can tell.
    assert.deepEqual(warnings.filter((text) => !/can't be read as a time/.test(text)), []);
    assert.equal(entry.name, one.name);
    assert.equal(entry.version, one.last_updated);
    assert.equal(entry.ready, one.package_ready);
    assert.equal(entry.packageSize, one.package_size ?? 0);
    assert.equal(entry.fileCount, one.file_count ?? 0);
    assert.equal(entry.totalSize, one.total_size ?? 0);
    assert.equal(entry.packageUrl, one.package_url);
    assert.equal(entry.digest?.hex, one.sha256);
    assert.equal(entry.fingerprint, one.fingerprint);
    assert.equal(entry.status, one.status);
    const day = String(one.last_updated).slice(8, 10);
    if (one.last_updated !== null && day < "29") assert.notEqual(entry.instant, null);
  });
  fc.assert(property, { numRuns: 3000 });
  assert(accepted > 300 && refused > 300, `${accepted} accepted, ${refused} refused`);
});

Deno.test("no character that the schema lets into a name makes the parser skip it", () => {
  const odd: string[] = [];
  for (let code = 0; code < 0xe0100; code += code === 0xffff ? 0xe0000 - 0xffff : 1) {
    const name = `a${String.fromCodePoint(code)}b`;
    const dataset = { name, last_updated: null, package_ready: true };
    if (violations(SCHEMA, { datasets: [dataset] }).length > 0) continue;
    if (parseCatalog({ datasets: [dataset] }, options).datasets[0]?.name !== name) {
      odd.push(code.toString(16));
    }
  }
  assert.deepEqual(odd, []);
});

Deno.test("the schema accepts the specification's example, and the deployed hub's answer", async () => {
  const example = JSON.parse(await codeBlock("hub.md", { language: "json" }));
  assert.deepEqual(violations(SCHEMA, example), []);
  await using hub = startHub();
  const answer = await (await fetch(`${hub.url}/api/datasets`)).json();
  assert.deepEqual(violations(SCHEMA, answer), []);
});

Deno.test("the schema accepts a mirror's catalog", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  for (const [name, version] of [["etf", "2026-11-22T06:02:38"], ["数据", null]] as const) {
    const { input } = await makePackage(temp, { name, version, text: name });
    await placePackage(mirror, input, { clock: testClock() });
  }
  const catalog = JSON.parse(await Deno.readTextFile(temp.at("mirror", "api", "datasets")));
  assert.deepEqual(violations(SCHEMA, catalog), []);
});

Deno.test("the specification names every key of the schema, and says the same of what must be", async () => {
  const doc = await readDoc("hub.md");
  const { properties, required } = SCHEMA.$defs.dataset;
  const table = doc.slice(doc.indexOf("| key "), doc.indexOf("Further keys"));
  const rows = table.split("\n").slice(2).filter((line) => line.startsWith("|"));
  const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
  const named = cells.flatMap(([, keys, must]) =>
    [...keys!.matchAll(/`(\w+)`/g)].map(([, key]) => [key!, must === "yes"] as const)
  );
  assert.deepEqual(
    named.toSorted(),
    Object.keys(properties).map((key) => [key, required.includes(key)]).toSorted(),
  );
});
