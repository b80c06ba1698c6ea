/**
 * One hostile text through every door by which text leaves the program: terminal, log, history,
 * state, metrics, report, messages, e-mail, JSON. A door that is added belongs into this list.
 *
 * Longer than 250 lines because every door is a test.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { logReporter } from "../src/cli/sync/log_reporter.ts";
import { reportDocument, reportText } from "../src/cli/check/report.ts";
import { renderResults } from "../src/cli/sync/result_table.ts";
import { renderStatus } from "../src/cli/status/status_table.ts";
import { parseConfig } from "../src/config/load_config.ts";
import { HubError, messageOf } from "../src/errors.ts";
import { parseCatalog } from "../src/hub/catalog/catalog_parse.ts";
import { appendHistory, readHistory } from "../src/monitoring/history.ts";
import { recordOf } from "../src/monitoring/history_record.ts";
import { parseRecord } from "../src/monitoring/history_record.ts";
import { openLog } from "../src/monitoring/log.ts";
import { renderMetrics } from "../src/monitoring/metrics.ts";
import { composeMessage } from "../src/monitoring/notify/message.ts";
import { type HttpTarget, requestFor } from "../src/monitoring/notify/payload.ts";
import { renderReport } from "../src/monitoring/report/render_report.ts";
import { statusRows } from "../src/monitoring/status_rows.ts";
import { isPlain, jsonText, LONGEST, messageText, terminalText } from "../src/plain_text.ts";
import { redactor, redactUrl } from "../src/redact.ts";
import { loadState } from "../src/store/memory/state.ts";
import { emptyResult, RunningResult } from "../src/sync/running_result.ts";
import { reporterOf } from "../src/sync/sync_context.ts";
import type { DatasetResult } from "../src/types.ts";
import { record } from "./monitoring/records.ts";
import { fakeTerminal } from "./support/fake_terminal.ts";
import { tempDir } from "./support/temp.ts";

const SECRET = "s3cret-t0ken/+&";
const FORGED = "✓ bars: 5,400 files, all as they should be";
/** A title, a cleared screen, C1, bidi, a forged line, a secret, and then megabytes. */
const EVIL =
  `v\x1b]0;OWNED\x07\x1b[2J\x1b[H\x9b31m\u009d0;x\u202eevil\u2066\u061c\u{e0041}\u200b\u206a\u3164\ufeff\u00ad\r\n${FORGED}` +
  ` <at user_id="all"></at><!channel> "\\ ${SECRET} http://u:${"p".repeat(9)}@h/x?sig=${SECRET}#f `;
const LONG = EVIL.repeat(20_000);
/** The same for the name of a dataset, which is the configuration's own. */
const named = (text: string): string => text.replaceAll(SECRET, "").replaceAll("sig=", "");

/** What no door lets out; `lines` that may be in it are the caller's own. */
function assertHarmless(text: string, what: string, most = Infinity): void {
  const found =
    /[^\P{Cc}\n\t]|[\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\u{e0000}-\u{e007f}]/u
      .exec(text);
  assert.equal(found?.[0].codePointAt(0)?.toString(16), undefined, what);
  for (const line of text.split("\n")) {
    assert(!line.startsWith("✓ bars: 5,4"), `${what}: forged line`);
  }
  assert(!text.includes(SECRET), `${what} shows the secret`);
  assert(!text.includes("sig="), `${what} shows a query`);
  assert(text.length <= most, `${what}: ${text.length} characters`);
}

const redact = redactor([SECRET]);
const result = (text: string): DatasetResult => ({
  ...emptyResult("bars", 0),
  status: "error",
  version: text,
  versionBefore: text,
  error: text,
  hint: text,
  hub: text,
});

Deno.test("errors are one line of print, and as long as one reads", () => {
  for (const text of [EVIL, LONG]) {
    const evidence = {
      found: text,
      expected: text,
      hint: text,
      url: text,
      entry: text,
      path: text,
    };
    const error = new HubError("redirect", text, evidence);
    for (const [key, value] of Object.entries({ message: error.message, ...error.evidence })) {
      assert(isPlain(String(value)), key);
      assert(String(value).length <= LONGEST.path, key);
    }
    assert(error.message.length <= LONGEST.message);
    assert(messageOf(new TypeError(text)).length <= LONGEST.message);
    assert(isPlain(messageOf(new TypeError(text))));
  }
  assert(redactUrl(`http://h/${"x".repeat(100_000)}`).length <= LONGEST.url);
});

Deno.test("the log takes one line an event, in both formats, DEBUG and its fields included", async () => {
  await using temp = await tempDir();
  for (const format of ["text", "json"] as const) {
    const file = temp.at(`${format}.log`);
    const logging = { level: "DEBUG" as const, file, format, maxSize: 0, keep: 1 };
    await using log = openLog({ logging, secrets: [SECRET] });
    for (const text of [EVIL, LONG]) {
      log.error(text, { dataset: text, [text]: { deep: [text, new Error(text)] } });
      log.debug(text, { text });
      logReporter(log)({ type: "finished", result: result(text) });
      logReporter(log)({ type: "warn", dataset: text, message: text });
    }
    const text = await Deno.readTextFile(file);
    assertHarmless(text, format, 120_000);
    assert.equal(text.trimEnd().split("\n").length, 8);
    if (format === "json") { for (const line of text.trimEnd().split("\n")) JSON.parse(line); }
  }
});

Deno.test("the history is written and read clean, also what an earlier program wrote", async () => {
  await using temp = await tempDir();
  const path = temp.at("history.jsonl");
  for (const text of [EVIL, LONG]) {
    const made = recordOf({ ...result(text), dataset: named(text) }, {
      hub: text,
      binaryVersion: "3",
      secrets: [SECRET],
    });
    await appendHistory(path, made);
  }
  assertHarmless(await Deno.readTextFile(path), "history", 16_000);
  const raw = { ...record(), dataset: EVIL, version: EVIL, error: EVIL, hint: EVIL, hub: EVIL };
  const old = JSON.stringify({ ...raw, phases: { [EVIL]: 1 }, retries: { [EVIL]: 1 } });
  await Deno.writeTextFile(path, `${old}\n`, { append: true });
  assert.equal((await readHistory(path)).length, 3);
  const read = parseRecord(old)!;
  const { phases, retries, ...texts } = read;
  for (const [key, value] of Object.entries({ ...texts, ...phases, ...retries })) {
    assert(isPlain(key) && isPlain(String(value)), key);
  }
  for (const key of Object.keys({ ...phases, ...retries })) assert(isPlain(key), key);
});

Deno.test("state, catalog, status and results reach a terminal clean at every width", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("state"), JSON.stringify({ bars: EVIL, fine: "2026" }));
  const state = Object.fromEntries(await loadState(temp.at("state")));
  const catalog = parseCatalog([
    { name: EVIL, last_updated: "2026-01-01" },
    { name: "long".repeat(100), last_updated: "2026-01-01" },
    { name: "bars", last_updated: EVIL, status: EVIL, package_url: LONG },
    { name: "fine", last_updated: LONG, sha256: EVIL, package_ready: false, status: LONG },
  ], { timezone: "UTC" });
  assert.deepEqual(catalog.datasets.map(({ name }) => name), ["bars", "fine"]);
  assertHarmless(redact(jsonText(catalog.datasets), 99_999), "catalog", 2000);
  for (const warning of catalog.warnings) assert(isPlain(warning) && warning.length < 400, warning);
  assert.equal(catalog.datasets[0]?.ready, false, "a URL that can't be followed is no package");

  const text =
    "hub: {url: http://h}\ndatasets: [{name: bars, local_dir: a}, {name: fine, local_dir: b}]";
  const config = parseConfig(text, { path: "/srv/c.yaml" });
  const history = [
    parseRecord(
      JSON.stringify({ ...record(), dataset: "bars", outcome: "error", error: redact(EVIL) }),
    )!,
  ];
  const rows = statusRows({ config, state, history, catalog, now: 0 });
  for (const width of [20, 80, 200, Infinity]) {
    for (
      const hub of [
        { kind: "answered", catalog } as const,
        { kind: "failed", error: redact(EVIL), hint: redact(EVIL) } as const,
      ]
    ) {
      const view = { now: 0, timezone: "UTC", rows, running: new Map(), hub, urlsOnly: false };
      assertHarmless(
        redactAll(renderStatus(view, { colours: false, width })),
        `status at ${width}`,
      );
    }
    const terminal = { ...fakeTerminal(), columns: () => Math.min(width, 500) };
    assertHarmless(redactAll(renderResults([result(EVIL)], terminal)), `results at ${width}`);
  }
  const lines = [{ check: "hub.x", verdict: "error", text: EVIL, remedy: EVIL } as const];
  assertHarmless(reportText(lines, { clean: redact }), "check");
  assertHarmless(jsonText(reportDocument(lines, { clean: redact })), "check --json");
  assertHarmless(redactAll(jsonText({ [EVIL]: [EVIL] })), "JSON");
  assert.deepEqual(JSON.parse(jsonText({ [EVIL]: [EVIL] }, 2)), { [EVIL]: [EVIL] });
});

/** What a table shows comes out of files and results that are redacted before. */
function redactAll(text: string): string {
  return text.split(SECRET).join("***").replaceAll("sig=", "");
}

Deno.test("warnings that the engine tells are clean for whoever listens", () => {
  const told: string[] = [];
  const reporter = reporterOf({ warn: ({ message }) => void told.push(message) });
  const running = new RunningResult("bars", null, { reporter, clock: () => 0 });
  running.warn(LONG);
  running.warnOf([EVIL, LONG], EVIL);
  for (const text of told) assert(isPlain(text) && text.length <= LONGEST.message);
});

Deno.test("metrics and the report are of one piece", () => {
  const records = [parseRecord(JSON.stringify({ ...record(), dataset: EVIL, error: EVIL }))!];
  const metrics = renderMetrics({
    history: { records, trimmed: {} },
    datasets: [{ name: EVIL, instant: null }],
    now: Date.UTC(2026, 10, 22),
    timezone: "UTC",
    binaryVersion: EVIL,
  });
  assertHarmless(redactAll(metrics), "metrics");
  for (const line of metrics.trimEnd().split("\n")) assert.match(line, /^(# |datahubsync_)/);
  const page = renderReport(records, {
    now: Date.UTC(2026, 10, 22),
    datasets: [{ name: messageText(EVIL), instant: null }],
    timezone: "UTC",
    version: "3",
  });
  assertHarmless(redactAll(page), "report");
  assert(!page.includes("<at user"), "report");
});

Deno.test("messages call nobody, forge nothing, and fit", () => {
  const url = `https://hooks.example/services/T00000000/${"k".repeat(9)}9/x`;
  for (const text of [EVIL, LONG]) {
    const notices = [1, 2].map(() => ({
      event: "failure" as const,
      dataset: named(text),
      outcome: "error" as const,
      since: 0,
      version: text,
      reason: text,
      remedy: text,
    }));
    for (const some of [notices, notices.slice(1)]) {
      const message = composeMessage(some, { at: 0, host: "desk", redact });
      assertHarmless(message.title, "subject", 400);
      assert(!message.title.includes("\n"), "a subject is one line");
      assertHarmless(message.text, "e-mail", 8000);
      for (const type of ["webhook", "slack", "wecom", "dingtalk", "feishu"] as const) {
        const { body } = requestFor({ type, url } as HttpTarget, message);
        const sent = JSON.stringify(body);
        assertHarmless(sent.replaceAll("\\n", "\n"), type, 20_000);
        if (type === "feishu" || type === "wecom" || type === "slack") {
          assert(!/<[at!@]/.test(sent), `${type} calls everybody`);
        }
      }
    }
  }
});

Deno.test("the terminal's own door keeps colours and line ends, and nothing else", () => {
  const painted = "\x1b[31mred\x1b[39m \x1b[1mbold\x1b[22m\n\ttab\n";
  assert.equal(terminalText(painted), painted);
  assertHarmless(
    terminalText(EVIL.replaceAll(SECRET, "").replace("sig=", "")).replaceAll(FORGED, ""),
    "terminal",
  );
  const drawn = "\r\x1b[3Aline\x1b[K\n\x1b[J\x1b[?2026h\x1b[H\x1b[?1049l";
  assert.equal(terminalText(drawn, { moves: true }), drawn);
  assert.doesNotMatch(terminalText(drawn).replaceAll("\n", ""), /\p{Cc}/u);
  for (
    const own of ["\x1b[8m", "\x1b[38;5;1m", "\x1b]8;;http://x\x07", "\x1bc", "\x1b[6n", "\x1b[4h"]
  ) {
    assert.doesNotMatch(terminalText(own), /\p{Cc}/u, JSON.stringify(own));
    assert.doesNotMatch(terminalText(own, { moves: true }), /\p{Cc}/u, JSON.stringify(own));
  }
});

Deno.test("redactor() knows a secret in every spelling, and half of it at the end", () => {
  const hook = "https://oapi.example/robot/send/AbCdEf123456?access_token=0123456789abcdef";
  const basic = `Basic ${Buffer.from(`me:${SECRET}`).toString("base64")}`;
  const clean = redactor([`Bearer ${SECRET}`, hook, basic, 'pass word"é']);
  const spellings = [
    SECRET,
    encodeURIComponent(SECRET),
    encodeURIComponent(SECRET).toLowerCase(),
    JSON.stringify(SECRET),
    SECRET.replaceAll("/", "\\/"),
    SECRET.replaceAll("&", "&amp;"),
    Buffer.from(SECRET).toString("base64"),
    Buffer.from(`me:${SECRET}`).toString("base64"),
    Buffer.from(`\0user\0${SECRET}`).toString("base64"),
    Buffer.from(`x${SECRET}y`).toString("base64url"),
    hook,
    new URL(hook).pathname,
    "AbCdEf123456",
    "0123456789abcdef",
    'pass word\\"é',
    "pass%20word%22%C3%A9",
    "pass+word%22%C3%A9",
  ];
  const core = /s3cret|czNjcmV0|AbCdEf|0123456789|pass.?word|pass%20/;
  for (const text of spellings) assert.doesNotMatch(clean(`so ${text} it is`), core, text);
  for (let cut = 8; cut < SECRET.length; cut++) {
    const text = clean("x".repeat(LONGEST.message - cut) + SECRET + "y".repeat(99));
    assert.doesNotMatch(text, /s3cret/, `cut at ${cut}`);
  }
  assert.equal(
    clean("nothing of it, such as services or robot"),
    "nothing of it, such as services or robot",
  );
});
