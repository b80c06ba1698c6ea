/**
 * The charts of a report, as data for the page's script.
 *
 * @module
 */

import type { DatasetFigures, Figures } from "./figures.ts";
import { outcomeWords, type Words } from "./words.ts";

/** One line or one layer of bars. */
export interface Series extends Words {
  /** The name of a CSS colour. */
  colour: string;
  values: readonly (number | null)[];
}

/** One chart. */
export interface Chart {
  id: string;
  kind: "line" | "bars";
  unit: "share" | "bytes" | "time" | "count" | "days";
  title: Words;
  sub: Words;
  series: Series[];
}

/** Datasets with their own series; any further ones share one. */
const MOST_SERIES = 7;

/** The charts, in the page's order. */
export function chartsOf(figures: Figures): Chart[] {
  const { datasets } = figures;
  const colours = ["--bad", "--c3", "--c4", "--c5", "--c8", "--c7", "--c6"];
  return [
    {
      id: "rate",
      kind: "line",
      unit: "share",
      title: { en: "Success rate", zh: "成功率" },
      sub: { en: "Part of the runs that went well", zh: "运行成功的比例" },
      series: [{ en: "success rate", zh: "成功率", colour: "--ok", values: figures.rates }],
    },
    {
      id: "volume",
      kind: "bars",
      unit: "bytes",
      title: { en: "Data volume", zh: "数据量" },
      sub: { en: "Received from the hub", zh: "从数据中心下载" },
      series: perDataset(datasets, ({ bytes }) => bytes, addAll),
    },
    {
      id: "duration",
      kind: "line",
      unit: "time",
      title: { en: "Duration", zh: "用时" },
      sub: { en: "Runs that fetched something", zh: "有数据更新的运行" },
      series: [
        { en: "median", zh: "中位数", colour: "--c1", values: figures.medians },
        { en: "slowest", zh: "最慢", colour: "--c3", values: figures.slowest },
      ],
    },
    {
      id: "errors",
      kind: "bars",
      unit: "count",
      title: { en: "Errors", zh: "错误" },
      sub: { en: "Failed runs by reason", zh: "按原因统计的失败次数" },
      series: figures.errors.size === 0
        ? [{ en: "none", zh: "无", colour: "--ok", values: figures.buckets.x.map(() => 0) }]
        : [...figures.errors].map(([outcome, values], at) => ({
          ...outcomeWords(outcome),
          colour: colours[at % colours.length] ?? "--bad",
          values,
        })),
    },
    {
      id: "freshness",
      kind: "line",
      unit: "days",
      title: { en: "Freshness", zh: "新鲜度" },
      sub: { en: "The oldest that the data got", zh: "期间内数据的最大年龄" },
      series: perDataset(datasets, ({ age }) => age, highest),
    },
    {
      id: "disk",
      kind: "line",
      unit: "bytes",
      title: { en: "Size on disk", zh: "磁盘占用" },
      sub: { en: "The datasets' files", zh: "数据文件大小" },
      series: perDataset(datasets, ({ disk }) => disk, addAll),
    },
  ];
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
      en: `${rest.length} others`,
      zh: `其他 ${rest.length} 个`,
      colour: "--c8",
      values: join(rest.map(values)).map(rounded),
    });
  }
  return series;
}

function addAll(all: readonly Values[]): Values {
  return (all[0] ?? []).map((_, at) =>
    all.reduce<number | null>((sum, values) => {
      const value = values[at];
      return value === null || value === undefined ? sum : (sum ?? 0) + value;
    }, null)
  );
}

function highest(all: readonly Values[]): Values {
  return (all[0] ?? []).map((_, at) =>
    all.reduce<number | null>((most, values) => {
      const value = values[at];
      return value === null || value === undefined ? most : Math.max(most ?? 0, value);
    }, null)
  );
}

/** Three decimals are enough, and keep the page small. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
