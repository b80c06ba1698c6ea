/**
 * The frames that the page's script draws charts into, and the bar of phases.
 *
 * @module
 */
import { REPORT } from "../../messages/report.ts";
import { percentText } from "../../units.ts";
import type { Chart } from "./charts.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING, pair } from "./html.ts";
import { phaseWords } from "./words.ts";

/** The frames that the script draws into. */
export function chartsSection(charts: readonly Chart[]): Html {
  return html`
    <h2>${both(REPORT.over_time)}</h2><div class="charts">${charts.map(({ id, title, sub }) =>
      html`
        <figure class="card chart" id="chart-${id}">
          <h3>${pair(title)}</h3>
          <div class="sub">${pair(sub)}</div>
          <div class="plot"></div>
          <div class="legend"></div>
        </figure>
      `
    )}</div>
  `;
}

/** Shown instead of the charts while there is nothing to compare. */
export function noChartsYet({ buckets: { step } }: Figures): Html {
  const from = {
    day: REPORT.charts_from_day,
    week: REPORT.charts_from_week,
    month: REPORT.charts_from_month,
  };
  return html`
    <h2>${both(REPORT.over_time)}</h2><div class="card empty" id="no-charts">${pair(
      from[step],
    )}</div>
  `;
}

/** Where the time goes. */
export function phasesSection({ phases }: Figures): Html {
  const total = [...phases.values()].reduce((sum, ms) => sum + ms, 0);
  if (total === 0) {
    return NOTHING;
  }
  const parts = [...phases].filter(([, ms]) => ms > 0);
  const colourAt = (at: number): string => `var(--c${at % 8 + 1})`;
  return html`
    <section class="card wide">
      <h3>${both(REPORT.where_time_goes)}</h3>
      <div class="sub">${both(REPORT.where_time_goes_sub)}</div>
      <div class="phases">${parts.map(([, ms], at) =>
        html`
          <i style="flex:${(ms / total).toFixed(4)};background:${colourAt(at)}"></i>
        `
      )}</div>
      <div class="legend">${parts.map(([phase, ms], at) =>
        html`
          <span><i style="background:${colourAt(at)}"></i>${pair(
            phaseWords(phase),
          )}<b>${percentText(
            ms / total,
          )}</b></span>
        `
      )}</div>
    </section>
  `;
}
