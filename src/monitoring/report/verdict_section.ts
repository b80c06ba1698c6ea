/**
 * The head of a report's page: a one-sentence summary, then the large numbers.
 *
 * @module
 */
import { grouped } from "../../digits.ts";
import { REPORT } from "../../messages/report.ts";
import { bytesText, percentText } from "../../units.ts";
import { wallText } from "../zone.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING, pair } from "./html.ts";
import { durationWords } from "./words.ts";

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
      both(REPORT.no_data),
      both(REPORT.nothing_synced),
      both(REPORT.run_once, {
        command: html`
          <b>datahubsync</b>
        `,
      }),
    );
  }
  const failing = datasets.filter((dataset) => dataset.failing);
  const stale = datasets.filter((dataset) => dataset.staleness.stale && !dataset.failing);
  const never = datasets.filter((dataset) =>
    dataset.last === undefined && !stale.includes(dataset)
  );
  const troubles = [
    ...failing.map(({ name }) => both(REPORT.fails, { name: whole(name) })),
    ...stale.map(({ name }) => both(REPORT.is_stale, { name: whole(name) })),
    ...never.map(({ name }) => both(REPORT.never_synced_yet, { name: whole(name) })),
  ];
  if (troubles.length === 0) return allIsWell(figures, about);
  const others = datasets.length - troubles.length;
  return verdict(
    failing.length > 0 ? "is-bad" : "is-warn",
    both(REPORT.needs_attention),
    listed(troubles),
    html`
      ${others === 0
        ? NOTHING
        : others === 1
        ? both(REPORT.other_is_good)
        : both(REPORT.others_are_good, { others })}${periodText(figures, about)}
    `,
  );
}

function allIsWell(figures: Figures, about: About): Html {
  const { datasets: { length: count }, runs, failures, lastFailure } = figures;
  const { days, timezone } = about;
  const last = lastFailure === null ? "" : wallText(lastFailure, timezone);
  return verdict(
    "is-ok",
    both(failures === 0 ? REPORT.all_is_well : REPORT.all_is_well_now),
    count === 1 ? both(REPORT.one_is_good) : both(REPORT.all_are_good, { count }),
    failures === 0
      ? periodText(figures, about)
      : both(REPORT.some_failed, { failures, runs, days, last }),
  );
}

function periodText({ rate, runs }: Figures, { days }: About): Html {
  if (runs === 0) return both(REPORT.no_run_in, { days });
  const figure = html`
    <b data-figure="runs">${grouped(runs)}</b>
  `;
  return both(REPORT.went_well_of, { rate: percentText(rate), runs: figure, count: runs, days });
}

/** A dataset's name, broken over lines only where it has to be. */
function whole(name: string): Html {
  return html`
    <span class="whole">${name}</span>
  `;
}

/** The first three, and how many more there are. */
function listed(troubles: readonly Html[]): Html {
  const shown = troubles.slice(0, 3);
  const more = troubles.length - shown.length;
  return html`
    ${shown.map((part, at) =>
      at === 0 ? part : html`
        ${both(REPORT.between)}${part}
      `
    )}${more > 0 ? both(REPORT.and_more, { more }) : both(REPORT.end)}
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
    ? both(REPORT.saved_by_delta, { part: percentText(1 - downloaded / wholeBytes) })
    : html`
      &nbsp;
    `;
  const { patchUpdates, patchSaved } = figures;
  const byPatch = patchUpdates === 0 ? saved : html`
    ${saved}<br />${both(REPORT.by_patches, {
      saved: bytesText(patchSaved),
      updates: patchUpdates,
    })}
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
        both(REPORT.success_rate),
        "rate",
        percentText(figures.rate),
        both(REPORT.count_failed, { failures: figures.failures }),
      ),
      item(
        both(REPORT.updates),
        "updates",
        String(figures.updates),
        both(REPORT.in_runs, { runs: figures.runs }),
      ),
      item(both(REPORT.downloaded), "downloaded", bytesText(downloaded), byPatch),
      item(
        both(REPORT.median_update),
        "median",
        figures.medianMs === null ? "–" : pair(durationWords(figures.medianMs)),
        html`
          &nbsp;
        `,
      ),
      item(
        both(REPORT.on_disk),
        "disk",
        figures.onDisk === null ? "–" : bytesText(figures.onDisk),
        both(REPORT.datasets_count, { count: figures.datasets.length }),
      ),
    ]}</section>
  `;
}
