/** Catalogs of every known hub are read, and one wrong entry costs no other. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { HubError } from "../../src/errors.ts";
import { parseCatalog } from "../../src/hub/catalog/catalog_parse.ts";
import type { ListedDataset } from "../../src/types.ts";

const options = { timezone: "Asia/Shanghai" };
const only = (entry: Record<string, unknown>): ListedDataset =>
  parseCatalog([{ name: "a", ...entry }], options).datasets[0]!;

Deno.test("parseCatalog() reads the deployed hub's list", () => {
  const { datasets, warnings } = parseCatalog({
    datasets: [{
      name: "stock-trading-data-pro",
      last_updated: "2026-11-22T06:02:38.165365",
      file_count: 5600,
      total_size: 587202560,
      package_ready: true,
      package_size: 188743680,
      freshness: {},
      status: "ready",
    }],
  }, options);
  assert.deepEqual(warnings, []);
  assert.deepEqual(datasets, [{
    name: "stock-trading-data-pro",
    version: "2026-11-22T06:02:38.165365",
    instant: Date.UTC(2026, 10, 21, 22, 2, 38) + 165.365,
    ready: true,
    status: "ready",
    packageSize: 188743680,
    fileCount: 5600,
    totalSize: 587202560,
  }]);
});

Deno.test("parseCatalog() reads where the lists of digests and midstates are", () => {
  const list = { url: "digests/a/0.sha256", size: 48, sha256: "a".repeat(64) };
  const midstates = { ...list, sha256: "b".repeat(64) };
  assert.deepEqual(only({ digests: { ...list, midstates, more: 1 } }).digests, {
    ...list,
    midstates,
  });
  for (const no of [null, [], "x", 3, { ...midstates, size: 0 }, { ...midstates, sha256: "b" }]) {
    assert.deepEqual(only({ digests: { ...list, midstates: no } }).digests, list);
  }
  assert.equal(only({ digests: { midstates } }).digests, undefined);
});

Deno.test("parseCatalog() finds the list in every root", () => {
  const list = [{ name: "a" }, { name: "b" }];
  const roots: unknown[] = [
    list,
    ...["datasets", "data", "result", "items"].map((key) => ({ [key]: list })),
    { code: 0, message: "ok", data: list },
    { code: 0, data: { datasets: list } },
    { a: { status: "ready" }, b: { last_updated: "2026-11-22" } },
    { datasets: { a: { status: "ready" }, b: {} } },
  ];
  for (const root of roots) {
    const names = parseCatalog(root, options).datasets.map(({ name }) => name);
    assert.deepEqual(names, ["a", "b"], JSON.stringify(root));
  }
  assert.deepEqual(parseCatalog({ datasets: [] }, options).datasets, []);
});

Deno.test("parseCatalog() says not_catalog when there is no list", () => {
  const roots = [{}, null, 1, "x", { error: "no" }, { code: 500, data: null }, {
    error: { code: 1 },
  }];
  for (const root of roots) {
    assert.throws(() => parseCatalog(root, options), (error: unknown) => {
      assert(error instanceof HubError);
      assert.equal(error.code, "not_catalog");
      return true;
    }, JSON.stringify(root));
  }
});

Deno.test("parseCatalog() knows every name of a field", () => {
  for (const key of ["name", "id", "dataset", "dataset_name"]) {
    assert.equal(parseCatalog([{ [key]: "x" }], options).datasets[0]?.name, "x", key);
  }
  const keys =
    "last_updated updated_at lastUpdated updated update_time lastUpdateTime dataTime mtime timestamp version";
  for (const key of keys.split(" ")) {
    assert.equal(only({ [key]: "2026-11-22" }).version, "2026-11-22", key);
  }
  assert.equal(only({ last_updated: null, updated_at: "", version: "7" }).version, "7");
  assert.equal(only({ timestamp: 1795298558 }).instant, 1795298558000);
  assert.equal(only({ last_updated: null }).version, null);
});

Deno.test("parseCatalog() decides on readiness in the documented order", () => {
  assert.equal(only({ package_ready: false, status: "ready" }).ready, false);
  assert.equal(only({ package_ready: true, status: "packaging" }).ready, true);
  assert.equal(only({ status: "ready" }).ready, true);
  assert.equal(only({ status: "packaging" }).ready, false);
  assert.equal(only({ status: "unknown" }).ready, undefined);
  assert.equal(only({ package_url: "a.zip" }).ready, true);
  assert.equal(only({}).ready, undefined);
});

Deno.test("parseCatalog() takes sizes as numbers or texts, and 0 for anything else", () => {
  assert.equal(only({ package_size: "188743680" }).packageSize, 188743680);
  assert.equal(only({ size: 12 }).packageSize, 12);
  for (const size of [-1, "x", null, {}, "", 1e300, true]) {
    assert.equal(only({ package_size: size }).packageSize, 0, String(size));
  }
});

Deno.test("parseCatalog() reads digests in every form and warns of those it can't", () => {
  const sha256 = "A".repeat(64);
  const md5 = "b".repeat(32);
  const sha = { algorithm: "sha256", hex: "a".repeat(64) };
  assert.deepEqual(only({ sha256 }).digest, sha);
  assert.deepEqual(only({ hash: `sha256:${sha256}` }).digest, sha);
  assert.deepEqual(only({ checksum: sha256 }).digest, sha);
  assert.deepEqual(only({ md5, sha256 }).digest, sha);
  assert.deepEqual(only({ checksum: md5 }).digest, { algorithm: "md5", hex: md5 });
  assert.deepEqual(only({ checksum: `md5:${md5}` }).digest, { algorithm: "md5", hex: md5 });
  assert.equal(only({ fingerprint: sha256 }).fingerprint, "a".repeat(64));
  const odd = parseCatalog([{ name: "a", sha256: md5 }], options);
  assert.equal(odd.datasets[0]?.digest, undefined);
  assert.match(odd.warnings[0] ?? "", /digest of "a"/);
});

Deno.test("parseCatalog() keeps the good entries whatever stands between them", () => {
  const bad = fc.oneof(fc.jsonValue(), fc.constant({ name: "" }), fc.constant({ name: "a" }))
    .filter((value) =>
      JSON.stringify(value) === '{"name":"a"}' ||
      !/"(name|id|dataset)/.test(JSON.stringify(value)) || JSON.stringify(value) === '{"name":""}'
    );
  fc.assert(fc.property(fc.array(bad, { maxLength: 8 }), (values) => {
    const { datasets, warnings } = parseCatalog([{ name: "a" }, ...values, { name: "b" }], options);
    assert.deepEqual(datasets.map(({ name }) => name), ["a", "b"]);
    assert.equal(warnings.length, values.length);
  }));
});

Deno.test("parseCatalog() tells a few of many bad entries, and how many more there are", () => {
  const bad = Array.from({ length: 5000 }, (_, index) => index);
  const { datasets, warnings } = parseCatalog([...bad, { name: "a" }], options);
  assert.deepEqual(datasets.map(({ name }) => name), ["a"]);
  assert.equal(warnings.length, 21);
  assert.match(warnings.at(-1)!, /4980 more/);
});

Deno.test("parseCatalog() keeps no text of a length that nobody means", () => {
  const long = "9".repeat(1_000_000);
  const { datasets, warnings } = parseCatalog(
    [{ name: "a", last_updated: long, status: long, package_ready: true }],
    options,
  );
  assert.equal(datasets[0]!.version, null);
  assert.equal(datasets[0]!.status!.length, 256);
  assert.match(warnings[0]!, /version of "a" has 1000000 characters/);
  assert(warnings[0]!.length < 300);
});

Deno.test("parseCatalog() refuses a list of more datasets than any hub has", () => {
  const list = new Array(100_001).fill(0);
  for (const root of [list, { data: list }]) {
    assert.throws(() => parseCatalog(root, options), /the hub lists 100001 datasets/);
  }
});

Deno.test("parseCatalog() never throws anything but not_catalog", () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => {
    try {
      parseCatalog(json, options);
    } catch (error) {
      assert(error instanceof HubError && error.code === "not_catalog", String(error));
    }
  }));
});
