/**
 * One tile per dataset: the age of its data, its days, its figures.
 *
 * @module
 */
import { REPORT } from "../../messages/report.ts";
import { bytesText, durationText, durationTextZh, percentText } from "../../units.ts";
import { clockText } from "../usual_hour.ts";
import { wallText } from "../zone.ts";
import type { DatasetFigures, Figures } from "./figures.ts";
import { both, type Html, html, NOTHING, pair } from "./html.ts";
import type { About } from "./verdict_section.ts";
import { durationWords, reasonText } from "./words.ts";

/** The most cells in a tile's strip. */
const MOST_CELLS = 60;

/** Renders one tile per dataset. */
export function tilesSection(figures: Figures, about: About): Html {
  if (figures.datasets.length === 0) {
    return NOTHING;
  }
  const key = ([cell, name]: [string, Html]): Html =>
    html`
      <span><i style="background:var(${cell})"></i>${name}</span>
    `;
  const keys: [string, Html][] = [
    ["--ok", both(REPORT.went_well)],
    ["--warn", both(REPORT.data_late)],
    ["--bad", both(REPORT.failed)],
    ["--none", both(REPORT.no_run)],
  ];
  return html`
    <h2>${both(REPORT.datasets)}</h2><div class="tiles">${figures.datasets.map((dataset) =>
      tile(dataset, figures, about)
    )}</div><div class="key">${keys.map(key)}</div>
  `;
}

function tile(dataset: DatasetFigures, figures: Figures, about: About): Html {
  const { staleness: { ageMs, due, stale }, failing, last } = dataset;
  const [look, state] = last === undefined
    ? ["is-none", both(ageMs === null ? REPORT.never_synced : REPORT.no_run_known)]
    : failing
    ? ["is-bad", both(REPORT.failing)]
    : stale
    ? ["is-warn", both(REPORT.stale)]
    : due === null
    ? ["is-ok", both(REPORT.in_order)]
    : ["is-ok", both(REPORT.fresh)];
  const when = due === null ? NOTHING : both(stale ? REPORT.was_due : REPORT.due_by, {
    time: wallText(due, about.timezone),
  });
  const age = ageMs === null ? both(REPORT.age_unknown) : both(REPORT.old, {
    age: { en: bold(durationText(ageMs)), zh: bold(durationTextZh(ageMs)) },
  });
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
        : onTime(dataset, figures)}<span>${both(REPORT.today)}</span></div>
      <dl>${[
        fact(both(REPORT.success), percentText(dataset.rate)),
        fact(both(REPORT.downloaded), bytesText(dataset.downloaded)),
        fact(
          both(REPORT.median),
          dataset.medianMs === null ? "–" : pair(durationWords(dataset.medianMs)),
        ),
        fact(both(REPORT.on_disk), dataset.onDisk === null ? "–" : bytesText(dataset.onDisk)),
      ]}</dl>
    </article>
  `;
}

function bold(text: string): Html {
  return html`
    <b>${text}</b>
  `;
}

/** When new data usually comes, and whether today's is late. */
function usualText({ usual }: DatasetFigures): Html {
  if (usual === undefined) return NOTHING;
  const time = clockText(usual.minutes);
  const { lateMs } = usual;
  return html`
    <small>${lateMs === null
      ? both(REPORT.usually, { time })
      : both(REPORT.usually_today_late, { time, late: durationWords(lateMs) })}</small>
  `;
}

/** How many of the steps with data had it on time. */
function onTime({ age, late }: DatasetFigures, { buckets: { step } }: Figures): Html {
  const all = age.filter((one) => one !== null).length;
  const good = all - late.filter((one) => one).length;
  const text = {
    day: both(REPORT.fresh_days, { good, all }),
    week: both(REPORT.fresh_weeks, { good, all }),
    month: both(REPORT.fresh_months, { good, all }),
  }[step];
  return html`
    <span>${text}</span>
  `;
}
