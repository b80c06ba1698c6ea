/**
 * One dataset through the whole engine: first sync, update, nothing new, force. Longer than 250
 * lines because each setting of a dataset is a case.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createFetch } from "../../src/hub/tls/tls.ts";
import { EngineRig } from "../support/engine.ts";
import { startHub } from "../support/hub.ts";
import { judge } from "../support/judge.ts";
import { assertSameTree, readTree, writeTree } from "../support/tree.ts";
import { hubWith, NAME, packageRequests, treeOf, versionOf, watched, zipOf } from "./watched.ts";

const files = treeOf({ "a.csv": "1\n", "d/b.csv": "2\n".repeat(500), "d/e/c.txt": "" });

for (const kind of ["deployed", "modern", "no_ranges"] as const) {
  Deno.test(`syncDataset() fills a folder with the package's tree, then has nothing to do (${kind})`, async () => {
    await using hub = startHub({ kind });
    await using rig = await EngineRig.make({ durable: true });
    const first = await rig.sync(hub.url);
    assert.equal(first.status, "success", first.error);
    assert.equal(first.entries, hub.dataset.files.length);
    assert.equal(first.entriesFetched, first.entries);
    assert.equal(first.bytesTotal, hub.package.length);
    assert.equal(first.versionBefore, null);
    assert.equal(first.version, hub.dataset.version);
    assert.equal(await rig.recorded(), hub.dataset.version);
    assertSameTree(await rig.tree(), hub.tree());
    assertSameTree(await rig.tree(), judge(hub.package));
    const sent = hub.hub.bytesSent("/package/");
    assert(sent < hub.package.length * 1.05 + 130_000, `${sent} bytes for ${hub.package.length}`);
    const layout = await rig.layout();
    const left = [...Deno.readDirSync(layout.work)].map(({ name }) => name).sort();
    const kept = kind === "no_ranges" ? ["hubs", "manifest"] : ["manifest"];
    assert.deepEqual(left.filter((name) => name !== "lock"), kept);

    hub.hub.reset();
    const second = await rig.sync(hub.url);
    assert.equal(second.status, "up_to_date");
    assert.equal(second.bytesDownloaded, 0);
    assert.deepEqual(hub.hub.requests.map(({ path }) => path), ["/api/datasets"]);
  });
}

Deno.test("syncDataset() doesn't call a folder up to date that was emptied or removed", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  for (const undo of ["empty", "remove"]) {
    await Deno.remove(rig.dataset.localDir, { recursive: true });
    if (undo === "empty") await Deno.mkdir(rig.dataset.localDir);
    const again = await rig.sync(hub.url);
    assert.equal(again.status, "success");
    assertSameTree(await rig.tree(), files);
  }
});

Deno.test("syncDataset() clears away what a run that died had staged, also where nothing is new", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const { staging } = await rig.layout();
  await Deno.mkdir(staging);
  await Deno.writeTextFile(`${staging}/0a1b2c3d-5-0a1b2c3d`, "1234\n");
  const again = await rig.sync(hub.url);
  assert(again.success, again.error);
  assert.notEqual(again.filesChanged, true);
  await assert.rejects(Deno.lstat(staging), Deno.errors.NotFound);
});

Deno.test("syncDataset() with force reads every file and fetches what differs", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const path = `${rig.dataset.localDir}/d/b.csv`;
  const { mtime, atime } = await Deno.stat(path);
  await Deno.writeTextFile(path, "3\n".repeat(500)); // the same size
  await Deno.utime(path, atime!, mtime!); // and the same time: only reading tells
  assert.equal((await rig.sync(hub.url)).status, "up_to_date");
  const { result, read } = await watched(rig, hub.url, { job: { force: true } });
  assert.equal(result.status, "success");
  assert.equal(result.entriesFetched, 1);
  assert.equal(read, 3);
  assertSameTree(await rig.tree(), files);
  const none = await rig.sync(hub.url, { job: { force: true } });
  assert.equal(none.entriesFetched, 0);
  assert.equal(none.status, "up_to_date", "nothing was announced and nothing was wrong");
});

Deno.test("syncDataset() lets the package decide where the hub says no version", async () => {
  await using hub = hubWith({
    version: null,
    package: zipOf(files),
    built: new Date("2026-01-05T12:00:00Z"),
  });
  await using rig = await EngineRig.make();
  assert.equal((await rig.sync(hub.url)).status, "success");
  const again = await rig.sync(hub.url);
  assert.equal(again.status, "up_to_date", "asked, and nothing had changed");
  assert.equal(again.entriesFetched, 0);
  const more = new Map([...files, ["z.csv", new Uint8Array(3)] as const]);
  hub.setDataset(NAME, {
    version: null,
    package: zipOf(more),
    built: new Date("2026-01-06T12:00:00Z"),
  });
  const third = await rig.sync(hub.url);
  assert.equal(third.status, "success");
  assert.equal(third.entriesFetched, 1);
  assertSameTree(await rig.tree(), more);
});

Deno.test("syncDataset() says what the hub doesn't list, and what isn't ready", async () => {
  await using hub = hubWith({ version: versionOf(1) });
  await using rig = await EngineRig.make();
  const unready = await rig.sync(hub.url);
  assert.equal(unready.status, "package_not_ready");
  assert.equal(unready.success, false);
  assert.match(unready.error!, /packaging/);
  hub.removeDataset(NAME);
  const unknown = await rig.sync(hub.url);
  assert.equal(unknown.status, "not_found");
  assert.match(unknown.error!, new RegExp(NAME));
  assert.deepEqual(packageRequests(hub), []);
  await assert.rejects(Deno.stat(rig.dataset.localDir), Deno.errors.NotFound);
});

Deno.test("syncDataset() records the package's own stamp when it is behind its announcement", async () => {
  const behind = { built: new Date("2026-01-01T08:00:00+08:00") };
  await using hub = hubWith({ version: versionOf(2), package: zipOf(files), ...behind });
  await using rig = await EngineRig.make();
  const first = await rig.sync(hub.url);
  assert.equal(first.status, "success", "it changed something");
  assert.equal(await rig.recorded(), "2026-01-01T08:00:00");
  assert(rig.warnings.some((text) => /older than announced/.test(text)));
  const again = await rig.sync(hub.url);
  assert.equal(again.status, "package_not_ready", "asked again, and still behind");
  assert.equal(again.entriesFetched, 0);
  assert.match(again.error!, /older than announced/);
  assert.equal(await rig.recorded(), "2026-01-01T08:00:00");
  const tree = treeOf({ "a.csv": "now\n" });
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(tree) });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert.equal(await rig.recorded(), versionOf(2));
  assertSameTree(await rig.tree(), tree);
});

Deno.test("syncDataset() with planOnly says what it would do and changes nothing", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make();
  const dry = await watched(rig, hub.url, { job: { planOnly: true } });
  assert.equal(dry.result.status, "planned");
  assert.equal(dry.result.entriesFetched, 0);
  assert.equal(dry.plan!.whole, hub.dataset.files.length);
  assert.equal(dry.plan!.bytesTotal, hub.package.length);
  assert(dry.plan!.diskNeeded > hub.package.length);
  assert(hub.hub.bytesSent("/package/") < 200_000);
  assert.deepEqual([...Deno.readDirSync(rig.root)], [], "neither folder nor state");
  await rig.sync(hub.url);
  hub.nextDay({ removed: 1, added: 1 });
  const before = await rig.tree();
  const next = await watched(rig, hub.url, { job: { planOnly: true } });
  assert.equal(next.plan!.deletes, 1);
  assert(next.plan!.kept > 0 && next.plan!.whole + next.plan!.tails > 40);
  assertSameTree(await rig.tree(), before);
  assert.equal(await rig.recorded(), "2026-01-05T20:15:00");
});

Deno.test("include and exclude decide which entries are placed", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make({ dataset: { include: ["**/*.csv"], exclude: ["a.*"] } });
  const result = await rig.sync(hub.url);
  assert.equal(result.entries, 1);
  assert.deepEqual([...(await rig.tree()).keys()], ["d/b.csv"]);
  // What is left out now stays without delete_removed.
  rig.dataset.exclude = ["d/**"];
  rig.dataset.deleteRemoved = false;
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(files) });
  const next = await rig.sync(hub.url);
  assert.equal(next.entriesDeleted, 0);
  assert.deepEqual([...(await rig.tree()).keys()], ["a.csv", "d/b.csv"]);
});

Deno.test("a package that gives nothing is said as a warning", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make({ dataset: { include: ["*.parquet"] } });
  const filtered = await rig.sync(hub.url);
  assert.equal(filtered.status, "success", filtered.error);
  assert.match(rig.warnings.join("\n"), /include and exclude leave nothing of .* 3 files/);
  rig.dataset.include = [];
  hub.setDataset(NAME, { version: versionOf(2), package: zipOf(treeOf({})) });
  await rig.sync(hub.url);
  assert.match(rig.warnings.join("\n"), /package is empty/);
});

Deno.test("strip_prefix takes a wrapper folder off, and only that", async () => {
  const wrapped = zipOf(files, { wrapper: "pro-20260101", directories: true });
  await using hub = hubWith({ version: versionOf(1), package: wrapped });
  const trees: Record<string, string[]> = {
    auto: ["a.csv", "d/b.csv", "d/e/c.txt"],
    "pro-20260101": ["a.csv", "d/b.csv", "d/e/c.txt"],
    "": ["pro-20260101/a.csv", "pro-20260101/d/b.csv", "pro-20260101/d/e/c.txt"],
  };
  for (const [stripPrefix, paths] of Object.entries(trees)) {
    await using rig = await EngineRig.make({ dataset: { stripPrefix } });
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "success", result.error);
    assert.deepEqual([...(await rig.tree()).keys()], paths);
  }
});

Deno.test("filename_encoding reads names without the UTF-8 flag", async () => {
  const names = treeOf({ "sz002790/sz002790_一般企业.csv": "x" });
  await using hub = hubWith({ version: versionOf(1), package: zipOf(names, { encoding: "gbk" }) });
  for (const filenameEncoding of ["auto", "gb18030"] as const) {
    await using rig = await EngineRig.make({ dataset: { filenameEncoding, stripPrefix: "" } });
    assert.equal((await rig.sync(hub.url)).status, "success");
    assertSameTree(await rig.tree(), names);
  }
  await using rig = await EngineRig.make({ dataset: { filenameEncoding: "utf-8" } });
  assert.notEqual((await rig.sync(hub.url)).status, "success");
});

Deno.test("a digest of the package is checked, and a wrong one publishes nothing, ever", async () => {
  const package_ = zipOf(files);
  const sha256 = createHash("sha256").update(package_).digest("hex");
  const wrong = createHash("sha256").update("other").digest("hex");
  await using hub = hubWith({ version: versionOf(1), package: package_, entry: { sha256: wrong } });
  await using rig = await EngineRig.make();
  for (let run = 0; run < 3; run++) {
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "download_failed", `run ${run}`);
    assert.match(result.error!, /sha256/);
    assertSameTree(await rig.tree(), new Map());
    assert.equal(await rig.recorded(), null);
  }
  hub.setDataset(NAME, { version: versionOf(1), package: package_, entry: { sha256 } });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assertSameTree(await rig.tree(), files);
});

Deno.test("publish: snapshot places each version beside the last, behind one link", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make({ dataset: { publish: "snapshot", keepVersions: 2 } });
  assert.equal((await rig.sync(hub.url)).status, "success");
  assert((await Deno.lstat(rig.dataset.localDir)).isSymlink);
  const first = await Deno.realPath(rig.dataset.localDir);
  const before = await rig.tree();
  hub.nextDay({ removed: 1 });
  const next = await watched(rig, hub.url);
  assert.equal(next.result.status, "success", next.result.error);
  assert(next.plan!.kept > 0, "what didn't change isn't fetched again");
  assertSameTree(await rig.tree(), hub.tree());
  assert.notEqual(await Deno.realPath(rig.dataset.localDir), first);
  assertSameTree(await readTree(first), before);
});

Deno.test("a package that is no ZIP, or whose entries lead outside, changes nothing", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  await using rig = await EngineRig.make();
  await rig.sync(hub.url);
  const bad = {
    cut: zipOf(files).subarray(0, -30),
    page: new TextEncoder().encode("<html><head><title>502 Bad Gateway</title></head></html>"),
    outside: zipOf(treeOf({ "a.csv": "2", "../evil.csv": "x" })),
  };
  for (const [what, package_] of Object.entries(bad)) {
    hub.setDataset(NAME, { version: versionOf(2), package: package_ });
    const result = await rig.sync(hub.url);
    const status = what === "outside" ? "extract_failed" : "download_failed";
    assert.equal(result.status, status, `${what}: ${result.error}`);
    assertSameTree(await rig.tree(), files);
    assert.equal(await rig.recorded(), versionOf(1));
  }
});

Deno.test("a folder that another run works on is left to it", async () => {
  await using hub = startHub({ kind: "modern" });
  await using rig = await EngineRig.make();
  const locked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  using direct = createFetch({ direct: true, idleConnections: 0 });
  const running = rig.sync(hub.url, {
    context: { onStep: (step) => step === "locked" && locked.resolve() },
    client: {
      fetch: async (input, init) => {
        if (String(input).includes("/package/")) await goOn.promise;
        return await direct.fetch(input, init);
      },
    },
  });
  await locked.promise;
  const result = await rig.sync(hub.url);
  assert.equal(result.status, "locked");
  goOn.resolve();
  assert.equal((await running).status, "success");
});

Deno.test("a file where a folder must be, or a folder where a file, fails before anything changes", async () => {
  await using hub = hubWith({ version: versionOf(1), package: zipOf(files) });
  for (const obstacle of ["d", "a.csv/inner.txt"]) {
    await using rig = await EngineRig.make();
    const tree = treeOf({ [obstacle]: "mine" });
    await writeTree(rig.dataset.localDir, tree);
    const result = await rig.sync(hub.url);
    assert.equal(result.status, "extract_failed", result.error);
    assertSameTree(await rig.tree(), tree);
  }
});
