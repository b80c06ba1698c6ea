/**
 * What `sync` prints on stderr at the end.
 *
 * Guarantees: each cause is printed once, with all its datasets: in cron mail only failures, at a
 * terminal also who holds a lock and why a package isn't ready.
 *
 * @module
 */
import type { DatasetResult } from "../../types.ts";
import { COMMAND } from "../../messages/command.ts";
import { hintLine, said, say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText } from "../../units.ts";

/** Failures that persist until somebody acts. */
function isFailure({ status, success }: DatasetResult): boolean {
  return !success && !["package_not_ready", "locked", "interrupted", "planned"].includes(status);
}

/** Says what failed; with `watched`, to a person at a terminal, also what was left out. */
export function sayEnds(
  results: readonly DatasetResult[],
  terminal: Terminal,
  { watched }: { watched: boolean },
): void {
  for (const [text, names] of grouped(results.filter(isFailure))) {
    terminal.err(`${say(COMMAND.error, { text: of(names, text) })}\n`);
  }
  const aside = results.filter(({ status }) =>
    status === "package_not_ready" || status === "locked"
  );
  if (watched) {
    for (const [text, names] of grouped(aside)) {
      terminal.err(`${say(COMMAND.note, { text: of(names, text) })}\n`);
    }
  }
  const interrupted = results.filter(({ status }) => status === "interrupted");
  if (interrupted.length === 0) return;
  const kept = interrupted.reduce((sum, { bytesKept = 0 }) => sum + bytesKept, 0);
  const text = kept > 0
    ? say(COMMAND.interrupted_kept, { kept: bytesText(kept) })
    : say(COMMAND.interrupted_again);
  terminal.err(`${text}\n`);
}

function of(names: readonly string[], text: string): string {
  return say(COMMAND.of, { names: names.join(", "), text });
}

/** The texts, each with its hint and its datasets, in order of appearance. */
function grouped(results: readonly DatasetResult[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { dataset, status, error, hint } of results) {
    const text = `${said(error ?? status)}\n${hintLine(hint)}`.trimEnd();
    groups.set(text, [...groups.get(text) ?? [], dataset]);
  }
  return groups;
}
