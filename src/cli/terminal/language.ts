/**
 * The language that this process speaks to the person at its terminal: as with `setlocale`, it is
 * the process's own, chosen at the start and again once the configuration is read.
 *
 * @module
 */
import { type Environment, processEnvironment } from "../../environment.ts";
import { type DataHubSyncError, messageOf, UsageError } from "../../errors.ts";
import type { Arguments, Language, Message } from "../../messages/catalogue.ts";
import { COMMAND } from "../../messages/command.ts";
import { languageNamed, languageOf } from "../../messages/language.ts";
import { ENGLISH, type Speech, speechIn } from "../../messages/speech.ts";
import type { Terminal } from "./terminal.ts";

let speech: Speech = ENGLISH;
/** Whether the person at the terminal asked for it. */
let asked = false;

/** Speaks this language from now on. */
export async function speak(language: Language): Promise<void> {
  speech = await speechIn(language);
}

/** The current language. */
export function language(): Language {
  return speech.language;
}

/** A message of the terminal's own. */
export function say<English extends string>(
  message: Message<English>,
  ...params: Arguments<English>
): string {
  return speech.say(message, ...params);
}

/** A text that the layers below have written in English. */
export function said(text: string): string {
  return speech.said(text);
}

/**
 * Chooses the language that the arguments or the environment name, before anything else is read. Words
 * that are no language are left for the command line to refuse.
 */
export async function speakAtStart(
  args: readonly string[],
  env: Environment = processEnvironment,
): Promise<void> {
  const named = flagged(args);
  asked = named !== undefined;
  await speak(named ?? languageOf((name) => textIn(env, name)));
}

/** A variable's language; as in `setlocale`, one that isn't valid UTF-8 counts as none. */
function textIn(env: Environment, name: string): string | undefined {
  try {
    return env(name);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** Chooses the configured language, unless the arguments have named one. */
export async function speakAsConfigured(configured: Language | undefined): Promise<void> {
  if (!asked && configured !== undefined) await speak(configured);
}

/** The language that `--lang` names. */
function flagged(args: readonly string[]): Language | undefined {
  const at = args.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const word = args[at]?.split("=", 2)[1] ?? args[at + 1];
  return at === -1 ? undefined : languageNamed(word ?? "");
}

/** A warning line for a text from the layers below. */
export function warningLine(text: string): string {
  return `${say(COMMAND.warning, { text: said(text) })}\n`;
}

/** Prints a warning from the layers below. */
export function sayWarning(terminal: Pick<Terminal, "err">, text: string): void {
  terminal.err(warningLine(text));
}

/** The lines of an error and its hint; `names` = what it is about. */
export function errorLines(error: DataHubSyncError, names?: string): string {
  const what = said(messageOf(error));
  const text = names === undefined ? what : say(COMMAND.of, { names, text: what });
  return `${say(COMMAND.error, { text })}\n${hintLine(error.hint)}`;
}

/** A hint's line, if there is one. */
export function hintLine(hint: string | undefined): string {
  return hint === undefined ? "" : `${say(COMMAND.hint, { text: said(hint) })}\n`;
}
