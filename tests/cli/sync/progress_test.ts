// deno-lint-ignore-file no-control-regex -- drawing is escape sequences
/** The line of progress, at every width of a terminal. */
import assert from "node:assert/strict";
import stringWidth from "string-width";
import { openProgress } from "../../../src/cli/sync/progress.ts";
import { type Progress, progressLine } from "../../../src/cli/sync/progress_line.ts";
import type { PlanSummary } from "../../../src/sync/sync_context.ts";
import { emptyResult } from "../../../src/sync/running_result.ts";
import { onJobSignal } from "../../../src/cli/terminal/job_control.ts";
import { until } from "../../support/until.ts";
import { fakeTerminal } from "../fake_terminal.ts";

const MB = 1_000_000;
const plan: PlanSummary = {
  entries: 120,
  kept: 0,
  staged: 0,
  whole: 120,
  tails: 0,
  deletes: 0,
  bytesToFetch: 10 * MB,
  bytesTotal: 10 * MB,
  requests: 1,
  diskNeeded: 30 * MB,
  strategy: "one sequential download",
};

function progressOf(over: Partial<Progress> = {}): Progress {
  return {
    name: "股票日线数据-专业版",
    doing: "downloading",
    done: 4 * MB,
    total: 10 * MB,
    bytes: true,
    speed: 2 * MB,
    entries: 40,
    entriesTotal: 120,
    ...over,
  };
}

Deno.test("progressLine() shows bytes, speed, time left and entries at 80 columns", () => {
  const line = progressLine(progressOf(), 79);
  assert.match(line, /^股票日线数据-专业版 \[#+-+\] {2}40% +4 MB\/10 MB +2 MB\/s +0:03 +40\/120$/);
});

Deno.test("progressLine() is never wider than asked for, whatever it says", () => {
  const names = ["a", "股票日线数据-专业版", "x".repeat(90), "数".repeat(60), ""];
  for (const name of names) {
    for (let width = 10; width <= 200; width += 7) {
      const whole = { done: 1e15, total: 1e15, speed: 1, entries: 1e6, entriesTotal: 1e6 };
      for (const over of [{}, { total: 0 }, { bytes: false }, whole, { speed: 0.001 }]) {
        const line = progressLine(progressOf({ name, ...over }), width);
        assert(stringWidth(line) <= width, `${width}: ${line}`);
      }
    }
  }
});

Deno.test("progressLine() keeps its columns while the figures change", () => {
  const lines = [0, 3 * MB, 9_990_000, 10 * MB].map((done) =>
    progressLine(progressOf({ done, entries: Math.floor(done / 90_000), speed: done / 3 }), 100)
  );
  const places = lines.map((line) => [line.indexOf("["), line.indexOf("]"), line.length].join());
  assert.equal(new Set(places.slice(1, 3)).size, 1, lines.join("\n"));
});

Deno.test("progressLine() at 40 columns keeps bar, share and time left", () => {
  assert.match(progressLine(progressOf(), 39), /^股票日线数据-… +\[#+-+\] {2}40% +0:03$/);
});

Deno.test("openProgress() draws when the timer says so, and only what changed", () => {
  const terminal = fakeTerminal({ errIsTerminal: true, columns: 80 });
  let now = 0;
  let tick = (): void => assert.fail("no timer");
  let interval = 0;
  const bars = openProgress(["a"], terminal, {
    clock: () => now,
    env: () => undefined,
    every: (ms, call) => {
      [interval, tick] = [ms, call];
      return () => tick = () => assert.fail("drawn after the end");
    },
  });
  assert(interval >= 100, "at most ten a second");
  bars.reporter({ type: "started", dataset: "a" });
  bars.reporter({ type: "planned", dataset: "a", plan });
  bars.reporter({ type: "phase", dataset: "a", phase: "download" });
  for (let index = 0; index < 1000; index++) {
    bars.reporter({ type: "received", dataset: "a", bytes: 1000 });
  }
  assert.equal(terminal.writes.length, 0);
  tick();
  assert.equal(terminal.writes.length, 1);
  assert.match(terminal.writes[0]!, /^\ra +\[#+-+\] {2}10% .*\x1b\[K\n\x1b\[J$/);
  tick();
  assert.equal(terminal.writes.length, 1, "nothing changed");
  now = 1000;
  bars.reporter({ type: "received", dataset: "a", bytes: 4 * MB });
  tick();
  assert.match(terminal.writes[1]!, /^\r\x1b\[1Aa +\[#+-+\] {2}50% +5 MB\/10 MB +5 MB\/s +0:01 /);
  bars.reporter({
    type: "finished",
    result: { ...emptyResult("a", 0), status: "success", bytesDownloaded: 10 * MB },
  });
  assert.match(terminal.writes[2]!, /^\r\x1b\[1Aa +success, 10 MB in 0\.0 s\x1b\[K\n\x1b\[J$/);
  bars.close();
  assert.doesNotMatch(terminal.writes.join(""), /\x1b\[\?25/, "the cursor is never hidden");
});

Deno.test("openProgress() begins below what a shell has written between Ctrl-Z and fg", async () => {
  let draw = (): void => {};
  const terminal = fakeTerminal({ errIsTerminal: true });
  const bars = openProgress(["a"], terminal, {
    env: () => undefined,
    every: (_ms, call) => {
      draw = call;
      return () => {};
    },
  });
  bars.reporter({ type: "started", dataset: "a" });
  draw();
  bars.reporter({ type: "phase", dataset: "a", phase: "directory" });
  draw();
  assert.match(terminal.writes.at(-1)!, /^\r\x1b\[1Aa /);
  let heard = false;
  // It is called after the bars' own listener. No signal that is listened for keeps a test running.
  using _signal = onJobSignal("SIGCONT", () => heard = true);
  Deno.kill(Deno.pid, "SIGCONT");
  await until(() => heard);
  draw();
  assert.equal(terminal.writes.length, 3, "drawn again, though nothing has changed");
  assert.match(terminal.writes.at(-1)!, /^\ra /);
  bars.close();
});

Deno.test("openProgress() draws several datasets below each other, in their order", () => {
  const terminal = fakeTerminal({ errIsTerminal: true, columns: 60 });
  let tick = (): void => {};
  const bars = openProgress(["a", "b"], terminal, {
    env: () => undefined,
    every: (_ms, call) => {
      tick = call;
      return () => {};
    },
  });
  for (const name of ["a", "b"]) bars.reporter({ type: "started", dataset: name });
  bars.reporter({ type: "checking", dataset: "b", done: 3, total: 12 });
  tick();
  const lines = terminal.writes[0]!.split("\n").map((line) => line.replace(/\x1b\[K|\r/g, ""));
  assert.match(lines[0]!, /^a +asking the hub$/);
  assert.match(lines[1]!, /^b +\[#+-+\] {2}25% 3\/12 checking files$/);
  bars.reporter({ type: "phase", dataset: "a", phase: "publish" });
  tick();
  assert(terminal.writes[1]!.startsWith("\r\x1b[2A"), JSON.stringify(terminal.writes[1]));
  assert.match(terminal.writes[1]!, /a +publishing/);
  bars.close();
});

Deno.test("openProgress() says why it waits, until bytes come again", () => {
  const terminal = fakeTerminal({ errIsTerminal: true, columns: 80 });
  let tick = (): void => {};
  const bars = openProgress(["a"], terminal, {
    env: () => undefined,
    every: (_ms, call) => {
      tick = call;
      return () => {};
    },
  });
  bars.reporter({ type: "planned", dataset: "a", plan });
  bars.reporter({ type: "phase", dataset: "a", phase: "download" });
  bars.reporter({
    type: "retry",
    dataset: "a",
    cause: "http_status",
    waitMs: 4000,
    sentence: "the server answered 500; trying again in 4 s (2 of 5)",
  });
  tick();
  assert.match(
    terminal.writes.at(-1)!,
    /a +the server answered 500; trying again in 4 s \(2 of 5\)/,
  );
  bars.reporter({ type: "received", dataset: "a", bytes: MB });
  tick();
  assert.match(terminal.writes.at(-1)!, /10%/);
  bars.close();
});

Deno.test("openProgress() draws nothing on a dumb terminal", () => {
  const terminal = fakeTerminal({ errIsTerminal: true, columns: 80 });
  const bars = openProgress(["a"], terminal, {
    env: (name) => name === "TERM" ? "dumb" : undefined,
    every: () => assert.fail("no timer is needed"),
  });
  bars.reporter({ type: "started", dataset: "a" });
  bars.close();
  assert.deepEqual(terminal.writes, []);
});

for (const columns of [60, 80, 120]) {
  Deno.test(`openProgress() says all of why it waits at ${columns} columns`, () => {
    const terminal = fakeTerminal({ errIsTerminal: true, columns });
    let tick = (): void => {};
    const every = (_ms: number, call: () => void) => ((tick = call), () => {});
    const bars = openProgress([], terminal, { env: () => undefined, every });
    const linesOf = (): string[] =>
      terminal.writes.at(-1)!.replace(/\x1b\[\d*[A-Z]|\r/g, "").trim().split("\n");
    bars.reporter({ type: "started", dataset: "stock-trading-data-professional" });
    // Of the hub's list, which is every dataset's.
    bars.reporter({
      type: "retry",
      dataset: "",
      cause: "cut_short",
      waitMs: 4000,
      sentence: "the connection broke; trying again in 4 s (2 of 5)",
    });
    tick();
    assert.match(linesOf()[0]!, /^stock\S* +the connection broke; trying again in 4 s \(2 of 5\)$/);
    const longer = "the server answered 500; trying again in 2 min 4 s (53 of 100)";
    bars.reporter({
      type: "retry",
      dataset: "",
      cause: "http_status",
      waitMs: 124_000,
      sentence: longer,
    });
    tick();
    assert.equal(linesOf().length, columns === 60 ? 3 : 1);
    assert(linesOf().join(" ").replace(/ +/g, " ").endsWith(longer), linesOf().join("\n"));
    bars.reporter({
      type: "finished",
      result: { ...emptyResult("stock-trading-data-professional", 0), status: "package_not_ready" },
    });
    bars.wait(
      "waiting for stock-trading-data-professional until 08:45:00 (its package isn't ready yet); asking again at 08:15:30",
    );
    tick();
    const lines = linesOf();
    for (const line of lines) assert(stringWidth(line) < columns, line);
    assert.match(lines.join(" "), /waiting for .* until 08:45:00 .* asking again at 08:15:30/);
    bars.reporter({ type: "started", dataset: "stock-trading-data-professional" });
    tick();
    assert.doesNotMatch(linesOf().join(" "), /waiting/);
    bars.close();
  });
}
