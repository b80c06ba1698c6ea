/**
 * One tile per dataset: the age of its data, its days, its figures.
 *
 * @module
 */

import { bytesText, durationText, durationTextZh, percentText } from "../../units.ts";
import { clockText } from "../usual_hour.ts";
import { wallText } from "../zone.ts";
import type { DatasetFigures, Figures } from "./figures.ts";
import { both, type Html, html, NOTHING } from "./html.ts";
import type { About } from "./verdict_section.ts";
import { reasonText } from "./words.ts";

/** The most cells in a tile's strip. */
const MOST_CELLS = 60;

/** Renders one tile per dataset. */
export function tilesSection(figures: Figures, about: About): Html {
  if (figures.datasets.length === 0) {
    return NOTHING;
  }
  const key = ([cell, en, zh]: [string, string, string]): Html =>
    html`
      <span><i style="background:var(${cell})"></i>${both(en, zh)}</span>
    `;
  const keys: [string, string, string][] = [
    ["--ok", "went well", "正常"],
    ["--warn", "data late", "数据迟到"],
    ["--bad", "failed", "失败"],
    ["--none", "no run", "无运行"],
  ];
  return html`
    <h2>${both("Datasets", "数据集")}</h2><div class="tiles">${figures.datasets.map((dataset) =>
      tile(dataset, figures, about)
    )}</div><div class="key">${keys.map(key)}</div>
  `;
}

function tile(dataset: DatasetFigures, figures: Figures, about: About): Html {
  const { staleness: { ageMs, due, stale }, failing, last } = dataset;
  const [look, state] = last === undefined
    ? [
      "is-none",
      ageMs === null ? both("never synced", "未同步") : both("no run known", "无运行记录"),
    ]
    : failing
    ? ["is-bad", both("failing", "失败")]
    : stale
    ? ["is-warn", both("stale", "过旧")]
    : due === null
    ? ["is-ok", both("in order", "正常")]
    : ["is-ok", both("fresh", "及时")];
  const wall = due === null ? "" : wallText(due, about.timezone);
  const when = due === null
    ? NOTHING
    : stale
    ? both(`new data was due ${wall}`, `新数据应于 ${wall} 前到达`)
    : both(`new data due by ${wall}`, `新数据应于 ${wall} 前到达`);
  const age = ageMs === null ? both("age of the data unknown", "数据时间未知") : both(
    html`
      <b>${durationText(ageMs)}</b> old
    `,
    html`
      <b>${durationTextZh(ageMs)}</b> 前的数据
    `,
  );
  const cells = dataset.cells.slice(-MOST_CELLS);
  const first = figures.buckets.x.length - cells.length;
  const fact = (label: Html, value: Html | string): Html =>
    html`
      <div>
        <dt>${label}</dt>
        <dd>${value}</dd>
      </div>
    `;
  const dayText = (at: number): string =>
    new Date((figures.buckets.x[at] ?? 0) * 1000).toISOString().slice(0, 10);
  return html`
    <article class="card tile" data-dataset="${dataset.name}">
      <header><h3>${dataset.name}</h3><span class="pill ${look}">${state}</span></header>
      <p class="age">${age}<small>${when}</small>${usualText(
        dataset,
      )}</p>${failing && last?.error !== undefined
        ? html`
          <p class="why">${reasonText(last.error)}</p>
        `
        : NOTHING}
      <div class="strip">${cells.map((cell, at) =>
        html`
          <i class="${cell}" title="${dayText(first + at)}"></i>
        `
      )}</div>
      <div class="ends"><span>${dayText(first)}</span>${due === null
        ? NOTHING
        : onTime(dataset, figures)}<span>${both("today", "今天")}</span></div>
      <dl>${[
        fact(both("Success", "成功率"), percentText(dataset.rate)),
        fact(both("Downloaded", "下载量"), bytesText(dataset.downloaded)),
        fact(
          both("Median", "用时"),
          dataset.medianMs === null
            ? "–"
            : both(durationText(dataset.medianMs), durationTextZh(dataset.medianMs)),
        ),
        fact(both("On disk", "磁盘"), dataset.onDisk === null ? "–" : bytesText(dataset.onDisk)),
      ]}</dl>
    </article>
  `;
}

/** When new data usually comes, and whether today's is late. */
function usualText({ usual }: DatasetFigures): Html {
  if (usual === undefined) return NOTHING;
  const time = clockText(usual.minutes);
  const { lateMs } = usual;
  return html`
    <small>${lateMs === null ? both(`usually ${time}`, `通常 ${time}`) : both(
      `usually ${time}, today ${durationText(lateMs)} late`,
      `通常 ${time}，今天已晚 ${durationTextZh(lateMs)}`,
    )}</small>
  `;
}

/** How many of the steps with data had it on time. */
function onTime({ age, late }: DatasetFigures, { buckets: { step } }: Figures): Html {
  const known = age.filter((one) => one !== null).length;
  const good = known - late.filter((one) => one).length;
  const zh = { day: "天", week: "周", month: "个月" }[step];
  return html`
    <span>${both(
      `fresh on ${good} of ${known} ${step}s`,
      `${known} ${zh}中 ${good} ${zh}按时`,
    )}</span>
  `;
}
