/**
 * The kinds of datasets that hubs hold, with their file names, counts and daily changes.
 *
 * Guarantees: `scale` multiplies the number of files (at least one stays), nothing else.
 *
 * @module
 */
import { dateOf } from "./csv_rows.ts";
import type { Profile } from "./dataset.ts";

/** How a profile is asked for. */
export interface ProfileOptions {
  /** Multiplies the number of files; default 1. */
  scale?: number;
  /** Rows of every file on day 0, instead of the profile's own spread. */
  rows?: number | ((random: () => number) => number);
}

/** Daily stock bars: 5,600 flat files, 95 % of which get a row a day. */
export function pro(options: ProfileOptions = {}): Profile {
  return {
    files: scaled(5600, options),
    growing: 0.96,
    share: 0.99,
    added: (random) => Math.floor(random() * 4),
    describe: stock,
    // 560 MB over 5,600 files: 306 rows of 327 bytes.
    rows: rowsOr(options, (random) => 56 + Math.floor(random() * 500)),
  };
}

/**
 * The spread of rows where the history is long: 5 % under 250, median 2,600, 10 % over 6,500, at
 * most 8,700.
 */
export function longHistory(random: () => number): number {
  const place = random();
  const steps = [[0, 20], [0.05, 250], [0.5, 2600], [0.9, 6500], [1, 8700]] as const;
  for (let step = 1; step < steps.length; step++) {
    const [from, low] = steps[step - 1]!;
    const [to, high] = steps[step]!;
    if (place <= to) return Math.floor(low + (high - low) * (place - from) / (to - from));
  }
  return 8700;
}

/** Financial reports: 5,850 folders with a Chinese file name in each; 2 % change a day. */
export function fin(options: ProfileOptions = {}): Profile {
  const kinds = ["一般企业", "银行", "证券", "保险"];
  return {
    files: scaled(5850, options),
    growing: 1,
    share: 0.02,
    added: (random) => Math.floor(random() * 2),
    describe(index) {
      const { code, title } = stock(index);
      const kind = index % 50 === 0 ? kinds[1 + index / 50 % 3]! : kinds[0]!;
      return { path: `${code}/${code}_${kind}.csv`, code, title };
    },
    rows: rowsOr(options, (random) => 4 + Math.floor(random() * 60)),
  };
}

/** Funds: 200 files, all get a row a day. */
export function etf(options: ProfileOptions = {}): Profile {
  return {
    files: scaled(200, options),
    growing: 1,
    share: 1,
    added: () => 0,
    describe(index) {
      const code = index % 2 ? `${510000 + index * 7}.SH` : `${159500 + index}.SZ`;
      return { path: `${code}.csv`, code, title: `演示基金${index}` };
    },
    rows: rowsOr(options, (random) => 100 + Math.floor(random() * 400)),
  };
}

/** One file a day: 2,000 of them, and one more each day. */
export function perDay(options: ProfileOptions = {}): Profile {
  const files = scaled(2000, options);
  return {
    files,
    growing: 0,
    share: 0,
    added: () => 1,
    describe(index) {
      const date = dateOf(index - files + 1);
      return { path: `${date}.csv`, code: date, title: "每日数据" };
    },
    rows: rowsOr(options, (random) => 20 + Math.floor(random() * 60)),
  };
}

/** The share of this number: Shanghai, Shenzhen and Beijing in turn. */
function stock(index: number): { path: string; code: string; title: string } {
  const number = Math.floor(index / 3);
  const firsts = [["sh", 600000], ["sz", 1], ["bj", 920000]] as const;
  const [market, first] = firsts[index % 3]!;
  const code = `${market}${String(first + number).padStart(6, "0")}`;
  return { path: `${code}.csv`, code, title: `演示股份${index}` };
}

function scaled(files: number, { scale = 1 }: ProfileOptions): number {
  return Math.max(1, Math.round(files * scale));
}

function rowsOr(
  { rows }: ProfileOptions,
  usual: (random: () => number) => number,
): (random: () => number) => number {
  return typeof rows === "number" ? () => rows : rows ?? usual;
}
