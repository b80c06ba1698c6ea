/**
 * A package is placed in a site whole, for every reader, and what it replaces goes in time. Longer
 * than 250 lines because a site can be found in many states, each a case.
 */
import { createHash } from "node:crypto";
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { HubError, StoreError } from "../../src/errors.ts";
import { parseCatalog } from "../../src/hub/catalog/catalog_parse.ts";
import { orElse } from "../../src/or_else.ts";
import { currentPackage } from "../../src/site/current_package.ts";
import { type NewPackage, placePackage, pruneSite } from "../../src/site/place.ts";
import { claimStaging } from "../../src/site/staging.ts";
import { assertChineseError } from "../support/chinese.ts";
import { testClock } from "../support/clock.ts";
import { tempDir } from "../support/temp.ts";
import { makePackage, servedFiles, type TestPackage } from "./packages.ts";

const HOUR = 3600 * 1000;

async function catalogOf(dir: string) {
  const json = JSON.parse(await Deno.readTextFile(join(dir, "api", "datasets")));
  return parseCatalog(json, { timezone: "Asia/Shanghai" });
}

/** The list of a package with one entry, and what the catalog says of it. */
function digestListOf(text: string): { url: string; sha256: string; bytes: Uint8Array } {
  const content = createHash("sha256").update(text).digest();
  const bytes = new Uint8Array([...new TextEncoder().encode("datahubsync-sha\n"), ...content]);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { url: `digests/daily/${sha256.slice(0, 16)}.sha256`, sha256, bytes };
}

Deno.test("placePackage() makes a hub's tree that everybody may read", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("var", "mirror"), keepHours: 24 };
  const { input, bytes, sha256 } = await makePackage(temp, { text: "one" });

  await placePackage(mirror, input, { clock: testClock() });

  const versioned = `package/daily/${input.fingerprint.slice(0, 16)}.zip`;
  const list = digestListOf("one");
  assert.deepEqual(await servedFiles(mirror.dir), [
    "api/datasets",
    list.url,
    "package/daily.zip",
    versioned,
  ]);
  assert.deepEqual(await Deno.readFile(join(mirror.dir, list.url)), list.bytes);
  for (const path of ["package/daily.zip", versioned]) {
    assert.deepEqual(await Deno.readFile(join(mirror.dir, path)), bytes);
  }
  for (const path of ["api/datasets", list.url, "package/daily.zip", versioned]) {
    assert.equal((await Deno.stat(join(mirror.dir, path))).mode! & 0o777, 0o644, path);
  }
  for (const path of ["", "api", "package", "package/daily"]) {
    assert.equal((await Deno.stat(join(mirror.dir, path))).mode! & 0o777, 0o755, path);
  }
  const { datasets, warnings } = await catalogOf(mirror.dir);
  assert.deepEqual(warnings, []);
  assert.deepEqual(datasets, [{
    name: "daily",
    version: "2026-11-22T06:02:38.165365",
    instant: Date.parse("2026-11-21T22:02:38.165Z") + 0.365,
    ready: true,
    status: "ready",
    packageSize: bytes.length,
    fileCount: 1,
    totalSize: 3,
    packageUrl: versioned,
    digest: { algorithm: "sha256", hex: sha256 },
    fingerprint: input.fingerprint,
    digests: { url: list.url, size: 48, sha256: list.sha256 },
  }]);
});

Deno.test("placePackage() moves the file into the site", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const moved = await makePackage(temp, { text: "one" });
  const inode = (await Deno.stat(moved.input.packageFile)).ino;
  await placePackage(mirror, moved.input, { clock: testClock() });
  await assert.rejects(Deno.stat(moved.input.packageFile), Deno.errors.NotFound);
  assert.equal((await Deno.stat(join(mirror.dir, "package/daily.zip"))).ino, inode);
});

Deno.test({
  name: "placePackage() moves a package over from another file system",
  ignore: !orElse(() => Deno.statSync("/dev/shm").isDirectory, false),
  async fn() {
    await using temp = await tempDir();
    await using memory = await tempDir({ dir: "/dev/shm" });
    const mirror = { dir: memory.at("mirror"), keepHours: 24 };
    const { input, bytes } = await makePackage(temp, { text: "one" });
    await placePackage(mirror, input, { clock: testClock() });
    assert.deepEqual(await Deno.readFile(join(mirror.dir, "package/daily.zip")), bytes);
    await assert.rejects(Deno.stat(input.packageFile), Deno.errors.NotFound);
  },
});

Deno.test("placePackage() clears away what a killed run left, but nothing that is under way", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const staging = temp.at("mirror", ".datahubsync", "staging");
  await Deno.mkdir(staging, { recursive: true });
  const id = () => crypto.randomUUID();
  const files = { old: `${id()}.tmp`, data: `${id()}.tmp.data`, fresh: `${id()}.packing` };
  const left = { [files.old]: 25, [files.data]: 25, [files.fresh]: 1, "somebody's.csv": 99 };
  for (const [name, hours] of Object.entries(left)) {
    await Deno.writeTextFile(join(staging, name), "");
    const time = new Date(clock() - hours * HOUR);
    await Deno.utime(join(staging, name), time, time);
  }
  await using alive = await claimStaging(staging);
  await Deno.writeTextFile(join(alive.path, "package"), "half");
  const killed = join(staging, `${id()}.run`);
  const unlocked = join(staging, `${id()}.run`);
  for (const folder of [killed, unlocked]) await Deno.mkdir(folder);
  for (const name of ["lock", "package"]) await Deno.writeTextFile(join(killed, name), "");
  await Deno.symlink(temp.path, join(staging, `${id()}.run`));
  await placePackage(mirror, (await makePackage(temp, { text: "one" })).input, { clock });
  const names = [...Deno.readDirSync(staging)].filter(({ isSymlink }) => !isSymlink)
    .map(({ name }) => name).sort();
  const kept = [files.fresh, "somebody's.csv", basename(alive.path), basename(unlocked)];
  assert.deepEqual(names, kept.sort());
  assert.equal(await Deno.readTextFile(join(alive.path, "package")), "half");
});

Deno.test("placePackage() clears away files that a killed run had half written", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  await placePackage(mirror, (await makePackage(temp, { text: "one" })).input, { clock });
  await Deno.mkdir(mirror.dir + "/digests/daily", { recursive: true });
  const before = await servedFiles(mirror.dir);
  const left = [
    ...["api/.datasets.0123abcd.tmp", "api/.datasets.0123abcd.tmp.89ef0123.tmp"],
    ...["api/.datasets.signed.0123abcd.tmp", "package/.daily.zip.0123abcd.tmp"],
    ".datahubsync/.replaced.json.0123abcd.tmp",
    "digests/daily/.e0a89d63813de2af.sha256.ed8fac75.tmp.1395ff32.tmp",
    "digests/daily/.e0a89d63813de2af.midstates.ed8fac75.tmp",
  ];
  for (const path of left) await Deno.writeTextFile(join(mirror.dir, path), "half");
  const others = join(mirror.dir, "api", ".datasets.backup.tmp");
  await Deno.writeTextFile(others, "somebody's");
  await placePackage(mirror, (await makePackage(temp, { text: "one" })).input, { clock });
  const gone = await Promise.all(
    left.map((path) => Deno.stat(join(mirror.dir, path)).then(() => path, () => undefined)),
  );
  assert.deepEqual(gone.filter((path) => path !== undefined), []);
  assert.equal(await Deno.readTextFile(others), "somebody's");
  await Deno.remove(others);
  assert.deepEqual(await servedFiles(mirror.dir), before);
});

Deno.test("placePackage() keeps a replaced package for keepHours, then removes it", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const days: TestPackage[] = [];
  for (const text of ["one", "two", "three"]) days.push(await makePackage(temp, { text }));
  const kept = async () =>
    (await servedFiles(mirror.dir)).filter((path) => path.startsWith("package/daily/"));
  const path = (day: number) => `package/daily/${days[day]!.input.fingerprint.slice(0, 16)}.zip`;

  await placePackage(mirror, days[0]!.input, { clock });
  clock.advance(100 * HOUR);
  assert.deepEqual(await pruneSite(mirror, { clock }), [], "the current one never goes");
  await placePackage(mirror, days[1]!.input, { clock });
  clock.advance(23 * HOUR);
  await placePackage(mirror, days[2]!.input, { clock });
  assert.deepEqual(await kept(), [path(0), path(1), path(2)].sort());
  clock.advance(2 * HOUR);
  assert.deepEqual(await pruneSite(mirror, { clock }), [
    path(0).slice("package/".length),
    digestListOf("one").url.slice("digests/".length),
  ]);
  assert.deepEqual(await kept(), [path(1), path(2)].sort());
  clock.advance(22 * HOUR);
  await pruneSite(mirror, { clock });
  assert.deepEqual(await kept(), [path(2)]);
  assert.deepEqual(await Deno.readFile(join(mirror.dir, path(2))), days[2]!.bytes);
});

Deno.test("placePackage() brings a package back that had been replaced", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const one = await makePackage(temp, { text: "one" });
  const two = await makePackage(temp, { text: "two" });
  const again = await makePackage(temp, { text: "one" });
  for (const { input } of [one, two, again]) await placePackage(mirror, input, { clock });
  clock.advance(25 * HOUR);
  await pruneSite(mirror, { clock });
  assert.equal((await currentPackage(mirror, "daily"))?.fingerprint, one.input.fingerprint);
  assert.deepEqual(await Deno.readFile(join(mirror.dir, "package/daily.zip")), one.bytes);
  assert.equal((await servedFiles(mirror.dir)).length, 4);
});

Deno.test("placePackage() with the same package changes nothing but the version", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const { input, sha256 } = await makePackage(temp, { text: "one" });
  await placePackage(mirror, input, { clock });
  const stats = async () => {
    const newest = await Deno.stat(join(mirror.dir, "package/daily.zip"));
    const catalog = await Deno.stat(join(mirror.dir, "api/datasets"));
    return { newest: [newest.ino, newest.mtime], catalog: [catalog.ino, catalog.mtime] };
  };
  const before = await stats();
  clock.advance(HOUR);
  await placePackage(mirror, input, { clock });
  assert.deepEqual(await stats(), before);

  await placePackage(mirror, { ...input, version: "2026-11-23T06:00:00" }, { clock });
  const after = await stats();
  assert.deepEqual(after.newest, before.newest);
  assert.notDeepEqual(after.catalog, before.catalog);
  const [entry] = (await catalogOf(mirror.dir)).datasets;
  assert.equal(entry?.version, "2026-11-23T06:00:00");
  assert.equal(entry?.digest?.hex, sha256);
});

Deno.test("placePackage() gives a replaced file another second, as ETags are made of them", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const seconds = async () => {
    const paths = ["package/daily.zip", "api/datasets"].map((path) => join(mirror.dir, path));
    const infos = await Promise.all(paths.map((path) => Deno.stat(path)));
    return infos.map(({ mtime }) => mtime!.getTime() / 1000);
  };
  await placePackage(mirror, (await makePackage(temp, { text: "one" })).input, { clock });
  const before = await seconds();
  // Nothing but the content differs, and the clock stands still.
  await placePackage(mirror, (await makePackage(temp, { text: "two" })).input, { clock });
  assert.deepEqual(await seconds(), before.map((second) => second + 1));
});

Deno.test("placePackage() merges datasets that are placed at once, and keeps what it doesn't know", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  await Deno.mkdir(temp.at("mirror", "api"), { recursive: true });
  const foreign = { name: "zz", last_updated: null, package_ready: false, note: { a: 1 } };
  await Deno.writeTextFile(
    temp.at("mirror", "api", "datasets"),
    JSON.stringify({ datasets: [foreign] }),
  );
  const names = Array.from({ length: 12 }, (_, index) => `数据-${String(index).padStart(2, "0")}`);
  const inputs: NewPackage[] = [];
  for (const name of names) inputs.push((await makePackage(temp, { name, text: name })).input);
  await Promise.all(inputs.map((input) => placePackage(mirror, input, { clock })));
  const { datasets } = await catalogOf(mirror.dir);
  assert.deepEqual(datasets.map(({ name }) => name), ["zz", ...names]);
  const json = JSON.parse(await Deno.readTextFile(join(mirror.dir, "api/datasets")));
  assert.deepEqual(json.datasets[0], foreign);
  assert.equal(datasets[1]?.packageUrl?.startsWith("package/%E6%95%B0%E6%8D%AE-00/"), true);
});

Deno.test("placePackage() refuses a package that isn't whole or isn't the announced one", async () => {
  await using temp = await tempDir();
  const clock = testClock();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  await placePackage(mirror, (await makePackage(temp, { text: "one" })).input, { clock });
  const before = await servedFiles(mirror.dir);
  const { input } = await makePackage(temp, { text: "two" });

  await assert.rejects(
    placePackage(mirror, { ...input, total: input.total + 1 }, { clock }),
    (error) => {
      assertChineseError(error);
      return error instanceof StoreError && error.evidence.found === input.total;
    },
  );
  const digest = { algorithm: "sha256" as const, hex: "0".repeat(64) };
  const listed = { ...input.listed, digest };
  await assert.rejects(placePackage(mirror, { ...input, listed }, { clock }), (error) => {
    assertChineseError(error);
    return error instanceof HubError && error.code === "changed";
  });
  assert.deepEqual(await servedFiles(mirror.dir), before);
  assert.deepEqual([...Deno.readDirSync(join(mirror.dir, ".datahubsync", "staging"))], []);
});

Deno.test("placePackage() refuses names that lead elsewhere", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  const { input } = await makePackage(temp, { text: "one" });
  for (const name of ["", "..", ".datahubsync", "a/b", "a\\b", "a\nb", "daily.zip"]) {
    await assert.rejects(
      placePackage(mirror, { ...input, name }, { clock: testClock() }),
      (error) => {
        assertChineseError(error);
        return error instanceof StoreError && error.message.includes(JSON.stringify(name));
      },
    );
  }
});

Deno.test("placePackage() leaves a catalog that isn't one alone, and says so", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  await Deno.mkdir(temp.at("mirror", "api"), { recursive: true });
  for (const text of ["<html>", '{"error":1}', '{"datasets":[{"id":"a"}]}']) {
    await Deno.writeTextFile(temp.at("mirror", "api", "datasets"), text);
    const { input } = await makePackage(temp, { text: "one" });
    await assert.rejects(placePackage(mirror, input, { clock: testClock() }), (error) => {
      assertChineseError(error);
      return error instanceof StoreError && error.code === "bad_format";
    });
    assert.equal(await Deno.readTextFile(temp.at("mirror", "api", "datasets")), text);
  }
});

Deno.test("currentPackage() knows nothing of a package that has gone or was cut", async () => {
  await using temp = await tempDir();
  const mirror = { dir: temp.at("mirror"), keepHours: 24 };
  assert.equal(await currentPackage(mirror, "daily"), undefined);
  const { input, bytes, sha256 } = await makePackage(temp, { text: "one" });
  await placePackage(mirror, input, { clock: testClock() });
  const found = await currentPackage(mirror, "daily");
  assert.deepEqual({ ...found, path: "" }, {
    digests: { url: digestListOf("one").url, size: 48, sha256: digestListOf("one").sha256 },
    patches: [],
    path: "",
    fingerprint: input.fingerprint,
    total: bytes.length,
    sha256,
    version: input.version,
  });
  assert.deepEqual(await Deno.readFile(found!.path), bytes);
  await Deno.truncate(found!.path, 10);
  assert.equal(await currentPackage(mirror, "daily"), undefined);
  // The next sync puts it right.
  const again = await makePackage(temp, { text: "one" });
  await placePackage(mirror, again.input, { clock: testClock() });
  assert.deepEqual(await Deno.readFile(join(mirror.dir, "package/daily.zip")), bytes);
});
