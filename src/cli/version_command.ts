/**
 * `datahubsync version`, also `datahubsync --version`.
 *
 * @module
 */
import { buildInfo, VERSION } from "../version.ts";
import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the version; with `json` also what the binary was built from. Returns the exit code. */
export function versionCommand(
  { json }: { json?: boolean | undefined },
  terminal: Terminal,
): number {
  terminal.out(json ? `${JSON.stringify(buildInfo(), null, 2)}\n` : `${VERSION}\n`);
  return EXIT.ok;
}
