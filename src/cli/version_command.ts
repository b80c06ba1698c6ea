/**
 * `datahubsync version`, also `datahubsync --version`.
 *
 * @module
 */
import { buildInfo, VERSION } from "../version.ts";
import { changelog, changesSince } from "./changes.ts";
import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** Options for `version`. */
export interface VersionOptions {
  json?: boolean | undefined;
  changes?: string | true | undefined;
}

/**
 * Prints the version; with `json` also what it was built from, with `changes` what has changed.
 * Returns the exit code. Throws UsageError.
 */
export function versionCommand({ json, changes }: VersionOptions, terminal: Terminal): number {
  if (changes !== undefined) {
    terminal.out(changesSince(changelog(), changes === true ? undefined : changes));
  } else {
    terminal.out(json ? `${JSON.stringify(buildInfo(), null, 2)}\n` : `${VERSION}\n`);
  }
  return EXIT.ok;
}
