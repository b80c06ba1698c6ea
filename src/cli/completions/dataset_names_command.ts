/**
 * The names that a shell completes after `-d`, `verify` and `convert`.
 *
 * Guarantees: asks no hub and reports no errors: somebody is typing.
 *
 * @module
 */
import { DataHubSyncError } from "../../errors.ts";
import { oneLine } from "../../plain_text.ts";
import { openConfig } from "../command/open_run.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Prints the configured names, one per line; none where the configuration can't be used. */
export async function datasetNamesCommand(
  options: { config?: string },
  terminal: Terminal,
): Promise<void> {
  try {
    const names = (await openConfig(options, terminal)).datasets.map(({ name }) => name);
    for (const name of names) if (oneLine(name) === name) terminal.out(`${name}\n`);
  } catch (error) {
    if (!(error instanceof DataHubSyncError)) throw error;
  }
}
