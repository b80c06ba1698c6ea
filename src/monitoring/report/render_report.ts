/**
 * The report: one HTML page that needs nothing but a browser.
 *
 * Guarantees: self-contained (its content security policy forbids the network), under 500 KB
 * however long the history (charts are drawn by day, week or month, tables are cut); whatever is in the history
 * is escaped; English or Chinese by the reader's browser, light or dark by the reader's system. Import it only to render: it
 * holds the charting library's 53 KB.
 *
 * @module
 */
import type { Wording } from "../../messages/catalogue.ts";
import { OWN_NAMES } from "../../messages/language.ts";
import { REPORT } from "../../messages/report.ts";
import type { HistoryRecord } from "../history_record.ts";
import { wallText } from "../zone.ts";
import { type Chart, chartsOf } from "./charts.ts";
import { type Figures, figuresOf, type ReportDataset } from "./figures.ts";
import { both, Html, html, jsonScript, NOTHING, pair } from "./html.ts";
import { PAGE_SCRIPT } from "./page_script.ts";
import { PAGE_STYLE } from "./page_style.ts";
import { chartsSection, noChartsYet, phasesSection } from "./charts_section.ts";
import { runsSection } from "./runs_section.ts";
import { tilesSection } from "./tiles_section.ts";
import { type About, figuresSection, verdictSection } from "./verdict_section.ts";
import { UPLOT_CSS, UPLOT_JS, UPLOT_LICENCE } from "./vendor/uplot.ts";

/** The title of every report, which distinguishes reports from other files. */
export const REPORT_TITLE = "DataHubSync";

/** The inputs of a report, apart from the history. */
export interface ReportOptions {
  now: number;
  datasets: readonly ReportDataset[];
  /** The hub's IANA zone: days begin at its midnight. */
  timezone: string;
  /** The version of this program. */
  version: string;
  /** The subject: the machine, its hub (without secrets), and the configuration. */
  place?: { machine: string; hub: string; config: string };
  /** How far back, default 30. */
  days?: number;
}

/** The page. */
export function renderReport(history: readonly HistoryRecord[], options: ReportOptions): string {
  const { now, datasets, timezone, days = 30 } = options;
  const figures = figuresOf(history, { now, days, datasets, timezone });
  const charts = figures.activeSteps < FEWEST_STEPS ? [] : chartsOf(figures);
  return html`
    <!DOCTYPE html>
    <html lang="en" data-lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width,initial-scale=1">
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
        >
        <link rel="icon" href="data:,">
        <title>${REPORT_TITLE}</title>
        <style>
        ${new Html(UPLOT_CSS + PAGE_STYLE)}
        </style>
      </head>
      <body data-title-en="${REPORT.title.en}" data-title-zh="${REPORT.title.zh}">
        ${bodyOf(figures, charts, { ...options, days })} ${jsonScript("charts", {
          step: figures.buckets.step,
          x: figures.buckets.x,
          charts: charts.map(forScript),
          units: UNITS,
        })}
        <script>
        ${new Html(`/* uPlot\n${UPLOT_LICENCE}*/\n${UPLOT_JS}`)}
        </script>
        <script>
        ${new Html(PAGE_SCRIPT)}
        </script>
      </body>
    </html>
  `.markup;
}

/** What a reader sees, without charts where there is nothing to compare. */
function bodyOf(
  figures: Figures,
  charts: readonly Chart[],
  { place, version, ...about }: ReportOptions & About,
): Html {
  const at = `${wallText(about.now, about.timezone)} ${about.timezone}`;
  return html`
    <main>
      <div class="bar">
        <span class="brand">${LOGO}DataHubSync</span><span class="gap"></span><span
        >${both(REPORT.last_days, {
          days: about.days,
        })}</span><button id="language" type="button">${pair({
          en: OWN_NAMES.zh,
          zh: OWN_NAMES.en,
        })}</button>
      </div>
      ${placeLine(place)}${verdictSection(figures, about)}${figuresSection(
        figures,
      )}${tilesSection(
        figures,
        about,
      )}${figures.records.length === 0 ? NOTHING : html`
        ${charts.length === 0 ? noChartsYet(figures) : chartsSection(charts)}${phasesSection(
          figures,
        )}${runsSection(
          figures,
          about,
        )}
      `}<footer>${both(REPORT.written, { at, version })}</footer>
    </main>
  `;
}

/** With fewer steps with runs, a chart would be a dot. */
const FEWEST_STEPS = 2;

/** The line that names machine, hub and configuration. */
function placeLine(place: ReportOptions["place"]): Html {
  if (place === undefined) return NOTHING;
  const { machine, hub, config } = place;
  const part = (name: Wording, value: string): Html =>
    html`
      <span>${pair(name)} <b>${value}</b></span>
    `;
  return html`
    <p class="place">${part(REPORT.machine, machine)}${part(REPORT.hub, hub)}${part(
      REPORT.config,
      config,
    )}</p>
  `;
}

const LOGO = html`
  <svg
    width="18"
    height="18"
    viewBox="0 0 18 18"
    fill="none"
    stroke="var(--c1)"
    stroke-width="1.8"
    stroke-linecap="round"
    aria-hidden="true"
  >
    <path d="M2.2 8.2a6.9 6.9 0 0 1 12-3.9M15.8 9.8a6.9 6.9 0 0 1-12 3.9" />
    <path d="M14.6 1.2v3.4h-3.4M3.4 16.8v-3.4h3.4" />
  </svg>
`;

/** Its numbers are written in the browser. */
const UNITS = {
  seconds: { ...REPORT.seconds },
  minutes: { ...REPORT.minutes },
  hours: { ...REPORT.hours },
  days: { ...REPORT.days },
};

function forScript({ id, kind, unit, series }: Chart): Partial<Chart> {
  return { id, kind, unit, series };
}
