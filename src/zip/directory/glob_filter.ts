/**
 * Decides which entries a dataset selects.
 *
 * @module
 */

// @ts-types="./picomatch.d.ts"
import picomatch from "picomatch";
import { withoutUnprintable } from "../../plain_text.ts";

/** Globs over checked paths, as picomatch reads them; `exclude` wins. */
interface GlobOptions {
  /** Empty = everything. */
  include: readonly string[];
  /** Empty = nothing. */
  exclude: readonly string[];
}

/** What the Finder of macOS adds to a ZIP: resource forks, and folder view settings. */
const FINDER = /^__MACOSX\/|(^|\/)\.DS_Store$/;

/** Whether a path is one that the Finder adds, not a file of a dataset. */
export function isMacMetadata(path: string): boolean {
  return FINDER.test(path);
}

/**
 * Creates the predicate for paths. A glob without a slash matches the file's name in any folder, as
 * in a `.gitignore`; one with a slash matches the whole path. Names that begin with a dot match
 * too; the Finder's only if `include` names them.
 */
export function makeFilter(options: GlobOptions): (path: string) => boolean {
  const included = options.include.length === 0 ? () => true : anyOf(options.include);
  const excluded = options.exclude.length === 0 ? () => false : anyOf(options.exclude);
  const finders = options.include.filter((glob) => /__MACOSX|DS_Store/.test(glob));
  const named = finders.length === 0 ? () => false : anyOf(finders);
  return (path) => included(path) && !excluded(path) && (!isMacMetadata(path) || named(path));
}

/**
 * A glob that matches only this path; without a slash in it, this name in any folder. It can be shown
 * and typed: any character stands for one that isn't print.
 */
export function globOf(path: string): string {
  return withoutUnprintable(path.replace(/[*?[\]{}()!+@|\\]/g, "\\$&"));
}

function anyOf(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes("/") }));
  return (path) => tests.some((test) => test(path));
}
