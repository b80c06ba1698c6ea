/**
 * `--wait`: asking politely until the package is there.
 *
 * Longer than 250 lines because each way in which a wait can end is a case.
 */
import assert from "node:assert/strict";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { parseWait, waitForPackages } from "../../../src/cli/sync/wait.ts";
import { FaultyHub } from "../../support/faulty_hub/hub.ts";
import { InterruptedError, UsageError } from "../../../src/errors.ts";
import { localTime } from "../../../src/monitoring/local_time.ts";
import { historyPathFor, readHistory } from "../../../src/monitoring/history.ts";
import { emptyResult } from "../../../src/sync/running_result.ts";
import type { DatasetResult, Status } from "../../../src/types.ts";
import { EngineRig } from "../../support/engine.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { tempDir } from "../../support/temp.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { treeOf, zipOf } from "../../sync/watched.ts";

const NAME = "stock-trading-data-pro";
const ANNOUNCED = "2026-01-06T20:15:00";
const OLD = new Date("2026-01-05T20:16:00+08:00");

const result = (dataset: string, status: Status): DatasetResult => ({
  ...emptyResult(dataset, 0),
  status,
  bytesDownloaded: 10,
});

/** A wait with a clock that only sleeping moves, and a hub that is ready from `readyAt` on. */
function waiting(options: { waitMs: number; readyAt: number; random?: number }) {
  let now = 0;
  const pauses: number[] = [];
  const asked: string[][] = [];
  const stop = new AbortController();
  return {
    pauses,
    asked,
    stop,
    options: {
      waitMs: options.waitMs,
      clock: () => now,
      elapsed: () => now,
      random: () => options.random ?? 0.5,
      sleep: (ms: number, signal?: AbortSignal) => {
        pauses.push(ms);
        if (signal?.aborted) return Promise.reject(signal.reason);
        now += ms;
        return Promise.resolve();
      },
      signal: stop.signal,
      again: (names: readonly string[]) => {
        asked.push([...names]);
        const status = now >= options.readyAt ? "success" : "package_not_ready";
        return Promise.resolve(names.map((name) => result(name, status)));
      },
    },
  };
}

Deno.test("parseWait() reads seconds, minutes, hours and their sums", () => {
  assert.equal(parseWait("90s"), 90_000);
  assert.equal(parseWait("30m"), 1_800_000);
  assert.equal(parseWait("2h"), 7_200_000);
  assert.equal(parseWait("1h30m"), 5_400_000);
  assert.equal(parseWait("0.5h"), 1_800_000);
});

for (const wrong of ["", "30", "m", "30 minutes", "-5m", "1d", "30mm", "x30m", "30m!"]) {
  Deno.test(`parseWait() refuses ${JSON.stringify(wrong)} and says how to write it`, () => {
    assert.throws(() => parseWait(wrong), (error) => {
      assert(error instanceof UsageError);
      assert.equal(error.hint, "write it as 90s, 30m or 2h");
      return true;
    });
  });
}

Deno.test("waitForPackages() asks again, only for those that weren't ready, in growing pauses", async () => {
  const hub = waiting({ waitMs: 1_800_000, readyAt: 70_000 });
  const before = [result("a", "package_not_ready"), result("b", "success")];
  const after = await waitForPackages(before, hub.options);
  assert.deepEqual(hub.pauses, [15_000, 22_500, 33_750]);
  assert.deepEqual(hub.asked, [["a"], ["a"], ["a"]]);
  assert.deepEqual(after.map(({ dataset, status }) => [dataset, status]), [
    ["a", "success"],
    ["b", "success"],
  ]);
  assert.equal(after[0]?.bytesDownloaded, 40);
});

Deno.test("waitForPackages() remembers what an earlier round changed", async () => {
  const hub = waiting({ waitMs: 60_000, readyAt: 0 });
  const recovered = { ...result("a", "package_not_ready"), filesChanged: true };
  const [a, b] = await waitForPackages(
    [recovered, result("b", "package_not_ready")],
    hub.options,
  );
  assert.deepEqual([a?.filesChanged, b?.filesChanged], [true, undefined]);
});

Deno.test("waitForPackages() never pauses longer than five minutes, and ends with its time", async () => {
  const hub = waiting({ waitMs: 3_600_000, readyAt: Infinity });
  const after = await waitForPackages([result("a", "package_not_ready")], hub.options);
  assert.equal(Math.max(...hub.pauses), 300_000);
  assert.equal(hub.pauses.reduce((sum, ms) => sum + ms, 0), 3_600_000);
  assert.equal(after[0]?.status, "package_not_ready");
});

Deno.test("waitForPackages() spreads its pauses by chance", async () => {
  for (const [random, first] of [[0, 12_000], [0.999999, 18_000]] as const) {
    const hub = waiting({ waitMs: 60_000, readyAt: 0, random });
    await waitForPackages([result("a", "package_not_ready")], hub.options);
    assert.deepEqual(hub.pauses, [first]);
  }
});

for (const [what, jump] of [["back", -7_200_000], ["on", 7_200_000]] as const) {
  Deno.test(`waitForPackages() waits as long as it should when the clock is set two hours ${what}`, async () => {
    const hub = waiting({ waitMs: 60_000, readyAt: Infinity });
    const clock = () => hub.options.elapsed() + (hub.pauses.length > 1 ? jump : 0);
    const said: string[] = [];
    await waitForPackages([result("a", "package_not_ready")], {
      ...hub.options,
      clock,
      onWait: (message) => said.push(message),
    });
    assert.deepEqual(hub.pauses, [15_000, 22_500, 22_500]);
    const ends = said.map((text) => /until (\S+)/.exec(text)?.[1]);
    const at = (ms: number): string => localTime(ms).slice(11, 19);
    assert.deepEqual(ends, [at(60_000), at(60_000), at(60_000 + jump)]);
  });
}

Deno.test("waitForPackages() doesn't wait when all is settled, or no time is given", async () => {
  const settled = waiting({ waitMs: 60_000, readyAt: 0 });
  await waitForPackages([result("a", "download_failed")], settled.options);
  const noTime = waiting({ waitMs: 0, readyAt: 0 });
  await waitForPackages([result("a", "package_not_ready")], noTime.options);
  assert.deepEqual([settled.pauses, noTime.pauses], [[], []]);
});

Deno.test("waitForPackages() ends at once when it is interrupted", async () => {
  const hub = waiting({ waitMs: 60_000, readyAt: 0 });
  const sleep = (_ms: number, signal?: AbortSignal) => {
    hub.stop.abort(new InterruptedError("interrupted"));
    return Promise.reject(signal?.reason);
  };
  const after = await waitForPackages([result("a", "package_not_ready")], {
    ...hub.options,
    sleep,
  });
  assert.equal(after[0]?.status, "package_not_ready");
  assert.deepEqual(hub.asked, []);
});

/** A hub that announces one version and hands out the one before, until it is asked `ready` times. */
function lateHub(ready: number): { hub: FaultyHub; asked: () => number; packages: Uint8Array[] } {
  const packages = ["day 1\n", "day 2\n"].map((text) =>
    zipOf(treeOf({ "same.csv": "x\n", "bars.csv": text }))
  );
  const hub = new FaultyHub();
  const asked = (): number => hub.requests.filter(({ path }) => path === "/api/datasets").length;
  hub.setDataset(NAME, {
    version: ANNOUNCED,
    get package() {
      return packages[asked() < ready ? 0 : 1]!;
    },
    get built() {
      return asked() < ready ? OLD : new Date(`${ANNOUNCED}+08:00`);
    },
  });
  return { hub, asked, packages };
}

Deno.test("waitForPackages() waits on after a package that was behind, until the announced one comes", async () => {
  const { hub, asked } = lateHub(4);
  await using _hub = hub;
  await using rig = await EngineRig.make();
  const wait = waiting({ waitMs: 1_800_000, readyAt: 0 });
  const first = await rig.sync(hub.url);
  assert.deepEqual([first.status, first.announced], ["success", ANNOUNCED]);
  assert.equal(await rig.recorded(), "2026-01-05T20:16:00");
  const names: string[][] = [];
  const [last] = await waitForPackages([first], {
    ...wait.options,
    again: async (those) => {
      names.push([...those]);
      return [await rig.sync(hub.url)];
    },
  });
  assert.deepEqual(wait.pauses, [15_000, 22_500, 33_750]);
  assert.deepEqual(names, [[NAME], [NAME], [NAME]]);
  assert.equal(asked(), 4);
  assert.deepEqual([last?.status, last?.announced], ["success", undefined]);
  assert.equal(last?.version, ANNOUNCED);
  assert.equal(last.versionBefore, null, "of the first round");
  assert.equal(last.entriesFetched, 3, "both, and the one that changed");
  assert.equal(await rig.recorded(), ANNOUNCED);
  assertSameTree(await rig.tree(), treeOf({ "same.csv": "x\n", "bars.csv": "day 2\n" }));
});

Deno.test("waitForPackages() keeps the success of a package that stays behind", async () => {
  const { hub } = lateHub(Infinity);
  await using _hub = hub;
  await using rig = await EngineRig.make();
  const wait = waiting({ waitMs: 40_000, readyAt: 0 });
  const first = await rig.sync(hub.url);
  const again = async () => [await rig.sync(hub.url)];
  const [last] = await waitForPackages([first], { ...wait.options, again });
  assert.deepEqual(wait.pauses, [15_000, 22_500, 2500]);
  assert.deepEqual([last?.status, last?.success, last?.error], ["success", true, undefined]);
  assert.deepEqual([last?.version, last?.announced], ["2026-01-05T20:16:00", ANNOUNCED]);
  assert.equal(last?.entriesFetched, 2);
});

Deno.test("waitForPackages() stops when the announcement is withdrawn, and when a round fails", async () => {
  const { hub } = lateHub(Infinity);
  await using _hub = hub;
  await using rig = await EngineRig.make();
  const first = await rig.sync(hub.url);
  const wait = waiting({ waitMs: 1_800_000, readyAt: 0 });
  hub.setDataset(NAME, { ...hub.datasets.get(NAME)!, version: "2026-01-05T20:16:00", built: OLD });
  const again = async () => [await rig.sync(hub.url)];
  const [withdrawn] = await waitForPackages([first], { ...wait.options, again });
  assert.deepEqual(wait.pauses, [15_000]);
  assert.deepEqual([withdrawn?.status, withdrawn?.announced], ["success", undefined]);
  hub.removeDataset(NAME);
  const [failed] = await waitForPackages([first], { ...wait.options, again });
  assert.deepEqual([failed?.status, failed?.success], ["not_found", false]);
});

Deno.test("sync --wait takes what is there, waits for what was announced, and is one run in the history", async () => {
  const { hub, asked } = lateHub(2);
  await using _hub = hub;
  await using temp = await tempDir();
  const config = temp.at("config.yaml");
  const lines = [
    `hub: {url: "${hub.url}"}`,
    `datasets: [{name: ${NAME}, local_dir: ./data}]`,
    "logging: {file: ./sync.log}",
  ];
  await Deno.writeTextFile(config, `${lines.join("\n")}\n`);
  assert.equal(await syncCommand({ config, wait: "1s" }, fakeTerminal()), 0);
  assert.equal(asked(), 2);
  assertSameTree(
    await readTree(temp.at("data")),
    treeOf({ "same.csv": "x\n", "bars.csv": "day 2\n" }),
  );
  const state = JSON.parse(await Deno.readTextFile(temp.at(".last_sync.json")));
  assert.deepEqual(state, { [NAME]: ANNOUNCED });
  const history = await readHistory(historyPathFor(config));
  assert.deepEqual(
    history.map((
      { outcome, version, versionBefore, fetched },
    ) => [outcome, version, versionBefore, fetched]),
    [["success", ANNOUNCED, null, 3]],
  );
  const log = await Deno.readTextFile(temp.at("sync.log"));
  assert.match(
    log,
    /WARN: Dataset stock-trading-data-pro: the hub's package \(2026-01-05T20:16:00\) is older than announced \(2026-01-06T20:15:00\)\n/,
  );
  assert.match(
    log,
    /INFO: waiting for stock-trading-data-pro until \d\d:\d\d:\d\d \(the hub has announced/,
  );
});

Deno.test("waitForPackages() says what it waits for, why, until when, and when it asks next", async () => {
  const said: string[] = [];
  const { options } = waiting({ waitMs: 60_000, readyAt: 20_000 });
  await waitForPackages([
    { ...result("a", "package_not_ready"), error: "the hub says: packaging" },
    { ...result("b", "success"), announced: "2026-11-22" },
    result("c", "up_to_date"),
  ], { ...options, onWait: (message) => said.push(message) });
  const at = (ms: number): string => localTime(ms).slice(11, 19);
  assert.equal(
    said[0],
    `waiting for a, b until ${at(60_000)} (the hub says: packaging; the hub has announced ` +
      `2026-11-22); asking again at ${at(15_000)}`,
  );
});
