/**
 * Finds common YAML mistakes, line by line: characters from another keyboard layout, tabs, missing
 * blanks, values that need quotes. YAML's own error about them is at another position and in other
 * words, or there is none.
 *
 * Guarantees: pure; a message names keys and characters, never a value, which may be a password. It
 * checks only lines with a known key, so that quoted text, a comment or a foreign key isn't
 * mistaken for an error.
 *
 * @module
 */
import { YAML } from "../messages/yaml.ts";
import { ALL_KEYS } from "./known_keys.ts";

/** One mistake, and where; line and column count from 1. */
interface Mistake {
  line: number;
  column: number;
  message: string;
  /** Whether it is a mistake even if YAML accepts it. */
  sure: boolean;
}

const KNOWN = new Set<string>(Object.values(ALL_KEYS).flat());
const KEYS = [...KNOWN].join("|");
/** A line that no rule below finds anything in: most are, and the rules' expressions take 3 ms to make. */
const PLAIN = /^ *(?:- +)*\w+:(?: +[\w.~/$].*)?$/;
/** The text before a value: blanks, an item's dash, a known key and its colon, or only the dash. */
const BEFORE_VALUE = new RegExp(`^\\s*(?:- +)*(?:(${KEYS}): +|(?<=- ))`);
/** A key between braces, and the colon of another keyboard behind it; one without a blank behind its colon. */
const COLON_BETWEEN = new RegExp(`[{,]\\s*(${KEYS})\\s*([\uff1a\ufe55\u2236\ua789])`);
const NO_BLANK_BETWEEN = new RegExp(`[{,]\\s*(${KEYS}):(?=[^\\s:,}])`);
const SECRET = /^(?:token|secret|password|username)$/;

interface Rule {
  find: RegExp;
  /** Which group's beginning is the position; 0 if absent. */
  at?: number;
  says: (found: RegExpExecArray) => string;
}

/** Mistakes in how a key is written. They count even if YAML accepts them. */
const OF_KEYS: readonly Rule[] = [
  {
    find: /^[ \t]*([\u00a0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]+)/,
    at: 1,
    says: ([, blanks = ""]) => YAML.other_blank({ sign: codePoint(blanks) }),
  },
  {
    // Inside brackets tabs are ordinary blanks: a JSON file may be indented with them.
    find: new RegExp(`^ *(\t)\\s*(?:- *)*(?:${KEYS})\\s*:`),
    at: 1,
    says: () => YAML.tab(),
  },
  {
    find: new RegExp(`^\\s*([\uff0d\u2010-\u2015\u2212])\\s*(?:${KEYS})`),
    at: 1,
    says: ([, dash = ""]) => YAML.other_dash({ sign: codePoint(dash) }),
  },
  {
    find: new RegExp(`^\\s*(?:- +)*(${KEYS})\\s*([\uff1a\ufe55\u2236\ua789])`),
    at: 2,
    says: ([, key = "", colon = ""]) => YAML.other_colon({ key, sign: codePoint(colon) }),
  },
  { find: new RegExp(`^\\s*-(?:${KEYS})\\s*:`), says: () => YAML.blank_after_dash() },
  {
    find: new RegExp(`^\\s*(?:- +)*(${KEYS}):(?=[^\\s:])`),
    at: 1,
    says: ([, key = ""]) => YAML.blank_after_key({ key }),
  },
];

/** Mistakes in how a value begins, for one that isn't in quotes. */
function ofValue(value: string, key: string | undefined): Omit<Mistake, "line"> | undefined {
  const at = (column: number, message: string, sure: boolean) => ({ column, message, sure });
  const [sign = ""] = value;
  if (/[“”„‟‘’‚‛＂＇「」『』«»]/.test(sign)) {
    return at(0, YAML.straight_quotes({ sign: codePoint(sign) }), true);
  }
  const quotes = (sure: boolean) =>
    at(0, sign === "`" ? YAML.quotes_for_backtick() : YAML.quotes_for_sign({ sign }), sure);
  if (/[@`%]/.test(sign)) return quotes(true);
  if (key !== undefined && SECRET.test(key)) {
    // A comment and an anchor of nothing are no mistake to YAML, and no password either.
    if (/^(?:#\S|&\S+$)/.test(value)) return quotes(true);
    if (/^[&!|>*?[{-]/.test(value)) return quotes(false);
  }
  if (/^[[{]/.test(value)) {
    const text = bare(value);
    const comma = /[，、]/.exec(text);
    if (comma !== null) {
      return at(comma.index, YAML.other_comma({ sign: codePoint(comma[0]) }), true);
    }
    if (!text.includes("{")) return undefined;
    const [found, key = "", colon] = COLON_BETWEEN.exec(text) ?? NO_BLANK_BETWEEN.exec(text) ?? [];
    if (found === undefined) return undefined;
    return colon === undefined
      ? at(text.indexOf(found) + found.indexOf(key), YAML.blank_after_key({ key }), true)
      : at(
        text.indexOf(found) + found.indexOf(colon),
        YAML.other_colon({ key, sign: codePoint(colon) }),
        true,
      );
  }
  if (/^["']/.test(value) && !closes(value)) {
    const message = sign === "'" ? YAML.closing_single_quote() : YAML.closing_quote({ sign });
    return at(0, message, false);
  }
  if (sign === '"' && /^"[^"]*\\[^"\\/abefnrtvxuUNLP_0 ]/.test(value)) {
    return at(0, YAML.backslash(), false);
  }
  return undefined;
}

/** The text without quoted parts and comments. */
function bare(value: string): string {
  return value.replace(/"[^"]*"|'[^']*'/g, (text) => "x".repeat(text.length)).replace(/\s#.*/, "");
}

/** Whether a text that begins with a quote also ends with it, apart from a comment. */
function closes(value: string): boolean {
  return /^(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*')\s*(?:#.*|[,\]}].*)?$/.test(value);
}

/** The mistakes in a text, at most one per line. */
export function usualMistakes(text: string): Mistake[] {
  const mistakes: Mistake[] = [];
  let above = "";
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const found = inLine(line) ?? misaligned(line, above);
    if (found !== undefined) mistakes.push({ ...found, line: index + 1 });
    // A follow-up in the next line isn't another mistake.
    above = found === undefined ? line : "";
  }
  return mistakes;
}

/** A key indented deeper than the one above it, which already has a value, or less than its item's first. */
function misaligned(line: string, above: string): Omit<Mistake, "line"> | undefined {
  const upper = /^((?: *- +)* *)[\w-]+: +[^\s#&|>]/.exec(above);
  const own = /^( *)(\w+):/.exec(line);
  if (upper === null || own === null || !KNOWN.has(own[2]!)) return undefined;
  const [deep, wanted] = [own[1]!.length, upper[1]!.length];
  const dash = upper[1]!.lastIndexOf("-");
  // Left of an item, or below its dash, it belongs to what is around it.
  if (deep === wanted || deep < wanted && (dash === -1 || deep <= dash)) return undefined;
  const message = YAML.too_deep({ key: own[2]!, wanted: wanted + 1, deep: deep + 1 });
  return { column: deep + 1, message, sure: false };
}

function inLine(line: string): Omit<Mistake, "line"> | undefined {
  if (PLAIN.test(line)) return undefined;
  for (const { find, at = 0, says } of OF_KEYS) {
    const found = find.exec(line);
    if (found === null) continue;
    const column = found.index + (at === 0 ? found[0].search(/\S/) : found[0].indexOf(found[at]!));
    return { column: column + 1, message: says(found), sure: true };
  }
  const before = BEFORE_VALUE.exec(line);
  if (before === null) return undefined;
  const column = before[0].length;
  const found = ofValue(line.slice(column).trimEnd(), before[1]);
  return found && { ...found, column: column + found.column + 1 };
}

/** A character in the form that people look up. */
function codePoint(text: string): string {
  const [sign = ""] = text;
  const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
  return `${/\s|\p{Cf}/u.test(sign) ? "" : `\`${sign}\` `}U+${code}`;
}
