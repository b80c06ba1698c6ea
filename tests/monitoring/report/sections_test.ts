/** The report's verdict and sections say what needs attention, and nothing else. */
import assert from "node:assert/strict";
import type { HistoryRecord } from "../../../src/monitoring/history_record.ts";
import { html, jsonScript } from "../../../src/monitoring/report/html.ts";
import { renderReport } from "../../../src/monitoring/report/render_report.ts";
import { record } from "../records.ts";

const NOW = Date.UTC(2026, 10, 24, 4);
const recent = new Date(NOW - 3_600_000).toISOString();

/** The English verdict of a page, and how it is lit. */
function verdictOf(history: HistoryRecord[], names: string[], instant = NOW): [string, string] {
  const maxAge = { hours: 24, weekdays: [1, 2, 3, 4, 5], hour: 0 };
  const page = renderReport(history, {
    now: NOW,
    timezone: "Asia/Shanghai",
    version: "3.0.0",
    datasets: names.map((name) => ({ name, instant, maxAge })),
  });
  const light = /data-verdict="([\w-]+)"/.exec(page)?.[1] ?? "";
  const heading = /<h1>(.*?)<\/h1>/s.exec(page)?.[1] ?? "";
  const english = heading.replace(/<span lang="zh">.*?<\/span>(?=<|$)/gs, "");
  return [light, english.replace(/<[^>]+>/g, "")];
}

Deno.test("the verdict says in one sentence what needs attention", () => {
  const good = record({ at: recent, outcome: "up_to_date" });
  const bad = record({ at: recent, dataset: "b", outcome: "not_found" });
  assert.deepEqual(verdictOf([], ["a"]), ["is-none", "Nothing has been synced yet."]);
  assert.deepEqual(verdictOf([good], ["a"]), ["is-ok", "The dataset is in good order."]);
  assert.equal(verdictOf([good, bad], ["a", "b"])[0], "is-bad");
  assert.match(verdictOf([good, bad], ["a", "b"])[1], /^b fails/);
  assert.equal(verdictOf([good], ["a"], NOW - 9 * 86_400_000)[0], "is-warn");
  assert.match(verdictOf([good], ["a"], NOW - 9 * 86_400_000)[1], /^a is stale/);
  assert.match(verdictOf([good], ["a", "c"])[1], /^c hasn't been synced yet/);
});

Deno.test("the verdict doesn't call a period well in which runs failed", () => {
  const at = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();
  const page = (history: HistoryRecord[]): string =>
    renderReport(history, {
      now: NOW,
      timezone: "Asia/Shanghai",
      version: "3.0.0",
      datasets: [{ name: "a", instant: NOW }],
    });
  const failed = record({ at: at(2), outcome: "download_failed" });
  const good = record({ at: at(1), outcome: "up_to_date" });
  assert.match(page([good]), />All is well<[^]*100 % of <b[^>]*>1<\/b> run went well/);
  const troubled = page([failed, good]);
  assert.match(troubled, />All is well now</);
  assert.match(
    troubled,
    /1 of 2 runs failed in the last 30 days, the last one at 2026-11-24 10:00; the runs since then went well\./,
  );
});

Deno.test("html() escapes values and leaves the source's line breaks out", () => {
  const { markup } = html`
    <p title="${`"'<`}">
      ${"a & b"}
    </p>
  `;
  assert.equal(
    markup.replace(/>\s+|\s+</g, (text) => text.trim()),
    '<p title="&quot;&#39;&lt;">a &amp; b</p>',
  );
  assert.doesNotMatch(markup, /\n/);
});

Deno.test("jsonScript() can't be ended by what it holds", () => {
  const { markup } = jsonScript("x", { "</script>": "<!--\u2028" });
  assert.equal(markup.match(/<\/script/g)?.length, 1);
  assert.deepEqual(JSON.parse(/>(.*)</s.exec(markup)?.[1] ?? ""), { "</script>": "<!--\u2028" });
});

Deno.test("a dataset's tile says when new data usually comes, and how late today's is", () => {
  const week = [16, 17, 18, 19, 20, 23].map((day) =>
    record({ at: `2026-11-${day}T13:00:00.000Z`, version: `2026-11-${day}T20:17:00` })
  );
  const page = (now: string, runs = week): string =>
    renderReport(runs, {
      now: Date.parse(now),
      timezone: "Asia/Shanghai",
      version: "3.0.0",
      datasets: [{ name: "a", instant: Date.parse("2026-11-23T20:17:00+08:00") }],
    });
  assert.match(page("2026-11-24T12:00:00+08:00"), /usually 20:17</);
  assert.match(page("2026-11-28T20:57:00+08:00"), /usually 20:17</, "a Saturday");
  assert.match(page("2026-11-24T20:57:00+08:00"), /usually 20:17, today 40 min late</);
  assert.match(page("2026-11-24T20:57:00+08:00"), /通常 20:17，今天已晚 40/);
  assert.doesNotMatch(page("2026-11-24T12:00:00+08:00", week.slice(2)), /usually/);
});
