/**
 * How many columns of a terminal a text takes.
 *
 * Guarantees: the result of `string-width`. Latin letters, Chinese and their punctuation, which is nearly
 * all that is ever shown, are measured without it: loading its tables takes 50 ms of CPU, as much as the
 * rest of a start.
 *
 * @module
 */
import stringWidth from "string-width";

/** Characters of one column, or two, in any context: no marks, no emoji, nothing invisible. */
const NARROW =
  "\\x20-\\x7e\\u00a1-\\u00ac\\u00ae-\\u02ff\\u2010-\\u2027\\u2190-\\u2199\\u2500-\\u259f\\u2713\\u2717";
const WIDE =
  "\\u3001-\\u3029\\u3041-\\u3096\\u30a1-\\u30fa\\u3400-\\u4dbf\\u4e00-\\u9fff\\uff01-\\uff60";
const PLAIN = new RegExp(`^[${NARROW}${WIDE}]*$`);
const EACH_WIDE = new RegExp(`[${WIDE}]`, "g");
// deno-lint-ignore no-control-regex -- colours begin with the control character ESC
const COLOURS = /\x1b\[\d+m/g;

/** The columns that the text takes; colours take none. */
export function textWidth(text: string): number {
  const shown = text.includes("\x1b") ? text.replace(COLOURS, "") : text;
  if (!PLAIN.test(shown)) return stringWidth(shown);
  return shown.length + (shown.match(EACH_WIDE)?.length ?? 0);
}

/** The text's characters, as a person counts them. */
export function charactersOf(text: string): string[] {
  if (PLAIN.test(text)) return Array.from(text);
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
