/**
 * The frames that the page's script draws charts into, and the bar of phases.
 *
 * @module
 */

import { percentText } from "../../units.ts";
import type { Chart } from "./charts.ts";
import type { Figures } from "./figures.ts";
import { both, type Html, html, NOTHING } from "./html.ts";
import { phaseWords } from "./words.ts";

/** The frames that the script draws into. */
export function chartsSection(charts: readonly Chart[]): Html {
  return html`
    <h2>${both("Over time", "趋势")}</h2><div class="charts">${charts.map(({ id, title, sub }) =>
      html`
        <figure class="card chart" id="chart-${id}">
          <h3>${both(title.en, title.zh)}</h3>
          <div class="sub">${both(sub.en, sub.zh)}</div>
          <div class="plot"></div>
          <div class="legend"></div>
        </figure>
      `
    )}</div>
  `;
}

/** Shown instead of the charts while there is nothing to compare. */
export function noChartsYet({ buckets: { step } }: Figures): Html {
  const zh = { day: "第二天", week: "第二周", month: "第二个月" }[step];
  return html`
    <h2>${both("Over time", "趋势")}</h2><div class="card empty" id="no-charts">${both(
      `Charts begin with the second ${step} of runs.`,
      `从有运行记录的${zh}起显示图表。`,
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
      <h3>${both("Where the time goes", "时间分布")}</h3>
      <div class="sub">${both(
        "All updates of the period, by phase",
        "期间内所有更新，按阶段统计",
      )}</div>
      <div class="phases">${parts.map(([, ms], at) =>
        html`
          <i style="flex:${(ms / total).toFixed(4)};background:${colourAt(at)}"></i>
        `
      )}</div>
      <div class="legend">${parts.map(([phase, ms], at) => {
        const { en, zh } = phaseWords(phase);
        return html`
          <span><i style="background:${colourAt(at)}"></i>${both(en, zh)}<b>${percentText(
            ms / total,
          )}</b></span>
        `;
      })}</div>
    </section>
  `;
}
