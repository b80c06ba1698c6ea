/**
 * What a result says of entries that the disk can't hold: all others are synced, and every run lists
 * these and ends as failed. Refusing the package instead would hold up thousands of files for one name.
 *
 * @module
 */
import type { DatasetResult } from "../../types.ts";
import { globOf } from "../../zip/directory/glob_filter.ts";
import { SYNC } from "../../messages/sync.ts";

/** The most paths to name. */
const MOST_NAMED = 5;

/** Adds what is left out to the result. */
export function sayLeftOut(result: DatasetResult, leftOut: ReadonlyMap<string, string>): void {
  const paths = [...leftOut.keys()];
  const shown = paths.slice(0, MOST_NAMED);
  const more = paths.length - shown.length;
  const files = paths.length === 1 ? SYNC.n1_file() : SYNC.n_files({ paths: paths.length });
  const reasons = shown.map((path) => `${path} (${leftOut.get(path)})`).join(", ");
  result.leftOut = paths;
  result.error = SYNC.all_but({ files, reasons, more: more > 0 ? SYNC.and_more({ more }) : "" });
  result.hint = leftOutHint(paths);
}

/** What helps against files that a disk can't hold. */
export function leftOutHint(paths: readonly string[]): string {
  const globs = paths.slice(0, MOST_NAMED).map((path) => `'${globOf(path).replaceAll("'", "''")}'`)
    .join(
      ", ",
    );
  const more = paths.length > MOST_NAMED ? ", …" : "";
  return SYNC.other_disk({ globs, more });
}
