/**
 * What may leave the program as text. Whatever another machine, a package or a file says goes through
 * one of these before a terminal, a log, a history, metrics, a report, a message or an e-mail gets it.
 *
 * Guarantees: what comes out is one line, has no control character (C0, C1), none that turns the
 * direction of writing and none that is invisible, and is no longer than said. It knows no secrets:
 * `redact.ts` does.
 *
 * @module
 */

/**
 * Characters of a message, a URL and a name that anybody reads; more is a mistake or an attack. A
 * trace is for whoever looks for a bug; a path, or a command that names one, fits PATH_MAX.
 */
export const LONGEST = { message: 1024, trace: 8192, url: 2048, name: 256, path: 4352 } as const;

/**
 * Control characters, line separators, marks and overrides of direction, tags, and what has no width,
 * with which two names look alike. Joiners stay: languages and emoji are written with them.
 */
const UNPRINTABLE =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]+/gu;

/** The program's own colours and line ends (kept), or one character that isn't print. */
const PAINTED = new RegExp(
  `(\\u001b\\[(?:[12]|22|3[1-9])m|[\\n\\t])|${UNPRINTABLE.source.slice(0, -1)}`,
  "gu",
);
/** The same with what it moves the cursor with: up, home, clear, the other screen, all in one go. */
const DRAWN = new RegExp(
  `(\\u001b\\[(?:[12]|22|3[1-9])m|\\u001b\\[(?:\\d{0,4}[AJK]|H|\\?(?:1049|25|2026)[hl])|[\\r\\n\\t])|${
    UNPRINTABLE.source.slice(0, -1)
  }`,
  "gu",
);

/** Joins lines and takes out what isn't print, so that one event is one line and reads as it is. */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, " ").trim();
}

/** `?` for each code unit that isn't print: what a glob finds it by. */
export function withoutUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (found) => "?".repeat(found.length));
}

/** Whether {@linkcode oneLine} has nothing to do. */
export function isPlain(text: string): boolean {
  return oneLine(text) === text;
}

/** The beginning of a text, with `…` where something is left out. */
export function capped(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, most - 1).toWellFormed().replace(/\ufffd$/, "") + "…";
}

/** A message as one reads it. */
export function messageText(text: string, most: number = LONGEST.message): string {
  // What is cut off needn't be cleaned: a text may have megabytes.
  return capped(oneLine(capped(text, 4 * most)), most);
}

/** The name of a dataset, a version, a status. */
export function nameText(text: string): string {
  return messageText(text, LONGEST.name);
}

/** A value as JSON that every terminal shows as it is. */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  // JSON escapes C0 itself: what is left of it are the line ends between members.
  return text.replace(UNPRINTABLE, (found) => found.replaceAll(/[^\n]/g, escaped));
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * Whole lines for a terminal: newlines and the program's own colours stay, and with `moves` what it
 * moves the cursor with; every other control sequence is taken out. The last door, not the only one:
 * a forged line would pass.
 */
export function terminalText(text: string, { moves = false } = {}): string {
  return text.replace(moves ? DRAWN : PAINTED, (_, own?: string) => own ?? " ");
}
