/** What the benchmark makes of what it measured. */
import assert from "node:assert/strict";
import { readOptions } from "../../bench/bench.ts";
import { sentIn } from "../../bench/hubs.ts";
import { costOf, measure } from "../../bench/measure.ts";
import { MemoryWatch } from "../../bench/memory.ts";
import { interleave, median } from "../../bench/rounds.ts";
import { judged, megabytes, percent, table, times } from "../../bench/table.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

Deno.test("median() takes the middle, or the mean of both middles", () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

Deno.test("costOf() adds user and system time", () => {
  const { wallMs, cpuMs } = costOf("1.500 0.250 0.125");
  assert.equal(wallMs, 1500);
  assert.equal(cpuMs, 375);
});

Deno.test("sentIn() counts requests, but no mark and no line cut at one", () => {
  const log = "200 700 /api/datasets\n404 300 /mark-1\n206 1000 /package/a b.zip\n404 300 ";
  assert.deepEqual(sentIn(log), { bytes: 1700, requests: 2 });
});

Deno.test("measure() tells each step", async () => {
  await using temp = await tempDir();
  const { steps } = await measure({ steps: ["true", "sync --version"], folder: temp.path });
  assert.equal(steps.length, 2);
  assert(steps.every(({ wallMs, cpuMs }) => wallMs >= 0 && cpuMs >= 0), JSON.stringify(steps));
});

Deno.test("MemoryWatch sees what a process below the root holds", async () => {
  // `tail` keeps 40 MB until its reader goes on, which waits for our input to end.
  const hold = "head -c 40000000 /dev/zero | tail -c 40000000 | { read -r _ <&3; cat >/dev/null; }";
  const child = new Deno.Command("bash", {
    args: ["-c", `exec 3<&0; ${hold}; true`],
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const watch = new MemoryWatch(child.pid);
  await until(() => watch.peak.own >= 40e6);
  await child.stdin.close();
  assert.equal((await child.status).code, 0);
  watch.stop();
  const { resident, own } = watch.peak;
  assert(resident >= own && resident < 60e6, JSON.stringify(watch.peak));
});

Deno.test("measure() fails with the output of a step that fails, also before a pipe", async () => {
  await using temp = await tempDir();
  const steps = ["{ echo no such thing >&2; false; } | cat"];
  await assert.rejects(measure({ steps, folder: temp.path }), /exit 1 of[^]*no such thing/);
});

Deno.test("measure() hides the caller's environment", async () => {
  await using temp = await tempDir();
  await measure({ steps: ['test "$no_proxy" = "*" && test -z "$http_proxy"'], folder: temp.path });
});

Deno.test("interleave() goes round by round and drops who fails", async () => {
  const order: string[] = [];
  const contestant = (id: string, fails = false) => ({
    id,
    label: id,
    run(round: number) {
      order.push(`${id}${round}`);
      if (fails) return Promise.reject(new Error("broken"));
      const memory = { peakBytes: 1, ownBytes: 1 };
      return Promise.resolve({ wallMs: 1, cpuMs: 1, ...memory, wireBytes: 1, requests: 1 });
    },
  });
  const standings = await interleave([contestant("a"), contestant("b", true), contestant("c")], {
    rounds: 2,
    say: () => {},
  });
  assert.deepEqual(order, ["a1", "b1", "c1", "a2", "c2"]);
  assert.deepEqual(standings.map(({ runs }) => runs.length), [2, 0, 2]);
  assert.equal(standings[1]?.failure, "broken");
});

Deno.test("table() pads its columns, and figures say when there is none", () => {
  assert.equal(
    table(["", "s"], [["one", "1.00"], ["three"]]),
    "|       |    s |\n| ----- | ---: |\n| one   | 1.00 |\n| three |      |",
  );
  assert.equal(megabytes(undefined), "–");
  assert.equal(times(3, 2), "1.50×");
  assert.equal(times(3, undefined), "–");
  assert.equal(percent(1, 8), "12.5 %");
  assert.equal(judged("3×", true), "3× ✓");
  assert.equal(judged("3×", undefined), "3×");
});

Deno.test("readOptions() names what it doesn't know, and what there is", () => {
  assert.throws(
    () => readOptions(["--only", "fastest"]),
    /no scenario or profile "fastest"; there are first, .*pro, /,
  );
  assert.throws(() => readOptions(["--rounds", "0"]), /over 0 after --rounds, found "0"/);
  const { scenarios, profiles, rounds, scale } = readOptions(["--only", "pro,fin,patch"]);
  assert.deepEqual({ scenarios, profiles, rounds, scale }, {
    scenarios: ["first", "patch"],
    profiles: ["pro", "fin"],
    rounds: 5,
    scale: 1,
  });
  assert.deepEqual(readOptions(["--only", "daily"]).scenarios, ["daily"]);
  assert(readOptions([]).profiles.includes("json"));
});
