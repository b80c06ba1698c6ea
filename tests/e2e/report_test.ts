/**
 * `datahubsync report` by the binary, opened in a browser.
 *
 * @module
 */
import { existsSync } from "node:fs";
import assert from "node:assert/strict";
import { shellWord } from "../../src/shell_word.ts";
import { binaryPath, configFor, runBinary, type Workplace, workplace } from "../support/binary.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

const NAME = "stock-trading-data-pro";
const CHROMIUM = "/usr/bin/chromium";
/** For a browser on a machine that has much else to do. */
const PATIENCE_MS = 300_000;
const missing = !existsSync(CHROMIUM);

/** What a browser makes of a page. */
interface Seen {
  /** Messages on the console, requests, errors. */
  troubles: string[];
  heading: string;
  /** Canvases with something drawn on them. */
  drawn: number;
  figures: Record<string, string>;
  failed: string[];
}

async function open(path: string): Promise<Seen> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
  try {
    const context = await browser.newContext({ locale: "en-US" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
    });
    await page.goto(`file://${path}`);
    await page.locator("html[data-drawn]").waitFor();
    const drawn = await page.evaluate(
      `[...document.querySelectorAll("canvas")].filter((one) => one.getContext("2d")
        .getImageData(0, 0, one.width, one.height).data.some((n) => n > 0)).length`,
    );
    const figures: Record<string, string> = {};
    for (const one of await page.locator("[data-figure]:visible").all()) {
      figures[(await one.getAttribute("data-figure"))!] ??= await one.innerText();
    }
    const failed = await page.locator("#failed tbody tr").allInnerTexts();
    const heading = await page.locator("h1").innerText();
    return { troubles, heading, drawn: drawn as number, figures, failed };
  } finally {
    await browser.close();
  }
}

async function historyOf(place: Workplace): Promise<Record<string, unknown>[]> {
  const text = await Deno.readTextFile(place.at(".datahubsync/history.jsonl"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Four runs: fetched, nothing to do, failed, fetched. */
async function fourRuns(place: Workplace, hub: ReturnType<typeof startHub>): Promise<void> {
  const codes = [(await place.run()).code, (await place.run()).code];
  hub.nextDay({ share: 0.5 });
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  codes.push((await place.run()).code);
  hub.hub.faults.clear();
  codes.push((await place.run()).code);
  assert.deepEqual(codes, [0, 0, 3, 0]);
}

/** Moves the first run to the day before: of one day alone no charts are drawn. */
async function aDayEarlier(place: Workplace): Promise<void> {
  const [first, ...rest] = await historyOf(place);
  first!["at"] = new Date(Date.parse(first!["at"] as string) - 86_400_000).toISOString();
  const lines = [first, ...rest].map((run) => `${JSON.stringify(run)}\n`);
  await Deno.writeTextFile(place.at(".datahubsync/history.jsonl"), lines.join(""));
}

Deno.test({
  name: "the report opens without an error, and its numbers are the history's" +
    (missing ? ` (needs ${CHROMIUM})` : ""),
  ignore: missing,
  // The browser's process and pipes outlive the sanitizers' view of this test.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using hub = startHub({ kind: "modern" });
    await using place = await workplace(configFor(hub.url, [NAME], { hub: ["retries: 0"] }));
    await fourRuns(place, hub);
    await aDayEarlier(place);
    const ended = await place.run("report", "--days", "7");
    const path = place.at("datahubsync-report.html");
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, `${path}\n`, ""]);
    assert((await Deno.stat(path)).size < 500_000);
    const seen = await open(path);
    assert.deepEqual(seen.troubles, []);
    assert.equal(seen.drawn, 6);
    const history = await historyOf(place);
    assert.deepEqual(history.map(({ outcome }) => outcome), [
      "success",
      "up_to_date",
      "download_failed",
      "success",
    ]);
    const bytes = history.reduce((sum, run) => sum + (run["bytesDownloaded"] as number), 0);
    assert.equal(seen.figures["updates"], "2");
    assert.equal(seen.figures["rate"], "75 %");
    assert.equal(seen.figures["downloaded"], `${Math.round(bytes / 1000)} kB`);
    const { datasets: [row] } = JSON.parse((await place.run("status", "--json")).stdout);
    assert.equal(row.success_rate, 0.75);
    assert.equal(seen.failed.length, 1);
    assert.match(seen.failed[0]!, /500/);
  },
});

Deno.test({
  name: `the report of nothing opens without an error${missing ? ` (needs ${CHROMIUM})` : ""}`,
  ignore: missing,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using place = await workplace(configFor("http://127.0.0.1:1", [NAME]));
    const path = place.at("not/there/yet.html");
    const ended = await place.run("report", "--output", path);
    assert.deepEqual([ended.code, ended.stdout], [0, `${path}\n`]);
    const seen = await open(path);
    assert.deepEqual([seen.troubles, seen.drawn], [[], 0]);
    assert.equal(seen.heading, "Nothing has been synced yet.");
  },
});

Deno.test({
  name: `the demo's report tells what it just did${missing ? ` (needs ${CHROMIUM})` : ""}`,
  ignore: missing,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using temp = await tempDir();
    const ended = await runBinary(["demo", "--dir", temp.at("demo"), "--keep"]);
    assert.equal(ended.code, 0, ended.stderr);
    const path = temp.at("demo/datahubsync-report.html");
    assert(ended.stdout.includes(`$ ${shellWord(binaryPath())} report\n${path}\n`));
    const seen = await open(path);
    assert.deepEqual([seen.troubles, seen.drawn], [[], 0]);
    assert.deepEqual([seen.figures["updates"], seen.figures["rate"]], ["5", "90 %"]);
    assert.equal(seen.heading, "All 2 datasets are in good order.");
    assert.equal(seen.failed.length, 1);
  },
});

Deno.test("report asks no hub, and refuses days that are none", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  assert.equal((await place.run("report")).code, 0);
  assert.deepEqual(hub.hub.requests, []);
  for (const days of ["0", "x", "1.5", "100000"]) {
    const ended = await place.run("report", "--days", days);
    assert.deepEqual([ended.code, ended.stdout], [2, ""]);
    assert.match(ended.stderr, /^error: expected a number of days .*\nhint: /);
  }
});

Deno.test("report replaces a report, and nothing else", async () => {
  await using place = await workplace(configFor("http://127.0.0.1:1", [NAME]));
  const [mine, report] = [place.at("notes.html"), place.at("report.html")];
  await Deno.writeTextFile(mine, "<html><title>Mine</title></html>");
  await Deno.mkdir(place.at("folder"));
  for (const path of [mine, place.at("folder"), "/dev/null", place.at("config.yaml")]) {
    const ended = await place.run("report", "--output", path);
    assert.deepEqual([ended.code, ended.stdout], [2, ""], path);
    assert.match(ended.stderr, /isn't a report, so it isn't replaced\nhint: name another file/);
  }
  assert.match(await Deno.readTextFile(mine), /Mine/);
  await Deno.writeTextFile(report, "");
  assert.equal((await place.run("report", "--output", report)).code, 0);
  assert.equal((await place.run("report", "--output", report)).code, 0);
  assert.match(await Deno.readTextFile(report), /<h1>/);
});

Deno.test("report names its machine, hub and configuration, without the hub's password", async () => {
  await using place = await workplace(configFor("http://me:hidden@hub.example:8000", [NAME]));
  assert.equal((await place.run("report")).code, 0);
  const page = await Deno.readTextFile(place.at("datahubsync-report.html"));
  for (const word of [Deno.hostname(), "http://hub.example:8000/", place.at("config.yaml")]) {
    assert(page.includes(`<b>${word}</b>`), word);
  }
  assert(!page.includes("hidden@") && !page.includes("me:hidden"));
});

Deno.test("report says which folder it can't write to", async () => {
  await using place = await workplace(configFor("http://127.0.0.1:1", [NAME]));
  await Deno.writeTextFile(place.at("file"), "");
  const ended = await place.run("report", "--output", place.at("file/report.html"));
  assert.deepEqual([ended.code, ended.stdout], [3, ""]);
  assert(ended.stderr.includes(place.at("file")), ended.stderr);
});
