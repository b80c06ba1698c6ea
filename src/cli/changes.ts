/**
 * What has changed since an earlier version, out of `CHANGELOG.md`, which the binary carries.
 *
 * Guarantees: pure but for {@linkcode changelog}, which reads the embedded file.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { COMMAND } from "../messages/command.ts";

/** The changelog that belongs to this program. */
export function changelog(): string {
  return Deno.readTextFileSync(new URL("../../CHANGELOG.md", import.meta.url));
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
