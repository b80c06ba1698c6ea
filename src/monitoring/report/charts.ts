/**
 * The charts of a report, as data for the page's script.
 *
 * @module
 */
import { type Wording, wording } from "../../messages/catalogue.ts";
import { REPORT } from "../../messages/report.ts";
import type { DatasetFigures, Figures } from "./figures.ts";
import { outcomeWords } from "./words.ts";

/** One line or one layer of bars. */
interface Series extends Wording {
  /** The name of a CSS colour. */
  colour: string;
  values: readonly (number | null)[];
}

/** One chart. */
export interface Chart {
  id: string;
  kind: "line" | "bars";
  unit: "share" | "bytes" | "time" | "count" | "days";
  title: Wording;
  sub: Wording;
  series: Series[];
}

/** Datasets with their own series; any further ones share one. */
const MOST_SERIES = 7;

/** The charts, in the page's order. */
export function chartsOf(figures: Figures): Chart[] {
  const { datasets } = figures;
  return [
    {
      id: "rate",
      kind: "line",
      unit: "share",
      title: REPORT.success_rate,
      sub: REPORT.rate_sub,
      series: [{ ...REPORT.rate_line, colour: "--ok", values: figures.rates }],
    },
    {
      id: "volume",
      kind: "bars",
      unit: "bytes",
      title: REPORT.volume,
      sub: REPORT.volume_sub,
      series: perDataset(datasets, ({ bytes }) => bytes, addAll),
    },
    {
      id: "duration",
      kind: "line",
      unit: "time",
      title: REPORT.duration,
      sub: REPORT.duration_sub,
      series: [
        { ...REPORT.median_line, colour: "--c1", values: figures.medians },
        { ...REPORT.slowest_line, colour: "--c3", values: figures.slowest },
      ],
    },
    {
      id: "errors",
      kind: "bars",
      unit: "count",
      title: REPORT.errors,
      sub: REPORT.errors_sub,
      series: perOutcome(figures),
    },
    {
      id: "freshness",
      kind: "line",
      unit: "days",
      title: REPORT.freshness,
      sub: REPORT.freshness_sub,
      series: perDataset(datasets, ({ age }) => age, highest),
    },
    {
      id: "disk",
      kind: "line",
      unit: "bytes",
      title: REPORT.disk,
      sub: REPORT.disk_sub,
      series: perDataset(datasets, ({ disk }) => disk, addAll),
    },
  ];
}

/** The colours of the outcomes that failed, in the order in which they came. */
const COLOURS = ["--bad", "--c3", "--c4", "--c5", "--c8", "--c7", "--c6"];

function perOutcome({ errors, buckets }: Figures): Series[] {
  if (errors.size === 0) {
    return [{ ...REPORT.no_errors, colour: "--ok", values: buckets.x.map(() => 0) }];
  }
  return [...errors].map(([outcome, values], at) => ({
    ...outcomeWords(outcome),
    colour: COLOURS[at % COLOURS.length]!,
    values,
  }));
}

type Values = readonly (number | null)[];

function perDataset(
  datasets: readonly DatasetFigures[],
  values: (dataset: DatasetFigures) => Values,
  join: (all: readonly Values[]) => Values,
): Series[] {
  const alone = datasets.length <= MOST_SERIES ? datasets : datasets.slice(0, MOST_SERIES - 1);
  const rest = datasets.slice(alone.length);
  const series = alone.map((dataset, at): Series => ({
    en: dataset.name,
    zh: dataset.name,
    colour: `--c${at + 1}`,
    values: values(dataset).map(rounded),
  }));
  if (rest.length > 0) {
    series.push({
      en: REPORT.others({ count: rest.length }),
      zh: wording("zh", REPORT.others, { count: rest.length }),
      colour: "--c8",
      values: join(rest.map(values)).map(rounded),
    });
  }
  return series;
}

const addAll = stepByStep((sum, value) => sum + value);
const highest = stepByStep(Math.max);

/** Joins several datasets' values step by step; what isn't known doesn't count. */
function stepByStep(join: (a: number, b: number) => number): (all: readonly Values[]) => Values {
  return (all) =>
    (all[0] ?? []).map((_, at) => {
      const known = all.map((values) => values[at]).filter((value) => typeof value === "number");
      return known.length === 0 ? null : known.reduce((a, b) => join(a, b));
    });
}

/** Three decimals are enough, and keep the page small. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
