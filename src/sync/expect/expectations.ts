/**
 * Judges a package by what the configuration expects of it (`datasets[].expect`), when all of it is
 * staged and none of it is live.
 *
 * Guarantees: changes nothing. The package is compared with the last one that went live, as the
 * manifest has it; without a manifest only `min_files` and `newest_row` can be judged. It judges
 * figures and dates, not contents: those have their CRC-32.
 *
 * @module
 */
import { grouped } from "../../digits.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { hoursAfter } from "../../monitoring/staleness.ts";
import { dayText } from "../../monitoring/zone.ts";
import { durationText } from "../../units.ts";
import type { Manifest } from "../../store/manifest.ts";
import type { Gathered } from "../gather.ts";
import { newestRowOf, type RowSearch } from "./newest_row.ts";
import { SYNC } from "../../messages/sync.ts";

/** A package, and what it is compared with. */
interface Judged {
  dataset: DatasetConfig;
  gathered: Pick<Gathered, "entries" | "packagePaths" | "wants">;
  /** The last package that went live. */
  before: Manifest | undefined;
  /** Files to look for the newest row in; the changed ones where there are any. */
  sample: () => RowSearch["files"];
  now: number;
  /** IANA zone of the rows' dates. */
  timezone: string;
}

interface Judgement {
  /** What isn't as expected, one phrase each; none = the package may go live. */
  faults: string[];
  /** The newest row's date (ms since the epoch), where it was looked for and found. */
  newestRow?: number;
}

/** Judges a package. Throws StoreError. */
export async function judge(judged: Judged): Promise<Judgement> {
  const { dataset: { expect = {} }, gathered: { entries }, before } = judged;
  const faults: string[] = [];
  const { minFiles, maxRemoved, maxShrink } = expect;
  if (minFiles !== undefined && entries.length < minFiles) {
    faults.push(SYNC.few_files({ has: grouped(entries.length), least: grouped(minFiles) }));
  }
  if (before !== undefined && maxRemoved !== undefined) {
    faults.push(...removedFault(judged, before, maxRemoved));
  }
  if (before !== undefined && maxShrink !== undefined) {
    faults.push(...shrunkFault(judged, before, maxShrink));
  }
  if (expect.newestRow === undefined) return { faults };
  const found = await newestRowOf({ ...expect.newestRow, ...judged, files: judged.sample() });
  const old = rowFault(judged, found);
  return {
    faults: old === undefined ? faults : [...faults, old],
    ...(typeof found === "object" && { newestRow: found.at }),
  };
}

function removedFault({ gathered }: Judged, before: Manifest, most: number): string[] {
  let gone = -before.absent.files;
  for (const [path] of before.entries()) if (!gathered.packagePaths.has(path)) gone++;
  const had = before.size - before.absent.files;
  if (gone <= 0 || gone <= had * most) return [];
  return [
    SYNC.lacks_files({
      gone: grouped(gone),
      had: grouped(had),
      part: percent(gone / had),
      most: percent(most),
    }),
  ];
}

function shrunkFault({ gathered }: Judged, before: Manifest, most: number): string[] {
  const { entries, wants } = gathered;
  let had = -before.absent.bytes;
  for (const [path, { size }] of before.entries()) if (wants(path)) had += size;
  const has = entries.reduce((sum, { size }) => sum + size, 0);
  if (had <= 0 || has >= had * (1 - most)) return [];
  return [SYNC.is_smaller({ part: percent(1 - has / had), most: percent(most) })];
}

function rowFault(
  { dataset, now, timezone }: Judged,
  found: Awaited<ReturnType<typeof newestRowOf>>,
): string | undefined {
  const { column, hours } = dataset.expect!.newestRow!;
  const named = JSON.stringify(column);
  if (found === "no_files") return undefined;
  if (found === "no_column") return SYNC.no_column({ named });
  if (found === "no_date") return SYNC.no_date({ named });
  const due = hoursAfter(found.end, { ...dataset.maxAge, hours }, timezone);
  if (now < due) return undefined;
  return SYNC.newest_row({
    at: dayText(found.at, timezone),
    named,
    hours: durationText(hours * 3_600_000),
  });
}

function percent(part: number): string {
  const value = part * 100;
  return `${value < 10 && value % 1 !== 0 ? value.toFixed(1) : Math.round(value)} %`;
}
