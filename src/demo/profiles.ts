/**
 * The kinds of datasets that hubs hold, with their file names, counts and daily changes.
 *
 * Guarantees: `scale` multiplies the number of files (at least one stays), nothing else.
 *
 * @module
 */
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
