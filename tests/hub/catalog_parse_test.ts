import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { HubError } from "../../src/errors.ts";
import { parseCatalog } from "../../src/hub/catalog_parse.ts";
import type { CatalogEntry } from "../../src/types.ts";

const options = { timezone: "Asia/Shanghai" };
const only = (entry: Record<string, unknown>): CatalogEntry =>
  parseCatalog([{ name: "a", ...entry }], options).entries[0]!;

Deno.test("parseCatalog() reads the deployed hub's list", () => {
  const { entries, warnings } = parseCatalog({
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
  deepEqual(warnings, []);
  deepEqual(entries, [{
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
    const names = parseCatalog(root, options).entries.map(({ name }) => name);
    deepEqual(names, ["a", "b"], JSON.stringify(root));
  }
  deepEqual(parseCatalog({ datasets: [] }, options).entries, []);
});

Deno.test("parseCatalog() says not_catalog when there is no list", () => {
  const roots = [{}, null, 1, "x", { error: "no" }, { code: 500, data: null }, {
    error: { code: 1 },
  }];
  for (const root of roots) {
    throws(() => parseCatalog(root, options), (error: unknown) => {
      ok(error instanceof HubError);
      equal(error.code, "not_catalog");
      return true;
    }, JSON.stringify(root));
  }
});

Deno.test("parseCatalog() knows every name of a field", () => {
  for (const key of ["name", "id", "dataset", "dataset_name"]) {
    equal(parseCatalog([{ [key]: "x" }], options).entries[0]?.name, "x", key);
  }
  const keys =
    "last_updated updated_at lastUpdated updated update_time lastUpdateTime dataTime mtime timestamp version";
  for (const key of keys.split(" ")) {
    equal(only({ [key]: "2026-11-22" }).version, "2026-11-22", key);
  }
  equal(only({ last_updated: null, updated_at: "", version: "7" }).version, "7");
  equal(only({ timestamp: 1795298558 }).instant, 1795298558000);
  equal(only({ last_updated: null }).version, null);
});

Deno.test("parseCatalog() decides on readiness in the documented order", () => {
  equal(only({ package_ready: false, status: "ready" }).ready, false);
  equal(only({ package_ready: true, status: "packaging" }).ready, true);
  equal(only({ status: "ready" }).ready, true);
  equal(only({ status: "packaging" }).ready, false);
  equal(only({ status: "unknown" }).ready, undefined);
  equal(only({ package_url: "a.zip" }).ready, true);
  equal(only({}).ready, undefined);
});

Deno.test("parseCatalog() takes sizes as numbers or texts, and 0 for anything else", () => {
  equal(only({ package_size: "188743680" }).packageSize, 188743680);
  equal(only({ size: 12 }).packageSize, 12);
  for (const size of [-1, "x", null, {}, "", 1e300, true]) {
    equal(only({ package_size: size }).packageSize, 0, String(size));
  }
});

Deno.test("parseCatalog() reads digests in every form and warns of those it can't", () => {
  const sha256 = "A".repeat(64);
  const md5 = "b".repeat(32);
  const sha = { algorithm: "sha256", hex: "a".repeat(64) };
  deepEqual(only({ sha256 }).digest, sha);
  deepEqual(only({ hash: `sha256:${sha256}` }).digest, sha);
  deepEqual(only({ checksum: sha256 }).digest, sha);
  deepEqual(only({ md5, sha256 }).digest, sha);
  deepEqual(only({ checksum: md5 }).digest, { algorithm: "md5", hex: md5 });
  deepEqual(only({ checksum: `md5:${md5}` }).digest, { algorithm: "md5", hex: md5 });
  equal(only({ fingerprint: sha256 }).fingerprint, "a".repeat(64));
  const odd = parseCatalog([{ name: "a", sha256: md5 }], options);
  equal(odd.entries[0]?.digest, undefined);
  match(odd.warnings[0] ?? "", /digest of "a"/);
});

Deno.test("parseCatalog() keeps the good entries whatever stands between them", () => {
  const bad = fc.oneof(fc.jsonValue(), fc.constant({ name: "" }), fc.constant({ name: "a" }))
    .filter((value) =>
      JSON.stringify(value) === '{"name":"a"}' ||
      !/"(name|id|dataset)/.test(JSON.stringify(value)) || JSON.stringify(value) === '{"name":""}'
    );
  fc.assert(fc.property(fc.array(bad, { maxLength: 8 }), (values) => {
    const { entries, warnings } = parseCatalog([{ name: "a" }, ...values, { name: "b" }], options);
    deepEqual(entries.map(({ name }) => name), ["a", "b"]);
    equal(warnings.length, values.length);
  }));
});

Deno.test("parseCatalog() tells a few of many bad entries, and how many more there are", () => {
  const bad = Array.from({ length: 5000 }, (_, index) => index);
  const { entries, warnings } = parseCatalog([...bad, { name: "a" }], options);
  deepEqual(entries.map(({ name }) => name), ["a"]);
  equal(warnings.length, 21);
  match(warnings.at(-1)!, /4980 more/);
});

Deno.test("parseCatalog() keeps no text of a length that nobody means", () => {
  const long = "9".repeat(1_000_000);
  const { entries, warnings } = parseCatalog(
    [{ name: "a", last_updated: long, status: long, package_ready: true }],
    options,
  );
  equal(entries[0]!.version, null);
  equal(entries[0]!.status!.length, 256);
  match(warnings[0]!, /version of "a" has 1000000 characters/);
  ok(warnings[0]!.length < 300);
});

Deno.test("parseCatalog() refuses a list of more datasets than any hub has", () => {
  const list = new Array(100_001).fill(0);
  for (const root of [list, { data: list }]) {
    throws(() => parseCatalog(root, options), /the hub lists 100001 datasets/);
  }
});

Deno.test("parseCatalog() never throws anything but not_catalog", () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => {
    try {
      parseCatalog(json, options);
    } catch (error) {
      ok(error instanceof HubError && error.code === "not_catalog", String(error));
    }
  }));
});
