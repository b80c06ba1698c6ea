/**
 * Which entries a dataset wants.
 *
 * @module
 */

// @ts-types="./picomatch.d.ts"
import picomatch from "picomatch";

/** Globs over checked paths, as picomatch reads them; `exclude` wins. */
export interface GlobOptions {
  /** Empty = everything. */
  include: readonly string[];
  /** Empty = nothing. */
  exclude: readonly string[];
}

/**
 * Makes the test for a path. A glob without a slash is about the file's name in any folder, as in
 * a `.gitignore`; one with a slash is about the whole path. Names that begin with a dot match too.
 */
export function makeFilter(options: GlobOptions): (path: string) => boolean {
  const included = options.include.length === 0 ? () => true : anyOf(options.include);
  const excluded = options.exclude.length === 0 ? () => false : anyOf(options.exclude);
  return (path) => included(path) && !excluded(path);
}

function anyOf(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes("/") }));
  return (path) => tests.some((test) => test(path));
}
