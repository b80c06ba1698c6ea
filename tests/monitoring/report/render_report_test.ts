/**
 * The report is one page that loads nothing, executes no foreign text and draws in a real browser.
 */
import assert from "node:assert/strict";
import type { HistoryRecord } from "../../../src/monitoring/history_record.ts";
import { renderReport, type ReportOptions } from "../../../src/monitoring/report/render_report.ts";
import { UPLOT_CSS, UPLOT_JS, UPLOT_LICENCE } from "../../../src/monitoring/report/vendor/uplot.ts";
import type { Phase } from "../../../src/types.ts";
import { run } from "../../support/command.ts";
import { ROOT } from "../../support/sources.ts";
import { record } from "../records.ts";
import { installed, pathOf } from "../../support/installed.ts";
import { tempDir } from "../../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 4);
const DAY = 86_400_000;
const HOSTILE = `</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> " ' & \u2028`;

function options(changes: Partial<ReportOptions> = {}): ReportOptions {
  const datasets = [{ name: "a", instant: NOW - DAY }, { name: "股票", instant: null }];
  return { now: NOW, datasets, timezone: "Asia/Shanghai", version: "3.0.0", ...changes };
}

/** One run every six hours of each dataset, for `days`; every tenth fails. */
function historyOf(days: number): HistoryRecord[] {
  const records: HistoryRecord[] = [];
  for (let n = days * 4; n >= 1; n--) {
    for (const dataset of ["a", "股票"]) {
      const outcome = n % 10 === 0 ? "download_failed" : n % 4 === 0 ? "success" : "up_to_date";
      records.push(record({
        dataset,
        outcome,
        at: new Date(NOW - n * DAY / 4).toISOString(),
        bytesOnDisk: 1e8,
        ...(outcome === "download_failed" ? { error: "503" } : {}),
      }));
    }
  }
  return records;
}

const histories: Record<string, [HistoryRecord[], Partial<ReportOptions>]> = {
  "an empty history": [[], {}],
  "one run": [[record({ at: new Date(NOW - DAY).toISOString() })], {}],
  "thirty days": [historyOf(29), {}],
  "five years": [historyOf(5 * 365), { days: 5 * 365 }],
  "hostile strings": [
    [1, 2].map((days) =>
      record({
        at: new Date(NOW - days * DAY).toISOString(),
        dataset: HOSTILE,
        outcome: "error",
        error: HOSTILE,
        hint: HOSTILE,
        phases: { [HOSTILE as Phase]: 5 },
        version: HOSTILE,
      })
    ),
    { datasets: [{ name: HOSTILE, instant: null }], version: HOSTILE },
  ],
};

Deno.test("renderReport() stays below 500 KB and names no address to load from", () => {
  for (const [name, [history, changes]] of Object.entries(histories)) {
    const page = renderReport(history, options(changes));
    assert(new TextEncoder().encode(page).length < 500_000, name);
    assert.doesNotMatch(page, /<(link|script|img|iframe)[^>]+(href|src)="(?!data:,")/);
    assert.equal(page.match(/<script/g)?.length, 3, name);
    assert.equal(page.match(/<\/script/g)?.length, 3, name);
  }
});

Deno.test("the embedded uPlot is the npm package's", async () => {
  const code = `import js from "npm:uplot@1.6.32/dist/uPlot.iife.min.js" with { type: "text" };
    import css from "npm:uplot@1.6.32/dist/uPlot.min.css" with { type: "text" };
    import licence from "npm:uplot@1.6.32/LICENSE" with { type: "text" };
    console.log(JSON.stringify({ js, css, licence }));`;
  const args = ["eval", "--quiet", "--unstable-raw-imports", code];
  assert.deepEqual(JSON.parse(await run(Deno.execPath(), args, { cwd: ROOT })), {
    js: UPLOT_JS,
    css: UPLOT_CSS,
    licence: UPLOT_LICENCE,
  });
});

const CHROMIUM = pathOf("chromium") ?? "chromium";
/** For a browser on a machine that has much else to do. */
const PATIENCE_MS = 300_000;
const missing = !installed("chromium");

Deno.test({
  name: "renderReport() draws in Chromium without an error",
  ignore: missing,
  // The browser's process and pipes outlive the sanitizers' view of this test.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    const { chromium } = await import("playwright-core");
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      timeout: PATIENCE_MS,
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    await using temp = await tempDir();
    try {
      for (const [name, [history, changes]] of Object.entries(histories)) {
        await t.step(name, async () => {
          const file = temp.at("report.html");
          await Deno.writeTextFile(file, renderReport(history, options(changes)));
          const zh = name === "thirty days";
          const context = await browser.newContext({
            locale: zh ? "zh-CN" : "en-US",
            colorScheme: zh ? "dark" : "light",
          });
          const page = await context.newPage();
          page.setDefaultTimeout(PATIENCE_MS);
          const troubles: string[] = [];
          page.on("console", (message) => troubles.push(message.text()));
          page.on("pageerror", (error) => troubles.push(String(error)));
          page.on("request", (request) => {
            if (!/^(file|data):/.test(request.url())) troubles.push(request.url());
          });
          page.on("dialog", (dialog) => {
            troubles.push(dialog.message());
            void dialog.dismiss();
          });
          await page.goto(`file://${file}`);
          await page.locator("html[data-drawn]").waitFor();
          // How many canvases have a pixel with ink.
          const inked = await page.evaluate(
            `[...document.querySelectorAll("canvas")].filter((one) =>
            one.getContext("2d").getImageData(0, 0, one.width, one.height).data.some((n) => n > 0)).length`,
          );
          const figure = async (key: string): Promise<string> =>
            await page.locator(`[data-figure="${key}"]:visible`).first().innerText();
          // Of one day alone there is nothing to draw.
          assert.equal(inked, history.length > 1 ? 6 : 0);
          assert.equal(await page.locator("#no-charts").count(), history.length === 1 ? 1 : 0);
          assert.equal(await page.locator("html").getAttribute("lang"), zh ? "zh-CN" : "en");
          if (name === "one run") {
            assert.equal(await figure("updates"), "1");
            assert.equal(await figure("rate"), "100 %");
            assert.equal(await figure("downloaded"), "9 MB");
            assert.equal(await figure("median"), "2.5 s");
          }
          if (zh) {
            const failed = history.filter((run) => run.outcome === "download_failed").length;
            const updates = history.filter((run) => run.outcome === "success").length;
            assert.equal(await figure("updates"), String(updates));
            const rate = Math.round((1 - failed / history.length) * 1000) / 10;
            assert.equal(await figure("rate"), `${rate} %`);
            assert.equal(await page.locator("#failed tbody tr").count(), Math.min(12, failed));
            await page.locator("#language").click();
            assert.equal(await page.locator("html").getAttribute("lang"), "en");
            assert.match(
              await page.locator("h1").innerText(),
              /^All 2 datasets are in good order\.$/,
            );
            await page.emulateMedia({ colorScheme: "light" });
            await page.pdf();
          }
          if (name === "thirty days") {
            // On a phone: nothing to the right of the screen, and each failed run's reason on it.
            await page.setViewportSize({ width: 375, height: 800 });
            // The charts follow the new width when the page is laid out again.
            await page.waitForFunction("document.documentElement.scrollWidth === 375");
            const reasons = await page.locator("#failed td.reason").all();
            assert(reasons.length > 0);
            for (const reason of reasons) {
              const box = (await reason.boundingBox())!;
              assert(
                box.width > 200 && box.x >= 0 && box.x + box.width <= 375,
                JSON.stringify(box),
              );
              assert.equal(await reason.innerText(), "503");
            }
            await page.setViewportSize({ width: 1280, height: 800 });
          }
          if (name === "hostile strings") {
            assert.match(await page.locator("h1").innerText(), /^<\/script><script>alert\(1\)/);
          }
          if (history.length === 0) {
            assert.equal(await page.locator("h1").innerText(), "Nothing has been synced yet.");
          }
          assert.deepEqual(troubles, []);
          await context.close();
        });
      }
    } finally {
      await browser.close();
    }
  },
});
