/**
 * Further kinds of datasets, beside those that the demo shows.
 *
 * @module
 */
import { dateOf } from "../../src/demo/csv_rows.ts";
import type { Profile } from "../../src/demo/dataset.ts";
import type { ProfileOptions } from "../../src/demo/profiles.ts";

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

/** Funds: 200 files, all get a row a day. */
export function etf({ scale = 1 }: ProfileOptions = {}): Profile {
  return {
    files: Math.max(1, Math.round(200 * scale)),
    growing: 1,
    share: 1,
    added: () => 0,
    describe(index) {
      const code = index % 2 ? `${510000 + index * 7}.SH` : `${159500 + index}.SZ`;
      return { path: `${code}.csv`, code, title: `演示基金${index}` };
    },
    rows: (random) => 100 + Math.floor(random() * 400),
  };
}

/** One file a day: 2,000 of them, and one more each day. */
export function perDay({ scale = 1 }: ProfileOptions = {}): Profile {
  const files = Math.max(1, Math.round(2000 * scale));
  return {
    files,
    growing: 0,
    share: 0,
    added: () => 1,
    describe(index) {
      const date = dateOf(index - files + 1);
      return { path: `${date}.csv`, code: date, title: "每日数据" };
    },
    rows: (random) => 20 + Math.floor(random() * 60),
  };
}
