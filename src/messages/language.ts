/**
 * Which language somebody reads.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import { type Language, LANGUAGES, type Wording } from "./catalogue.ts";

/** The variables that name a language; the first that is set counts, as POSIX has it. */
export const LANGUAGE_VARIABLES = ["LC_ALL", "LC_MESSAGES", "LANG"] as const;

/** What each language calls itself. */
export const OWN_NAMES: Wording = { en: "English", zh: "中文" };

/**
 * The language of the surroundings: Chinese where they name it, else English. A terminal of another
 * encoding (`zh_CN.GB18030`) would show what is written in UTF-8 as nonsense, so it gets English.
 */
export function languageOf(env: Environment): Language {
  const named = LANGUAGE_VARIABLES.map((name) => env(name)).find((value) => value) ?? "";
  return /^[^.@]*\.(?!utf-?8)/i.test(named) ? "en" : languageNamed(named) ?? "en";
}

/** The language of a word such as `zh`, or of a locale such as `zh_CN.UTF-8`. */
export function languageNamed(word: string): Language | undefined {
  const name = /^[a-z]+/i.exec(word)?.[0].toLowerCase();
  return LANGUAGES.find((one) => one === name);
}
