/**
 * The metrics that the binary writes.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, type Workplace, workplace } from "../support/binary.ts";
import { outcomeOf } from "../support/command.ts";
import { startHub } from "../support/hub.ts";
import { installed } from "../support/installed.ts";
import { until } from "../support/until.ts";

const NAME = "stock-trading-data-pro";
const MORE = ["metrics:", "  textfile: ./collector/datahubsync.prom"];

/** Every sample of the file: `name{labels}` → value. */
async function samples(place: Workplace): Promise<Map<string, number>> {
  const text = await Deno.readTextFile(place.at("collector/datahubsync.prom"));
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice("datahubsync_".length, at), Number(line.slice(at + 1))];
  }));
}

Deno.test("the metrics tell the same figures as --json, run after run", async () => {
  await using hub = startHub();
  const config = configFor(hub.url, [NAME], {
    hub: ["retries: 0"],
    dataset: ["max_age: 30h"],
    more: MORE,
  });
  await using place = await workplace(config);
  const began = Date.now() / 1000;
  const { results: [first] } = JSON.parse((await place.run("--json")).stdout);
  const label = `{dataset="${NAME}"}`;
  const metrics = await samples(place);
  const value = (name: string): number | undefined => metrics.get(`${name}${label}`);
  assert.equal(value("downloaded_bytes_total"), first.bytes_downloaded);
  assert.equal(value("last_sync_downloaded_bytes"), first.bytes_downloaded);
  assert.equal(value("last_sync_duration_seconds"), first.duration_ms / 1000);
  assert.equal(value("entries"), 56);
  assert.equal(value("package_bytes"), hub.package.length);
  const size = [...(await place.tree(NAME)).values()].reduce((sum, { length }) => sum + length, 0);
  assert.equal(value("disk_bytes"), size);
  assert.equal(value("stale"), 1);
  assert.equal(value("in_progress"), 0);
  assert.equal(value("last_attempt_success"), 1);
  const ended = value("last_success_timestamp_seconds")!;
  assert(ended >= began - 1 && ended <= Date.now() / 1000);
  assert.equal(value("data_timestamp_seconds"), Date.parse(`${hub.dataset.version}+08:00`) / 1000);

  hub.nextDay();
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  assert.equal((await place.run()).code, 3);
  const after = await samples(place);
  const count = (outcome: string): number | undefined =>
    after.get(`syncs_total{dataset="${NAME}",outcome="${outcome}"}`);
  assert.deepEqual([count("success"), count("download_failed")], [1, 1]);
  assert.equal(after.get(`last_attempt_success${label}`), 0);
  assert.equal(after.get(`last_success_timestamp_seconds${label}`), ended);
});

Deno.test("the metrics say that a run is under way, and another user can read them", async () => {
  await using hub = startHub();
  hub.hub.faults.add({ name: "stall", after: 10_000 });
  await using place = await workplace(configFor(hub.url, [NAME], { more: MORE }));
  await using running = place.start();
  await until(() => hub.hub.bytesSent("/package/") >= 10_000);
  assert.equal((await samples(place)).get(`in_progress{dataset="${NAME}"}`), 1);
  running.kill("SIGTERM");
  assert.equal((await running.ended).code, 143);
  const metrics = await samples(place);
  assert.equal(metrics.get(`in_progress{dataset="${NAME}"}`), 0);
  assert.equal(metrics.get(`syncs_total{dataset="${NAME}",outcome="interrupted"}`), 1);
  const { mode } = await Deno.stat(place.at("collector/datahubsync.prom"));
  assert.equal(mode! & 0o777, 0o644);
  const names = [...Deno.readDirSync(place.at("collector"))].map(({ name }) => name);
  assert.deepEqual(names, ["datahubsync.prom"], "nothing else for the collector to find");
});

Deno.test({
  name: "promtool finds nothing wrong with the metrics",
  ignore: !installed("promtool"),
  async fn() {
    await using hub = startHub();
    const config = configFor(hub.url, [NAME, "股票", 'odd "name"'].map(quoted), {
      dataset: ["max_age: 30h"],
      more: MORE,
    });
    await using place = await workplace(config);
    assert.equal((await place.run()).code, 3);
    const input = await Deno.readTextFile(place.at("collector/datahubsync.prom"));
    const { code, stdout, stderr } = await outcomeOf("promtool", ["check", "metrics"], { input });
    assert.deepEqual([code, stdout + stderr], [0, ""]);
  },
});

function quoted(name: string): string {
  return /"/.test(name) ? `'${name}'` : name;
}
