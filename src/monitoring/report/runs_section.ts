/**
 * The tables of a report: the failed and the slowest runs.
 *
 * @module
 */

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

/** The failed and the slowest runs. */
export function runsSection({ records }: Figures, about: About): Html {
  const failed = records.filter(({ outcome }) => verdictOf(outcome) === "failed").reverse();
  const slowest = records.filter(({ outcome }) => outcome === "success")
    .sort((a, b) => b.durationMs - a.durationMs);
  const when = ({ at }: HistoryRecord): Html =>
    html`
      <td class="t">${wallText(Date.parse(at), about.timezone)}</td>
    `;
  const failedRow = (run: HistoryRecord): Html =>
    html`
      <tr>
        ${when(run)}<td class="name">${run.dataset}</td>
        <td class="t">${pair(outcomeWords(run.outcome))}</td>
        <td class="reason">${run.error === undefined
          ? "–"
          : reasonText(run.error)}${run.hint === undefined ? NOTHING : html`
          <div class="hint">${reasonText(run.hint)}</div>
        `}</td>
      </tr>
    `;
  const slowRow = (run: HistoryRecord): Html =>
    html`
      <tr>
        ${when(run)}<td class="name">${run.dataset}</td>
        <td class="n">${pair(durationWords(run.durationMs))}</td>
        <td class="n">${bytesText(run.bytesDownloaded)}</td>
        <td class="n">${run.fetched} / ${run.entries}</td>
        <td class="n">${Object.values(run.retries).reduce((sum, count) => sum + count, 0)}</td>
      </tr>
    `;
  return html`
    <h2>${both(REPORT.failed_runs)}${more(
      failed,
    )}</h2><div class="card scroll">${failed.length === 0
      ? html`
        <div class="empty">${both(REPORT.none_failed)}</div>
      `
      : html`
        <table id="failed">
          <thead>
            <tr>
              <th>${both(REPORT.when)}</th>
              <th>${both(REPORT.dataset)}</th>
              <th>${both(REPORT.outcome)}</th>
              <th>${both(REPORT.reason)}</th>
            </tr>
          </thead>
          <tbody>${failed.slice(0, MOST_ROWS).map(failedRow)}</tbody>
        </table>
      `}</div>${slowest.length === 0 ? NOTHING : html`
      <h2>${both(REPORT.slowest_updates)}</h2><div class="card scroll">
        <table id="slowest">
          <thead>
            <tr>
              <th>${both(REPORT.when)}</th>
              <th>${both(REPORT.dataset)}</th>
              <th class="n">${both(REPORT.duration)}</th>
              <th class="n">${both(REPORT.downloaded)}</th>
              <th class="n">${both(REPORT.entries_fetched)}</th>
              <th class="n">${both(REPORT.retries)}</th>
            </tr>
          </thead>
          <tbody>${slowest.slice(0, MOST_ROWS).map(slowRow)}</tbody>
        </table>
      </div>
    `}
  `;
}

function more(runs: readonly HistoryRecord[]): Html {
  if (runs.length <= MOST_ROWS) {
    return NOTHING;
  }
  return both(REPORT.newest_of, { shown: MOST_ROWS, all: runs.length });
}
