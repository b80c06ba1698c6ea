/**
 * The head of a report's page: a one-sentence summary, then the large numbers.
 *
 * @module
 */

import { bytesText, durationText, durationTextZh, percentText } from "../../units.ts";
import { wallText } from "../zone.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING } from "./html.ts";

/** The inputs that all sections share. */
export interface About {
  now: number;
  days: number;
  /** The hub's IANA zone. */
  timezone: string;
}

/** The page in one sentence. */
export function verdictSection(figures: Figures, { days, timezone }: About): Html {
  const { datasets, rate, runs, failures, lastFailure } = figures;
  const failing = datasets.filter((dataset) => dataset.failing);
  const stale = datasets.filter((dataset) => dataset.staleness.stale && !dataset.failing);
  const never = datasets.filter((dataset) =>
    dataset.last === undefined && !stale.includes(dataset)
  );
  const count = datasets.length;
  const known = datasets.some((dataset) => dataset.last !== undefined);
  const period = runs === 0
    ? both(`No run in the last ${days} days.`, `最近 ${days} 天没有运行记录。`)
    : both(
      html`
        ${percentText(
          rate,
        )} of <b data-figure="runs">${runs}</b> ${runs === 1
          ? "run"
          : "runs"} went well in the last ${days}
        days.
      `,
      html`
        最近 ${days} 天共运行 <b>${runs}</b> 次，成功率 ${percentText(rate)}。
      `,
    );
  if (!known) {
    return verdict(
      "is-none",
      both("No data yet", "暂无数据"),
      both("Nothing has been synced yet.", "尚未进行过同步。"),
      both(
        html`
          Run <b>datahubsync</b> once, then look here again.
        `,
        html`
          请先运行一次 <b>datahubsync</b>，再查看报告。
        `,
      ),
    );
  }
  if (failing.length + stale.length + never.length === 0) {
    const last = lastFailure === null ? "" : wallText(lastFailure, timezone);
    return verdict(
      "is-ok",
      failures === 0 ? both("All is well", "一切正常") : both("All is well now", "目前一切正常"),
      count === 1
        ? both("The dataset is in good order.", "数据集状态良好。")
        : both(`All ${count} datasets are in good order.`, `全部 ${count} 个数据集状态良好。`),
      failures === 0 ? period : html`
        ${both(
          `${failures} of ${runs} runs failed in the last ${days} days, the last one at ${last}; the runs since then went well.`,
          `最近 ${days} 天共运行 ${runs} 次，失败 ${failures} 次，最近一次失败在 ${last}，此后均正常。`,
        )}
      `,
    );
  }
  const parts = [
    ...failing.map(({ name }) =>
      both(
        html`
          ${named(name)} fails
        `,
        html`
          ${named(name)} 同步失败
        `,
      )
    ),
    ...stale.map(({ name }) =>
      both(
        html`
          ${named(name)} is stale
        `,
        html`
          ${named(name)} 数据过期
        `,
      )
    ),
    ...never.map(({ name }) =>
      both(
        html`
          ${named(name)} hasn't been synced yet
        `,
        html`
          ${named(name)} 尚未同步
        `,
      )
    ),
  ];
  const shown = parts.slice(0, 3);
  const more = parts.length - shown.length;
  return verdict(
    failing.length > 0 ? "is-bad" : "is-warn",
    both("Needs attention", "需要关注"),
    html`
      ${shown.map((part, at) =>
        at === 0 ? part : html`
          ${both(", ", "、")}${part}
        `
      )}${more > 0 ? both(`, and ${more} more.`, `，另有 ${more} 个。`) : both(".", "。")}
    `,
    html`
      ${count === parts.length ? NOTHING : both(
        count - parts.length === 1
          ? "The other dataset is in good order. "
          : `The other ${count - parts.length} datasets are in good order. `,
        `其余 ${count - parts.length} 个数据集状态良好。`,
      )}${period}
    `,
  );
}

function verdict(light: string, word: Html, sentence: Html, more: Html): Html {
  return html`
    <section class="verdict" data-verdict="${light}">
      <div class="light ${light}">${word}</div>
      <h1>${sentence}</h1>
      <p>${more}</p>
    </section>
  `;
}

/** A dataset's name, broken over lines only where it has to be. */
function named(name: string): Html {
  return html`
    <span class="whole">${name}</span>
  `;
}

/** The row of large numbers. */
export function figuresSection(figures: Figures): Html {
  const { downloaded, wholeBytes } = figures;
  const saved = wholeBytes > downloaded && wholeBytes > 0
    ? both(
      `${percentText(1 - downloaded / wholeBytes)} saved by delta`,
      `增量节省 ${percentText(1 - downloaded / wholeBytes)}`,
    )
    : html`
      &nbsp;
    `;
  const { patchUpdates, patchSaved } = figures;
  const byPatch = patchUpdates === 0 ? saved : html`
    ${saved}<br />${both(
      `${bytesText(patchSaved)} by ${patchUpdates} ${patchUpdates === 1 ? "patch" : "patches"}`,
      `其中 ${patchUpdates} 次补丁更新节省 ${bytesText(patchSaved)}`,
    )}
  `;
  const item = (label: Html, key: string, value: Html | string, note: Html): Html =>
    html`
      <div>
        <div class="label">${label}</div>
        <div class="value" data-figure="${key}">${value}</div>
        <div class="note">${note}</div>
      </div>
    `;
  return html`
    <section class="card figures">${[
      item(
        both("Success rate", "成功率"),
        "rate",
        percentText(figures.rate),
        both(`${figures.failures} failed`, `失败 ${figures.failures} 次`),
      ),
      item(
        both("Updates", "更新次数"),
        "updates",
        String(figures.updates),
        both(
          `in ${figures.runs} ${figures.runs === 1 ? "run" : "runs"}`,
          `共运行 ${figures.runs} 次`,
        ),
      ),
      item(both("Downloaded", "下载量"), "downloaded", bytesText(downloaded), byPatch),
      item(
        both("Median update", "更新耗时中位数"),
        "median",
        figures.medianMs === null
          ? "–"
          : both(durationText(figures.medianMs), durationTextZh(figures.medianMs)),
        html`
          &nbsp;
        `,
      ),
      item(
        both("On disk", "磁盘占用"),
        "disk",
        figures.onDisk === null ? "–" : bytesText(figures.onDisk),
        both(
          figures.datasets.length === 1 ? "1 dataset" : `${figures.datasets.length} datasets`,
          `${figures.datasets.length} 个数据集`,
        ),
      ),
    ]}</section>
  `;
}
