/**
 * The language that this process speaks to the person at its terminal: as with `setlocale`, it is
 * the process's own, chosen at the start and again once the configuration is read.
 *
 * Guarantees: English costs nothing: the catalogue is read back only in another language. Whatever
 * isn't in the catalogue, such as the operating system's own words, stays as it is.
 *
 * @module
 */
import { type Environment, processEnvironment } from "../config/env_names.ts";
import {
  type Arguments,
  type Language,
  LANGUAGES,
  type Message,
  wording,
} from "../messages/catalogue.ts";
import { languageOf } from "../messages/language.ts";
import type { readBack } from "../messages/read_back.ts";

let spoken: Language = "en";
/** Whether the person at the terminal asked for it. */
let asked = false;
let reader: typeof readBack | undefined;

/** Speaks this language from now on. */
export async function speak(language: Language): Promise<void> {
  spoken = language;
  if (language !== "en") reader ??= (await import("../messages/read_back.ts")).readBack;
}

/** The language that is spoken. */
export function language(): Language {
  return spoken;
}

/** A message of the terminal's own. */
export function say<English extends string>(
  message: Message<English>,
  ...params: Arguments<English>
): string {
  return wording(spoken, message, ...params);
}

/** A text that the layers below have written in English. */
export function said(text: string): string {
  return spoken === "en" || reader === undefined ? text : reader(text, spoken);
}

/**
 * Speaks what the arguments or the surroundings name, before anything else is read. Words that are
 * no language are left for the command line to refuse.
 */
export async function speakAtStart(
  args: readonly string[],
  env: Environment = processEnvironment,
): Promise<void> {
  const named = flagged(args);
  asked = named !== undefined;
  await speak(named ?? languageOf(env));
}

/** Speaks what the configuration names, unless the arguments have named a language. */
export async function speakAsConfigured(configured: Language | undefined): Promise<void> {
  if (!asked && configured !== undefined) await speak(configured);
}

/** The language that `--lang` names. */
export function flagged(args: readonly string[]): Language | undefined {
  const at = args.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = args[at]?.split("=", 2)[1] ?? args[at + 1];
  return at === -1 ? undefined : LANGUAGES.find((one) => one === word);
}
