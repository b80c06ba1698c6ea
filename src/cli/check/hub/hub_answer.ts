/**
 * What a hub's answer tells by its head: how long it took, and how far its clock is from ours.
 *
 * @module
 */
import { asRoot } from "../../../as_root.ts";
import { CHECK } from "../../../messages/check.ts";
import { durationText } from "../../../units.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, fine, warning } from "../check_line.ts";

/** Clocks that differ by more make two logs hard to compare. */
const CLOCK_TOLERANCE_MS = 60_000;

/** What an answer's head told. */
export interface HeadFacts {
  date: string | null;
  startedAt: number;
  endedAt: number;
  ms: number;
}

/** The lines about an answer; none where there was none. */
export function answered(seen: HeadFacts | undefined, context: CheckContext): CheckLine[] {
  if (seen === undefined) return [];
  return [fine("hub.http", CHECK.answers_in({ ms: ms(seen.ms) })), ...clockLine(seen, context)];
}

function clockLine(seen: HeadFacts, { machine }: CheckContext): CheckLine[] {
  const theirs = seen.date === null ? NaN : Date.parse(seen.date);
  if (Number.isNaN(theirs)) return [];
  // The header has no fraction, and was written somewhere between the two instants.
  const ahead = theirs + 500 - (seen.startedAt + seen.endedAt) / 2;
  if (Math.abs(ahead) <= CLOCK_TOLERANCE_MS) {
    return [fine("hub.clock", CHECK.clocks_agree())];
  }
  return [warning(
    "hub.clock",
    CHECK.clock_differs({
      by: durationText(Math.abs(ahead)),
      direction: ahead > 0 ? CHECK.behind() : CHECK.ahead_of(),
    }),
    asRoot("timedatectl set-ntp true", machine),
  )];
}

/** Milliseconds for a person. */
export function ms(value: number): string {
  return value < 1000 ? `${Math.max(1, Math.round(value))} ms` : durationText(value);
}
