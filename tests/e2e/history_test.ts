/**
 * The history that the binary keeps.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, type Workplace, workplace } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";

const NAME = "stock-trading-data-pro";

// deno-lint-ignore no-explicit-any
async function history(place: Workplace): Promise<any[]> {
  const text = await Deno.readTextFile(place.at(".datahubsync/history.jsonl"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

Deno.test("a run leaves one line a dataset, with the figures of --json and no secrets", async () => {
  await using hub = startHub();
  hub.hub.faults.add({ name: "status_500", path: "/package/" });
  const url = hub.url.replace("//", "//me:SECRET@");
  await using place = await workplace(configFor(url, [NAME, "gone"]));
  const began = Date.now();
  const { results } = JSON.parse((await place.run("--json")).stdout);
  const [first, second, another] = await history(place);
  assert.equal(another, undefined);
  const { at, durationMs, phases, client, retries, ...rest } = first;
  assert(began <= Date.parse(at) && Date.parse(at) <= Date.now(), at);
  assert.equal(durationMs, results[0].duration_ms);
  assert.match(client, /^\d+\.\d+\.\d+/);
  assert.equal(Object.values(retries as Record<string, number>).reduce((a, b) => a + b), 1);
  for (const phase of ["catalog", "directory", "plan", "download", "publish", "record"]) {
    assert(Number.isInteger(phases[phase]), phase);
  }
  const tree = await place.tree(NAME);
  assert.deepEqual(rest, {
    v: 1,
    dataset: NAME,
    outcome: "success",
    success: true,
    hub: `${hub.url}/`,
    versionBefore: null,
    version: hub.dataset.version,
    entries: 56,
    fetched: 56,
    kept: 0,
    deleted: 0,
    bytesTotal: hub.package.length,
    bytesDownloaded: results[0].bytes_downloaded,
    bytesOnDisk: [...tree.values()].reduce((sum, { length }) => sum + length, 0),
  });
  assert.deepEqual([second.dataset, second.outcome, second.success], ["gone", "not_found", false]);
  assert.equal(second.error, results[1].error);

  hub.nextDay();
  assert.equal((await place.run("-d", NAME)).code, 0);
  const third = (await history(place))[2];
  assert.deepEqual([third.versionBefore, third.version], [first.version, hub.dataset.version]);
  assert.equal(third.fetched + third.kept, third.entries);
  assert(!JSON.stringify(await history(place)).includes("SECRET"));
});

Deno.test("a run that waits for a package leaves one line, however often it asks", async () => {
  await using hub = startHub();
  const { package: _, ...bare } = hub.hub.datasets.get(NAME)!;
  hub.hub.setDataset(NAME, bare);
  await using place = await workplace(configFor(hub.url, [NAME]));
  assert.equal((await place.run("sync", "--wait", "0.2s")).code, 0);
  assert(hub.hub.requests.length > 1, "it asked again");
  assert.deepEqual((await history(place)).map(({ outcome }) => outcome), ["package_not_ready"]);
});

Deno.test("a state that can't be read is a failure of every dataset", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME, "other"]));
  await Deno.writeTextFile(place.at(".last_sync.json"), "no JSON");
  assert.equal((await place.run()).code, 3);
  const lines = await history(place);
  assert.deepEqual(lines.map(({ dataset }) => dataset), [NAME, "other"]);
  for (const { success, error, hint } of lines) {
    assert.equal(success, false);
    assert.match(error, /state .* can't be read/);
    assert.match(hint, /fix it/);
  }
});

Deno.test("a line that was cut off by a crash costs nothing but itself", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assert.equal((await place.run()).code, 0);
  const path = place.at(".datahubsync/history.jsonl");
  const whole = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, whole + whole.slice(0, 60));
  assert.equal((await place.run()).code, 0);
  const { datasets: [row] } = JSON.parse((await place.run("status", "--json")).stdout);
  assert.deepEqual([row.last_outcome, row.success_rate], ["up_to_date", 1]);
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  assert.equal(lines.length, 3);
  assert.equal(JSON.parse(lines[2]!).outcome, "up_to_date");
});

Deno.test("with several hubs the line names the one that was asked last", async () => {
  await using hub = startHub();
  const urls = `[http://127.0.0.1:1, ${hub.url}]`;
  await using place = await workplace(configFor(urls, [NAME], { hub: ["retries: 0"] }));
  assert.equal((await place.run()).code, 0);
  assert.equal((await history(place))[0].hub, `${hub.url}/`);
});
