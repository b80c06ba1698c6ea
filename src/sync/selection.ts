/**
 * A digest of the settings that decide which files a package becomes here, so that a run notices when
 * they have been changed since the last one.
 *
 * Guarantees: pure. Settings that mean the same have one digest: globs in another order, a default
 * that is written out. A setting that comes later and has its default changes none.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { DatasetConfig } from "../config/config.ts";

/** The settings that shape the tree. */
export type Selection = Pick<
  DatasetConfig,
  "include" | "exclude" | "stripPrefix" | "filenameEncoding"
>;

/** The digest, in hex. */
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

/** One glob that matches is enough, so their order and their number mean nothing. */
function inOneOrder(globs: readonly string[]): string[] {
  return [...new Set(globs)].sort();
}
