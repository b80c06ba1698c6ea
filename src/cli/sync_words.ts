/**
 * What `sync` prints on stderr at the end.
 *
 * Guarantees: each cause is printed once, with all its datasets. In cron mail, only failures; at a
 * terminal also who holds a lock and why a package isn't ready.
 *
 * @module
 */
import type { SyncResult } from "../types.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText } from "../units.ts";

/** Failures that persist until somebody acts. */
function isFailure({ status, success }: SyncResult): boolean {
  return !success && !["package_not_ready", "locked", "interrupted", "planned"].includes(status);
}

/** Says what failed; with `watched`, to a person at a terminal, also what was left out. */
export function sayEnds(
  results: readonly SyncResult[],
  terminal: Terminal,
  { watched }: { watched: boolean },
): void {
  for (const [text, names] of grouped(results.filter(isFailure))) {
    terminal.err(`error: ${names.join(", ")}: ${text}\n`);
  }
  const aside = results.filter(({ status }) =>
    status === "package_not_ready" || status === "locked"
  );
  if (watched) {
    for (const [text, names] of grouped(aside)) {
      terminal.err(`note: ${names.join(", ")}: ${text}\n`);
    }
  }
  const interrupted = results.filter(({ status }) => status === "interrupted");
  if (interrupted.length === 0) return;
  const kept = interrupted.reduce((sum, { bytesKept = 0 }) => sum + bytesKept, 0);
  terminal.err(`interrupted: ${kept > 0 ? `${bytesText(kept)} kept; ` : ""}run again to go on\n`);
}

/** What is said, hint included, and of which datasets, in the order in which they came. */
function grouped(results: readonly SyncResult[]): Map<string, string[]> {
  const said = new Map<string, string[]>();
  for (const { dataset, status, error, hint } of results) {
    const text = `${error ?? status}${hint === undefined ? "" : `\nhint: ${hint}`}`;
    said.set(text, [...said.get(text) ?? [], dataset]);
  }
  return said;
}
