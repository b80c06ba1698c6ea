/**
 * The tables of a report: the failed and the slowest runs.
 *
 * @module
 */

import { bytesText, durationText, durationTextZh } from "../../units.ts";
import type { HistoryRecord } from "../history_record.ts";
import { verdictOf } from "../verdict.ts";
import { wallText } from "../zone.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING } from "./html.ts";
import type { About } from "./verdict_section.ts";
import { outcomeWords, reasonText } from "./words.ts";

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
  const failedRow = (run: HistoryRecord): Html => {
    const { en, zh } = outcomeWords(run.outcome);
    return html`
      <tr>
        ${when(run)}<td class="name">${run.dataset}</td>
        <td class="t">${both(en, zh)}</td>
        <td class="reason">${run.error === undefined
          ? "–"
          : reasonText(run.error)}${run.hint === undefined ? NOTHING : html`
          <div class="hint">${reasonText(run.hint)}</div>
        `}</td>
      </tr>
    `;
  };
  const slowRow = (run: HistoryRecord): Html =>
    html`
      <tr>
        ${when(run)}<td class="name">${run.dataset}</td>
        <td class="n">${both(durationText(run.durationMs), durationTextZh(run.durationMs))}</td>
        <td class="n">${bytesText(run.bytesDownloaded)}</td>
        <td class="n">${run.fetched} / ${run.entries}</td>
        <td class="n">${Object.values(run.retries).reduce((sum, count) => sum + count, 0)}</td>
      </tr>
    `;
  return html`
    <h2>${both("Failed runs", "失败的运行")}${more(
      failed,
    )}</h2><div class="card scroll">${failed.length === 0
      ? html`
        <div class="empty">${both("None in this period.", "期间内没有失败。")}</div>
      `
      : html`
        <table id="failed">
          <thead>
            <tr>
              <th>${both("When", "时间")}</th>
              <th>${both("Dataset", "数据集")}</th>
              <th>${both("Outcome", "结果")}</th>
              <th>${both("Reason", "原因")}</th>
            </tr>
          </thead>
          <tbody>${failed.slice(0, MOST_ROWS).map(failedRow)}</tbody>
        </table>
      `}</div>${slowest.length === 0 ? NOTHING : html`
      <h2>${both("Slowest updates", "最慢的更新")}</h2><div class="card scroll">
        <table id="slowest">
          <thead>
            <tr>
              <th>${both("When", "时间")}</th>
              <th>${both("Dataset", "数据集")}</th>
              <th class="n">${both("Duration", "用时")}</th>
              <th class="n">${both("Downloaded", "下载量")}</th>
              <th class="n">${both("Entries fetched", "更新文件")}</th>
              <th class="n">${both("Retries", "重试")}</th>
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
  return both(
    `, the newest ${MOST_ROWS} of ${runs.length}`,
    `(最近 ${MOST_ROWS} 次，共 ${runs.length} 次)`,
  );
}
