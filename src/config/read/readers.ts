/**
 * Readers for the values that several sections have: text, secrets, numbers, switches, choices,
 * lists, paths. Each returns the value, or `undefined` after reporting what was expected.
 *
 * @module
 */
import { resolve } from "node:path";
import type { Language } from "../../messages/catalogue.ts";
import { EXPECTED } from "../../messages/expected.ts";
import { nearest } from "../near_miss.ts";
import { parseNumber, parsePart } from "./quantities.ts";
import { quote, type Reader, type Setting } from "./setting.ts";

// deno-lint-ignore no-control-regex -- control characters are what it looks for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;

interface TextOptions {
  /** Completes "expected …". */
  expected: string;
  /** Keeps the value out of every message. */
  secret?: boolean;
}

/** Non-empty text without control characters, with its variables replaced. */
export function text({ expected, secret = false }: TextOptions): Reader<string> {
  return (setting) => {
    if (setting.written === undefined) return setting.reject(expected, { secret });
    const value = setting.expand(setting.written);
    if (value === undefined) return undefined;
    if (value.trim() === "") return setting.reject(expected, { secret });
    if (CONTROL.test(value)) {
      return setting.reject(EXPECTED.on_one_line({ expected }), { secret });
    }
    return value;
  };
}

/** A password or key: text that is never shown. */
export const secret: Reader<string> = text({ expected: EXPECTED.text(), secret: true });

const UNITS = { seconds: EXPECTED.seconds, hours: EXPECTED.hours };

/** The bounds of a number, both included. */
interface NumberOptions {
  min: number;
  max: number;
  /** What it counts, in fractions, too; a whole number if absent. */
  unit?: keyof typeof UNITS;
}

/** A number, in quotes or not. */
export function number({ min, max, unit }: NumberOptions): Reader<number> {
  const expected = (unit === undefined ? EXPECTED.whole_number : UNITS[unit])({ min, max });
  return (setting) => {
    const value = numberIn(setting);
    if (value === null) return undefined;
    const fits = value !== undefined && value >= min && value <= max;
    return fits && (unit !== undefined || Number.isInteger(value))
      ? value
      : setting.reject(expected);
  };
}

/** `auto`, or a whole number within the bounds. */
export function autoOr(options: { min: number; max: number }): Reader<number | "auto"> {
  return (setting) => {
    if (setting.written?.trim().toLowerCase() === "auto") return "auto";
    const value = numberIn(setting);
    if (value === null) return undefined;
    if (value !== undefined && Number.isInteger(value)) {
      if (value >= options.min && value <= options.max) return value;
    }
    const meant = setting.written === undefined ? undefined : nearest(setting.written, ["auto"]);
    return setting.reject(EXPECTED.auto_or_number(options), { meant });
  };
}

/** A part of a whole, 0 to 1, from `5%`. */
export const part: Reader<number> = (setting) =>
  parsePart(setting.written ?? "") ?? setting.reject(EXPECTED.part());

/** The number; `undefined` = there is none, `null` = its variable has been reported. */
function numberIn(setting: Setting): number | undefined | null {
  if (typeof setting.plain === "number") return setting.plain;
  if (setting.written === undefined) return undefined;
  const value = setting.expand(setting.written);
  return value === undefined ? null : parseNumber(value);
}

/** `true` or `false`; also the `yes`, `no`, `on`, `off` of the YAML that v2.0 read. */
export const flag: Reader<boolean> = (setting) => {
  if (typeof setting.plain === "boolean") return setting.plain;
  const word = setting.written?.trim().toLowerCase() ?? "";
  if (["true", "yes", "on"].includes(word)) return true;
  if (["false", "no", "off"].includes(word)) return false;
  return setting.reject(EXPECTED.flag());
};

/** One word of a closed list, in upper or lower case. */
export function oneOf<T extends string>(...words: T[]): Reader<T> {
  return meaning(Object.fromEntries(words.map((word) => [word, word])));
}

/** As {@linkcode oneOf}, where several words may stand for the same. */
export function meaning<T extends string>(words: Readonly<Record<string, T>>): Reader<T> {
  const names = Object.keys(words);
  const expected = EXPECTED.one_of({ keys: names.join(", ") });
  return (setting) => {
    if (setting.written === undefined) return setting.reject(expected);
    const word = setting.expand(setting.written)?.trim().toLowerCase();
    if (word === undefined) return undefined;
    const name = names.find((name) => name.toLowerCase() === word);
    if (name !== undefined) return words[name];
    return setting.reject(expected, { meant: nearest(word, names) });
  };
}

/** A language that the program speaks. */
export const language: Reader<Language> = oneOf("en", "zh");

/** A list of values, or one value alone; an empty list is refused unless `empty` allows it. */
export function listOf<T>(
  read: Reader<T>,
  options: { expected: string; empty?: boolean },
): Reader<T[]> {
  return (setting) => {
    const items = setting.items();
    if (setting.listLength === 0 && !options.empty) return setting.reject(options.expected);
    const values = items.map((item) => item.isEmpty ? item.reject(options.expected) : read(item));
    return values.every((value) => value !== undefined) ? values as T[] : undefined;
  };
}

/** A variable that a path begins with; the group is one of those that a configuration has, or meant as one. */
const SHELLS_OWN = /^\$(?:\{((?:DATAHUBSYNC_|CREDENTIALS_)\w*)\}|\{?[A-Za-z_]\w*\}?)(?=\/|$)/;

/** An absolute path: relative to `baseDir`, `~/` for the home folder where it is known. */
export function pathFrom(baseDir: string, expected = EXPECTED.path()): Reader<string> {
  return (setting) => {
    // Before the variables that there are take their values.
    const [variable, braced] = SHELLS_OWN.exec(setting.written ?? "") ?? [];
    if (variable !== undefined && braced === undefined) {
      const inFull = variable.includes("HOME") ? EXPECTED.path_from_home : EXPECTED.path_in_full;
      return setting.reject(inFull({ expected, variable }));
    }
    const written = text({ expected })(setting);
    if (written === undefined) return undefined;
    if (/^[a-z]:[\\/]/i.test(written) || written.startsWith("\\\\")) {
      return setting.reject(EXPECTED.path_of_machine({ expected }));
    }
    if (!written.startsWith("~")) return resolve(baseDir, written);
    const home = setting.source.env("HOME");
    if (home?.startsWith("/") && /^~(\/|$)/.test(written)) {
      return resolve(home, `.${written.slice(1)}`);
    }
    const user = quote(written.split("/")[0]!);
    return setting.reject(EXPECTED.path_without_user({ expected, user }));
  };
}

/** An http or https URL. It may hold secrets, so no message shows it. */
export const webUrl: Reader<string> = (setting) => {
  const written = text({ expected: EXPECTED.web_url(), secret: true })(setting)?.trim();
  if (written === undefined) return undefined;
  return isWebUrl(written) ? written : setting.reject(expectedUrl(written), { secret: true });
};

/** What to expect of a text that is no URL: it may begin as one and have a port beyond 65535. */
export function expectedUrl(written: string): string {
  return /^https?:\/\/\S/i.test(written) ? EXPECTED.host_and_port() : EXPECTED.web_url();
}

/** What surrounds an address that was copied out of a text. */
const AROUND = "\\s\"'`“”‘’「」『』《》<>()【】";
const PASTED = new RegExp(`^[${AROUND}]+|[${AROUND},;。，；]+$`, "g");

/** The address that a text was probably meant to be: quoted, in full-width signs, with a mistyped beginning or none. */
export function meantUrl(written: string): string | undefined {
  const bare = written.normalize("NFKC").replace(PASTED, "");
  const begun = /^h+t+p+(s?)(?::\/*|\/\/+)(.*)$/i.exec(bare);
  const guess = `http${begun?.[1] ?? ""}://${begun?.[2] ?? bare}`;
  return /^https?:\/\/[^\s/:@]+(?::\d+)?(?:\/\S*)?$/i.test(guess) && isWebUrl(guess)
    ? guess
    : undefined;
}

/** Whether a text is a whole http or https URL. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\/[^/\s\\?#]/i.test(text) && URL.canParse(text);
}
