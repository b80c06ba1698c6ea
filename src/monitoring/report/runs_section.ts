/**
 * The tables of a report: the failed and the slowest runs.
 *
 * @module
 */
import type { Wording } from "../../messages/catalogue.ts";
import { REPORT } from "../../messages/report.ts";
import { bytesText } from "../../units.ts";
import type { HistoryRecord } from "../history_record.ts";
import { verdictOf } from "../verdict.ts";
import { wallText } from "../zone.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING, pair } from "./html.ts";
import type { About } from "./verdict_section.ts";
import { durationWords, outcomeWords, reasonText } from "./words.ts";

/** Rows of a table at most. */
const MOST_ROWS = 12;

/** A column of such a table: its CSS class, its title, and what stands in it. */
type Column = readonly [kind: string, title: Wording, cell: (run: HistoryRecord) => Html | string];

/** The failed and the slowest runs. */
export function runsSection({ records }: Figures, { timezone }: About): Html {
  const failed = records.filter(({ outcome }) => verdictOf(outcome) === "failed").reverse();
  const slowest = records.filter(({ outcome }) => outcome === "success")
    .sort((a, b) => b.durationMs - a.durationMs);
  const run: Column[] = [
    ["t", REPORT.when, ({ at }) => wallText(Date.parse(at), timezone)],
    ["name", REPORT.dataset, ({ dataset }) => dataset],
  ];
  return html`
    <h2>${both(REPORT.failed_runs)}${more(
      failed,
    )}</h2><div class="card scroll">${failed.length === 0
      ? html`
        <div class="empty">${both(REPORT.none_failed)}</div>
      `
      : table("failed", failed, [...run, ...FAILURE])}</div>${slowest.length === 0 ? NOTHING : html`
      <h2>${both(REPORT.slowest_updates)}</h2><div class="card scroll">${table("slowest", slowest, [
        ...run,
        ...COST,
      ])}</div>
    `}
  `;
}

const FAILURE: Column[] = [
  ["t", REPORT.outcome, ({ outcome }) => pair(outcomeWords(outcome))],
  ["reason", REPORT.reason, ({ error, hint }) =>
    html`
      ${error === undefined ? "–" : reasonText(error)}${hint === undefined ? NOTHING : html`
        <div class="hint">${reasonText(hint)}</div>
      `}
    `],
];

const COST: Column[] = [
  ["n", REPORT.duration, ({ durationMs }) => pair(durationWords(durationMs))],
  ["n", REPORT.downloaded, ({ bytesDownloaded }) => bytesText(bytesDownloaded)],
  ["n", REPORT.entries_fetched, ({ fetched, entries }) => `${fetched} / ${entries}`],
  [
    "n",
    REPORT.retries,
    ({ retries }) => String(Object.values(retries).reduce((sum, count) => sum + count, 0)),
  ],
];

function table(id: string, runs: readonly HistoryRecord[], columns: readonly Column[]): Html {
  const titles = columns.map(([kind, title]) =>
    html`
      <th class="${kind}">${pair(title)}</th>
    `
  );
  const rows = runs.slice(0, MOST_ROWS).map((run) =>
    html`
      <tr>${columns.map(([kind, , cell]) =>
        html`
          <td class="${kind}">${cell(run)}</td>
        `
      )}</tr>
    `
  );
  return html`
    <table id="${id}">
      <thead><tr>${titles}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  `;
}

function more(runs: readonly HistoryRecord[]): Html {
  if (runs.length <= MOST_ROWS) {
    return NOTHING;
  }
  return both(REPORT.newest_of, { shown: MOST_ROWS, all: runs.length });
}
