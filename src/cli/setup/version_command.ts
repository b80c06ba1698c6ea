/**
 * `datahubsync version`, also `datahubsync --version`.
 *
 * @module
 */
import { buildInfo, VERSION } from "../../version.ts";
import { EXIT } from "../command/exit_code.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../../errors.ts";
import { COMMAND } from "../../messages/command.ts";

/**
 * Prints the version; with `json` also what it was built from, with `changes` what has changed.
 * Returns the exit code. Throws UsageError.
 */
export function versionCommand(
  { json, changes }: { json?: boolean; changes?: string | true },
  terminal: Terminal,
): number {
  if (changes !== undefined) {
    terminal.out(changesSince(changelog(), changes === true ? undefined : changes));
  } else {
    terminal.out(json ? `${JSON.stringify(buildInfo(), null, 2)}\n` : `${VERSION}\n`);
  }
  return EXIT.ok;
}

/** The changelog that belongs to this program. */
export function changelog(): string {
  return Deno.readTextFileSync(new URL("../../../CHANGELOG.md", import.meta.url));
}

/**
 * The sections of versions newer than `since`; all of it without one. Throws UsageError where `since`
 * is no version.
 */
export function changesSince(text: string, since?: string): string {
  const sections = text.split(/^(?=## )/m).slice(1);
  if (since === undefined) return sections.join("");
  const from = numbersOf(since);
  if (from === undefined) {
    throw new UsageError(COMMAND.changes_version({ since }));
  }
  return sections.filter((section) => {
    const of = numbersOf(section.slice(0, section.indexOf("\n")));
    return of !== undefined && isNewer(of, from);
  }).join("");
}

function numbersOf(text: string): number[] | undefined {
  return /(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?/.exec(text)?.slice(1).map((part) =>
    Number(part ?? 0)
  );
}

function isNewer(one: readonly number[], two: readonly number[]): boolean {
  const at = one.findIndex((part, index) => part !== two[index]);
  return at !== -1 && one[at]! > two[at]!;
}
