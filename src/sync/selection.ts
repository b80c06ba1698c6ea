/**
 * Which of a package's files a dataset's settings select, as a digest that the manifest keeps: a run
 * sees by it that they have changed.
 *
 * Guarantees: settings that select the same files have the same digest: globs in another order, a
 * default written out, a setting that was added later while it has its default.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { DatasetConfig } from "../config/dataset_config.ts";
import type { Manifest } from "../store/manifest.ts";

/** The settings that shape the tree. */
type Selection = Pick<
  DatasetConfig,
  "include" | "exclude" | "stripPrefix" | "filenameEncoding"
>;

/** A digest of the settings, in hex, so that a run detects a change since the last one. */
export function selectionOf(selection: Selection): string {
  const { include, exclude, stripPrefix, filenameEncoding } = selection;
  const settings = {
    ...(include.length > 0 && { include: inOneOrder(include) }),
    ...(exclude.length > 0 && { exclude: inOneOrder(exclude) }),
    ...(stripPrefix !== "" && { stripPrefix }),
    ...(filenameEncoding !== "auto" && { filenameEncoding }),
  };
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
}

/**
 * Recorded in the manifest instead of a digest of the settings: no settings select such a folder.
 */
const IN_PART = "0";

/** The manifest's selection; a partial folder gets one that makes every run look at it. */
export function selectionWith(leftOut: ReadonlyMap<string, string>, selection: Selection): string {
  return leftOut.size > 0 ? IN_PART : selectionOf(selection);
}

/** Whether a sync left out entries when it wrote this manifest. */
export function isInPart(manifest: Manifest | undefined): boolean {
  return manifest?.selection === IN_PART;
}

/** One matching glob is enough, so order and repetition mean nothing. */
function inOneOrder(globs: readonly string[]): string[] {
  return [...new Set(globs)].sort();
}
