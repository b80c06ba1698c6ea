/**
 * The head of a report's page: a one-sentence summary, then the large numbers.
 *
 * @module
 */

import { bytesText, durationText, durationTextZh, percentText } from "../../units.ts";
import { wallText } from "../zone.ts";
import type { Figures } from "./figures.ts";
import { both, Html, html, NOTHING } from "./html.ts";

/** The inputs that all sections share. */
export interface About {
  now: number;
  days: number;
  /** The hub's IANA zone. */
  timezone: string;
}

/** The page in one sentence. */
export function verdictSection(figures: Figures, about: About): Html {
  const { datasets } = figures;
  if (datasets.every((dataset) => dataset.last === undefined)) {
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
  const failing = datasets.filter((dataset) => dataset.failing);
  const stale = datasets.filter((dataset) => dataset.staleness.stale && !dataset.failing);
  const never = datasets.filter((dataset) =>
    dataset.last === undefined && !stale.includes(dataset)
  );
  const troubles = [
    ...failing.map(({ name }) => troubleOf(name, "fails", "同步失败")),
    ...stale.map(({ name }) => troubleOf(name, "is stale", "数据过期")),
    ...never.map(({ name }) => troubleOf(name, "hasn't been synced yet", "尚未同步")),
  ];
  if (troubles.length === 0) return allIsWell(figures, about);
  const others = datasets.length - troubles.length;
  return verdict(
    failing.length > 0 ? "is-bad" : "is-warn",
    both("Needs attention", "需要关注"),
    listed(troubles),
    html`
      ${others === 0 ? NOTHING : both(
        others === 1
          ? "The other dataset is in good order. "
          : `The other ${others} datasets are in good order. `,
        `其余 ${others} 个数据集状态良好。`,
      )}${periodText(figures, about)}
    `,
  );
}

function allIsWell(figures: Figures, about: About): Html {
  const { datasets: { length: count }, runs, failures, lastFailure } = figures;
  const { days, timezone } = about;
  const last = lastFailure === null ? "" : wallText(lastFailure, timezone);
  return verdict(
    "is-ok",
    failures === 0 ? both("All is well", "一切正常") : both("All is well now", "目前一切正常"),
    count === 1
      ? both("The dataset is in good order.", "数据集状态良好。")
      : both(`All ${count} datasets are in good order.`, `全部 ${count} 个数据集状态良好。`),
    failures === 0 ? periodText(figures, about) : html`
      ${both(
        `${failures} of ${runs} runs failed in the last ${days} days, the last one at ${last}; the runs since then went well.`,
        `最近 ${days} 天共运行 ${runs} 次，失败 ${failures} 次，最近一次失败在 ${last}，此后均正常。`,
      )}
    `,
  );
}

function periodText({ rate, runs }: Figures, { days }: About): Html {
  if (runs === 0) return both(`No run in the last ${days} days.`, `最近 ${days} 天没有运行记录。`);
  return both(
    html`
      ${percentText(rate)} of <b data-figure="runs">${runs}</b> ${runs === 1
        ? "run"
        : "runs"} went well in the last ${days}
      days.
    `,
    html`
      最近 ${days} 天共运行 <b>${runs}</b> 次，成功率 ${percentText(rate)}。
    `,
  );
}

/** What is wrong with a dataset, as markup; its name is broken over lines only where it has to be. */
function troubleOf(name: string, en: string, zh: string): Html {
  const whole = html`
    <span class="whole">${name}</span>
  `;
  return both(
    html`
      ${whole} ${new Html(en)}
    `,
    html`
      ${whole} ${zh}
    `,
  );
}

/** The first three, and how many more there are. */
function listed(troubles: readonly Html[]): Html {
  const shown = troubles.slice(0, 3);
  const more = troubles.length - shown.length;
  return html`
    ${shown.map((part, at) =>
      at === 0 ? part : html`
        ${both(", ", "、")}${part}
      `
    )}${more > 0 ? both(`, and ${more} more.`, `，另有 ${more} 个。`) : both(".", "。")}
  `;
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
        both("Median update", "更新用时中位数"),
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
