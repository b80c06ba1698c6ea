/**
 * The binary over a hub, run by run: exit code, stdout, stderr and files.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, workplace } from "../support/binary.ts";
import type { Ended } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { assertSameTree } from "../support/tree.ts";

const NAME = "stock-trading-data-pro";

/** Exit 0 without a terminal comes with no word at all. */
function assertSilent(ended: Ended, code = 0): void {
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [code, "", ""]);
}

Deno.test("sync brings empty folders up to date, then has nothing to do in one request", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  assertSameTree(await place.tree(NAME), hub.tree());
  assert.deepEqual(await place.state(), { [NAME]: hub.dataset.version });

  hub.hub.reset();
  assertSilent(await place.run("sync"));
  assert.deepEqual(hub.hub.requests.map(({ path }) => path), ["/api/datasets"]);
  assertSameTree(await place.tree(NAME), hub.tree());
  const lines = await place.log();
  assert.equal(lines.at(-1), `WARN: Dataset ${NAME} up to date`);
});

Deno.test("sync leaves nothing but the package's tree in local_dir, and no partial beside it", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  const beside = [...Deno.readDirSync(place.at("data", `.${NAME}.datahubsync`))];
  assert.deepEqual(beside.map(({ name }) => name).sort(), ["lock", "manifest"]);
});

Deno.test("sync follows a changed dataset, and fetches less than the package", async () => {
  await using hub = startHub({ kind: "modern" });
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  hub.nextDay({ share: 0.1, rewritten: 1, added: 1, removed: 1 });
  hub.hub.reset();
  const before = await place.tree(NAME);
  assertSilent(await place.run());
  const share = hub.hub.bytesSent("/package/") / hub.package.length;
  assert(share < 0.75, `${share} of the package`);
  const expected = hub.tree();
  const removed = [...before.keys()].filter((path) => !expected.has(path));
  assert.equal(removed.length, 1);
  for (const path of removed) expected.set(path, before.get(path)!);
  const sorted = new Map([...expected].sort(([a], [b]) => a < b ? -1 : 1));
  assertSameTree(await place.tree(NAME), sorted);
  assert.deepEqual(await place.state(), { [NAME]: hub.dataset.version });
});

Deno.test("--json prints one document and nothing else", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME, "unknown-one"]));
  const ended = await place.run("--json");
  assert.equal(ended.code, 3);
  assert.equal(ended.stdout.trim().split("\n").length, 1);
  const { results } = JSON.parse(ended.stdout);
  const [good, bad] = results;
  const { duration_ms, ...rest } = good;
  assert(Number.isInteger(duration_ms) && duration_ms > 0);
  assert.deepEqual(rest, {
    dataset: NAME,
    success: true,
    status: "success",
    version: hub.dataset.version,
    entries: 56,
    entries_fetched: 56,
    entries_deleted: 0,
    changes: { new: 56, appended: 0, replaced: 0, removed: 0 },
    bytes_total: hub.package.length,
    bytes_downloaded: hub.hub.bytesSent("/package/"),
    error: null,
  });
  assert.deepEqual([bad.dataset, bad.success, bad.status], ["unknown-one", false, "not_found"]);
  assert.match(bad.error, /doesn't list a dataset named "unknown-one"/);
  assert.equal(bad.hint, `it has: ${NAME}`);
  const again = JSON.parse((await place.run("--json", "-d", NAME)).stdout).results;
  assert.deepEqual(again.map(({ status, success }: Record<string, unknown>) => [status, success]), [
    ["up_to_date", true],
  ]);
});

Deno.test("--dry-run says what would be fetched, and changes nothing", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  const ended = await place.run("--dry-run");
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  assert.match(
    ended.stdout,
    new RegExp(`^${NAME}: [\\d.]+ kB of [\\d.]+ kB would be fetched, in \\d+ request`),
  );
  assert.match(
    ended.stdout,
    /\n {2}56 files in the package:\n +56 {2}new or changed: fetched whole\n/,
  );
  const names = [...Deno.readDirSync(place.path)].map(({ name }) => name).sort();
  assert.deepEqual(names.filter((name) => name !== "logs"), ["config.yaml"]);

  assertSilent(await place.run());
  hub.nextDay();
  const [before, state] = [await place.tree(NAME), await place.state()];
  const { results } = JSON.parse((await place.run("--dry-run", "--json")).stdout);
  assert(results[0].plan.bytes_to_fetch > 0);
  assert.deepEqual([results[0].status, results[0].success], ["planned", false]);
  assertSameTree(await place.tree(NAME), before);
  assert.deepEqual(await place.state(), state);
});

Deno.test("--force reads every file and fetches what differs, and no more", async () => {
  await using hub = startHub({ kind: "modern" });
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  const [first] = hub.tree().keys();
  const file = place.at("data", NAME, first!);
  const { mtime } = await Deno.stat(file);
  const bytes = await Deno.readFile(file);
  bytes[10]! ^= 1;
  await Deno.writeFile(file, bytes);
  await Deno.utime(file, mtime!, mtime!);
  assertSilent(await place.run());
  assert.deepEqual(await Deno.readFile(file), bytes, "the version texts are equal: nobody looked");
  const { results } = JSON.parse((await place.run("--force", "--json")).stdout);
  assert.deepEqual([results[0].status, results[0].entries_fetched], ["success", 1]);
  assertSameTree(await place.tree(NAME), hub.tree());
});

Deno.test("sync fetches a folder again that was lost or emptied though the version is recorded", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  await Deno.remove(place.at("data", NAME), { recursive: true });
  assertSilent(await place.run());
  assertSameTree(await place.tree(NAME), hub.tree());
  for (const path of hub.tree().keys()) await Deno.remove(place.at("data", NAME, path));
  assertSilent(await place.run());
  assertSameTree(await place.tree(NAME), hub.tree());
});

Deno.test("-d syncs only the named datasets, and refuses one that isn't configured", async () => {
  await using hub = startHub();
  hub.hub.setDataset("second", hub.hub.datasets.get(NAME)!);
  await using place = await workplace(configFor(hub.url, [NAME, "second"]));
  assertSilent(await place.run("-d", "second"));
  assert.deepEqual(Object.keys(await place.state()), ["second"]);
  assert.equal((await place.tree(NAME)).size, 0);

  const ended = await place.run("-d", "secnd");
  assert.equal(ended.code, 2);
  assert.equal(ended.stdout, "");
  assert.match(ended.stderr, /^error: no dataset named "secnd" in .*config\.yaml\nhint: .*second/);
});

Deno.test("one bad dataset doesn't stop the others", async () => {
  await using hub = startHub();
  const good = hub.hub.datasets.get(NAME)!;
  hub.hub.setDataset("broken", { ...good, package: new Uint8Array(5000).fill(7) });
  hub.hub.setDataset("last", good);
  const config = configFor(hub.url, ["broken", "missing", "last"], { hub: ["retries: 0"] });
  await using place = await workplace(config);
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [3, ""]);
  assert.match(ended.stderr, /^error: broken: .*\n(hint: .*\n)?error: missing: .*\n(hint: .*\n)?$/);
  assertSameTree(await place.tree("last"), hub.tree());
  assert.equal((await place.tree("broken")).size, 0);
  assert.deepEqual(Object.keys(await place.state()), ["last"]);
});

Deno.test("a package that isn't ready is a warning: exit 0, silent, nothing recorded", async () => {
  await using hub = startHub();
  const { package: _, ...bare } = hub.hub.datasets.get(NAME)!;
  hub.hub.setDataset(NAME, bare);
  await using place = await workplace(configFor(hub.url, [NAME]));
  assertSilent(await place.run());
  const { results } = JSON.parse((await place.run("--json")).stdout);
  assert.deepEqual([results[0].status, results[0].success], ["package_not_ready", false]);
  await assert.rejects(place.state(), Deno.errors.NotFound);
  assert.match(
    (await place.log()).at(-1)!,
    /^WARN: Dataset stock-trading-data-pro package not ready/,
  );
});

Deno.test("another dataset's package is refused as download_failed, and nothing of it is published", async () => {
  await using hub = startHub();
  hub.hub.faults.add({ name: "wrong_package", other: "other-data" });
  await using place = await workplace(configFor(hub.url, [NAME], { hub: ["retries: 0"] }));
  const ended = await place.run("--json");
  const { results } = JSON.parse(ended.stdout);
  assert.deepEqual([ended.code, results[0].status], [3, "download_failed"]);
  assert.match(results[0].error, /other-data/);
  assert.equal((await place.tree(NAME)).size, 0);
});

Deno.test("of a package older than announced its own stamp is recorded, so the next run asks again", async () => {
  await using hub = startHub();
  hub.hub.faults.add({ name: "stale_package", ms: 3600_000 });
  await using place = await workplace(configFor(hub.url, [NAME]));
  const first = JSON.parse((await place.run("--json")).stdout).results[0];
  assert.equal(first.status, "success");
  assertSameTree(await place.tree(NAME), hub.tree());
  const recorded = (await place.state())[NAME]!;
  assert.notEqual(recorded, hub.dataset.version);
  assert.match(recorded.replaceAll(/\D/g, ""), /^20260105191500/);

  const second = JSON.parse((await place.run("--json")).stdout).results[0];
  assert.equal(second.status, "package_not_ready");
  assert.deepEqual(await place.state(), { [NAME]: recorded });
  hub.hub.faults.clear();
  const third = JSON.parse((await place.run("--json")).stdout).results[0];
  assert.equal(third.status, "success");
  assert.deepEqual(await place.state(), { [NAME]: hub.dataset.version });
});

Deno.test("a hub that is down is exit 3 with the reason and a hint, and the files stay", async () => {
  const hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME], { hub: ["retries: 0"] }));
  assertSilent(await place.run());
  const tree = hub.tree();
  await hub[Symbol.asyncDispose]();
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [3, ""]);
  assert.match(ended.stderr, new RegExp(`^error: ${NAME}: .*${new URL(hub.url).port}`));
  assert.match(ended.stderr, /^hint: /m);
  assertSameTree(await place.tree(NAME), tree);
});
