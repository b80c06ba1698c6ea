/**
 * Says messages in a language: those that are written where they are shown, and those that come as
 * text from below.
 *
 * Guarantees: English costs nothing: the catalogue is read back only in another language. Whatever
 * isn't in the catalogue, such as the operating system's own words, stays as it is.
 *
 * @module
 */
import { type Arguments, type Language, type Message, wording } from "./catalogue.ts";

/** How somebody is spoken to. */
export interface Speech {
  /** In which language. */
  readonly language: Language;
  /** Says a message. */
  say<English extends string>(message: Message<English>, ...params: Arguments<English>): string;
  /** Says a text that is English, written by the layers below, another process or an older run. */
  said(text: string): string;
}

/** English, which everything is written in. */
export const ENGLISH: Speech = {
  language: "en",
  say: (message, ...params) => wording("en", message, ...params),
  said: (text) => text,
};

/** How to say things in a language. */
export async function speechIn(language: Language = "en"): Promise<Speech> {
  if (language === "en") return ENGLISH;
  const { readBack } = await import("./read_back.ts");
  return {
    language,
    say: (message, ...params) => wording(language, message, ...params),
    said: (text) => readBack(text, language),
  };
}
