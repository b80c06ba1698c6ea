/**
 * `datahubsync status` by the binary.
 *
 * @module
 */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { hasTmux, Screen } from "../support/screen.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

const NAME = "stock-trading-data-pro";
const needs = hasTmux() ? "" : " (needs tmux)";

Deno.test("status tells what the last run came to and how far the hub is ahead", async () => {
  await using hub = startHub();
  const config = configFor(hub.url, [NAME], { hub: ["retries: 0"] });
  await using place = await workplace(config);
  const read = async (...args: string[]): Promise<[number, Record<string, unknown>]> => {
    const { code, stdout, stderr } = await place.run("status", "--json", ...args);
    assert.equal(stderr, "");
    return [code, JSON.parse(stdout)];
  };
  const row = (document: Record<string, unknown>): Record<string, unknown> =>
    (document["datasets"] as Record<string, unknown>[])[0]!;

  const [, before] = await read();
  assert.deepEqual([row(before)["step"], row(before)["last_outcome"]], ["never_synced", null]);
  assert.match((await place.run("status")).stdout, /^! The dataset needs attention\n/);

  const began = Date.now();
  const { results: [result] } = JSON.parse((await place.run("--json")).stdout);
  const [code, after] = await read();
  assert.equal(code, 0);
  const size = [...(await place.tree(NAME)).values()].reduce((sum, { length }) => sum + length, 0);
  const { age_ms, last_attempt, ...rest } = row(after);
  const attempt = Date.parse(last_attempt as string);
  assert(began <= attempt && attempt <= Date.now(), last_attempt as string);
  assert((age_ms as number) > 0);
  assert.deepEqual(rest, {
    dataset: NAME,
    local_dir: place.at("data", NAME),
    local_version: hub.dataset.version,
    stale: false,
    due: null,
    newest_row: null,
    usual_time: null,
    late_ms: null,
    hub_version: hub.dataset.version,
    step: "up_to_date",
    behind_ms: 0,
    running_since: null,
    last_outcome: "success",
    last_error: null,
    last_duration_ms: result.duration_ms,
    last_bytes: result.bytes_downloaded,
    updates_by_patch: 0,
    patch_saved_bytes: 0,
    success_rate: 1,
    next_run: rest["next_run"],
    disk: "as_recorded",
    files_differing: 0,
    bytes_on_disk: size,
    pinned: null,
  });
  assert.match((await place.run("status")).stdout, /^✓ The dataset is up to date with the hub\n/);

  hub.nextDay();
  const [, behind] = await read();
  assert.equal(row(behind)["step"], "behind");
  assert.equal(row(behind)["behind_ms"], 86_400_000);
  assert.match((await place.run("status")).stdout, /behind 1 d +(\d{4}-)?01-06 20:15/);

  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  assert.equal((await place.run()).code, 3);
  hub.hub.faults.clear();
  const failed = await place.run("status");
  assert.equal(failed.code, 0);
  assert.match(failed.stdout, /^✗ The dataset needs attention\n/);
  assert.match(failed.stdout, /\n✗ stock-trading-data-pro: the last run .* download_failed: .*500/);
  assert.equal(row((await read())[1])["success_rate"], 0.5);
});

Deno.test("status --offline asks nobody; without it a hub that is down is exit 3 and the rest is told", async () => {
  const hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assert.equal((await place.run()).code, 0);
  hub.hub.reset();
  const offline = await place.run("status", "--offline");
  assert.deepEqual([offline.code, offline.stderr, hub.hub.requests.length], [0, "", 0]);
  assert.match(offline.stdout, /^✓ The dataset is in good order; the hub wasn't asked\n/);
  await hub[Symbol.asyncDispose]();
  const down = await place.run("status");
  assert.deepEqual([down.code, down.stderr], [3, ""]);
  assert.match(down.stdout, /^✗ The hub can't be asked\n/);
  assert.match(down.stdout, /01-05 20:15 .* no answer .* success /);
  assert.match(down.stdout, /\n✗ the hub can't be asked: .*refused.*\n {2}hint: /);
  const document = JSON.parse((await place.run("status", "--json")).stdout);
  assert.match(document.hub.error, /refused/);
  assert.equal(document.datasets[0].last_outcome, "success");
});

Deno.test("status changes nothing, and tells of a run that is under way", async () => {
  await using hub = startHub({ kind: "modern" });
  await using place = await workplace(configFor(hub.url, [NAME]));
  assert.equal((await place.run("status")).code, 0);
  assert.deepEqual([...Deno.readDirSync(place.path)].map(({ name }) => name), ["config.yaml"]);
  hub.hub.faults.add({ name: "stall", after: 10_000 });
  const began = Date.now();
  await using running = place.start();
  await until(() => hub.hub.bytesSent("/package/") >= 10_000);
  assert.match(
    (await place.run("status")).stdout,
    /^stock-trading-data-pro .* running [\d.]+ (s|min) /m,
  );
  const { datasets: [row] } = JSON.parse((await place.run("status", "--json")).stdout);
  const since = Date.parse(row.running_since);
  assert(began <= since && since <= Date.now(), row.running_since);
  running.kill("SIGKILL");
  await running.ended;
  const dead = JSON.parse((await place.run("status", "--json")).stdout);
  assert.equal(dead.datasets[0].running_since, null, "a dead run isn't under way");
});

Deno.test("status looks at the disk after rm -rf and an interrupted run", async () => {
  await using hub = startHub({ kind: "modern" });
  await using place = await workplace(configFor(hub.url, [NAME], { hub: ["connections: 1"] }));
  assert.equal((await place.run()).code, 0);
  await Deno.remove(place.at("data", NAME), { recursive: true });
  hub.hub.faults.add({ name: "stall", after: 50_000 });
  hub.hub.reset();
  await using running = place.start();
  await until(() => hub.hub.bytesSent("/package/") >= 50_000);
  running.kill("SIGINT");
  assert.equal((await running.ended).code, 130);
  hub.hub.faults.clear();
  const { stdout } = await place.run("status");
  assert.match(stdout, /^✗ The dataset needs attention\n/);
  assert.match(stdout, / not_as_recorded +interrupted .* missing\nTimes are in Asia\/Shanghai\.\n/);
  assert.match(
    stdout,
    /\n! stock-trading-data-pro: the last run .* ago was interrupted: .* sync -d /,
  );
  assert.match(stdout, /\n✗ stock-trading-data-pro: the folder .* isn't there: .* sync -d /);
  assert.equal((await place.run()).code, 0);
  assert.match((await place.run("status")).stdout, /^✓ The dataset is up to date with the hub\n/);
});

Deno.test("status has no colours in a pipe, and --watch is refused there", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]), { env: { TERM: "xterm" } });
  assert(!(await place.run("status")).stdout.includes("\x1b"));
  const ended = await place.run("status", "--watch");
  assert.deepEqual([ended.code, ended.stdout], [2, ""]);
  assert.match(ended.stderr, /^error: --watch needs a terminal/);
});

for (const columns of [120, 80, 60]) {
  Deno.test({
    name: `status --watch redraws in place until Ctrl-C, at ${columns} columns${needs}`,
    ignore: !hasTmux(),
    async fn() {
      const chinese = "股票日线数据";
      await using hub = startHub({ name: chinese });
      hub.hub.setDataset(NAME, hub.hub.datasets.get(chinese)!);
      await using place = await workplace(configFor(hub.url, [NAME, chinese]));
      assert.equal((await place.run("-d", NAME)).code, 0);
      await using temp = await tempDir();
      await using screen = new Screen(temp.at("tmux"));
      const config = place.at("config.yaml");
      const command = `env -i TERM=screen-256color '${binaryPath()}' status --watch -c '${config}'`;
      await screen.start(`echo before; ${command}`, { columns, rows: 30 });
      let lines: string[] = [];
      const shows = async (pattern: RegExp): Promise<void> =>
        await until(async () => {
          lines = await screen.lines();
          for (const line of lines) assert(stringWidth(line) <= columns, line);
          return pattern.test(lines.join("\n"));
        });
      await shows(/never_synced[^]*Ctrl-C ends this$/);
      assert.equal(lines[0], "! 1 of 2 datasets needs attention");
      if (columns === 120) {
        const at = [NAME, chinese].map((name) => lines.find((line) => line.startsWith(name))!);
        const versions = at.map((line) => stringWidth(line.slice(0, line.search(/ [\d-]/))));
        assert.equal(versions[0], versions[1], lines.join("\n"));
      }
      // The hub isn't asked again so soon; files are read again.
      hub.hub.reset();
      assert.equal((await place.run("--quiet", "-d", chinese)).code, 0);
      hub.hub.reset();
      await shows(/^✓ All 2 datasets are up to date with the hub\n[^]*Ctrl-C ends this$/);
      assert(!lines.join("\n").includes("never_synced"), "nothing of the last drawing is left");
      assert.deepEqual(hub.hub.requests, []);
      await screen.tmux("send-keys", "C-c");
      await shows(/^rc=0$/m);
      assert.equal(lines[0], "before", "the screen is back");
      assert.equal(lines[1], "✓ All 2 datasets are up to date with the hub");
      assert.equal((await screen.tmux("display", "-p", "#{cursor_flag}")).trim(), "1");
    },
  });
}

Deno.test({
  name: `Ctrl-Z in status --watch gives the shell its own screen back${needs}`,
  ignore: !hasTmux(),
  async fn() {
    await using hub = startHub({ name: NAME });
    await using place = await workplace(configFor(hub.url, [NAME]));
    await using temp = await tempDir();
    await using screen = new Screen(temp.at("tmux"));
    // Only a shell with job control goes on when its program is stopped.
    const status = `'${binaryPath()}' status --watch -c '${place.at("config.yaml")}'`;
    const shell = `bash --norc -i -c "set -m; echo before; ${status}; echo after; jobs"`;
    await screen.start(shell, { columns: 100, rows: 30 });
    await screen.shows(/Ctrl-C ends this$/);
    await screen.press("C-z");
    await screen.shows(/^before\n! The dataset needs attention\n[^]*^after\nrc=0$/m);
    assert.equal((await screen.tmux("display", "-p", "#{cursor_flag}")).trim(), "1");
  },
});
