/**
 * What is done about entries that the disk can't hold: all others are synced, and every run says which
 * those are and ends as failed. The alternative, to refuse the package, would stop thousands of files
 * for one name.
 *
 * @module
 */
import { alikeKey, isOneFile } from "../fs/alike.ts";
import type { Removal } from "../store/journal.ts";
import type { Layout } from "../store/layout.ts";
import type { Manifest } from "../store/manifest.ts";
import type { SyncResult } from "../types.ts";
import { type Selection, selectionOf } from "./selection.ts";

/** What the manifest says instead of a digest of the settings: no settings choose such a folder. */
const IN_PART = "0";

/** How many are named. */
const MOST_NAMED = 5;

/** What the manifest says of how its files were chosen; a folder in part is looked at by every run. */
export function selectionWith(leftOut: ReadonlyMap<string, string>, selection: Selection): string {
  return leftOut.size > 0 ? IN_PART : selectionOf(selection);
}

/** Puts into the result what is left out. */
export function sayLeftOut(result: SyncResult, leftOut: ReadonlyMap<string, string>): void {
  const paths = [...leftOut.keys()];
  const shown = paths.slice(0, MOST_NAMED);
  const more = paths.length - shown.length;
  const files = paths.length === 1 ? "1 file" : `${paths.length} files`;
  const reasons = shown.map((path) => `${path} (${leftOut.get(path)})`).join(", ");
  result.leftOut = paths;
  result.error = `all is synced but ${files} that this disk can't hold: ${reasons}` +
    (more > 0 ? ` and ${more} more` : "");
  const globs = shown.map((path) => `'${globOf(path)}'`).join(", ");
  result.hint = "put local_dir on a disk that can, or accept it: " +
    `exclude: [${globs}${more > 0 ? ", …" : ""}]`;
}

/** A glob that matches this path only, for YAML's single quotes. */
function globOf(path: string): string {
  return path.replace(/[*?[\]{}()!+@|\\]/g, "\\$&").replaceAll("'", "''");
}

/**
 * The removals but for those that would take a file that stays, because the disk takes both names for
 * one: after a hub has renamed a file in case only.
 */
export function withoutAliases(
  layout: Layout,
  deletes: readonly Removal[],
  manifest: Manifest,
): Removal[] {
  if (deletes.length === 0) return [];
  const leaving = new Set(deletes.map(({ path }) => alikeKey(path)));
  const staying = new Map<string, string[]>();
  for (const [path] of manifest.entries()) {
    const key = alikeKey(path);
    if (leaving.has(key)) staying.set(key, [...staying.get(key) ?? [], path]);
  }
  const isTaken = (path: string): boolean =>
    (staying.get(alikeKey(path)) ?? []).some((other) => isOneFile(layout.localDir, path, other));
  return deletes.filter(({ path }) => !isTaken(path));
}
