/**
 * The catalogue's ground: what a message is, and how its parameters get into it.
 *
 * A file of this folder holds the messages of one area, English and Chinese side by side. In both,
 * `{name}` stands for a parameter; `{n:file|files}` for a count with its noun, digits grouped (`1
 * file`, `5,400 files`; Chinese has one form: `{n:个文件}`); `{n?is|are}` for the word that fits a
 * count which stands elsewhere.
 *
 * Guarantees: the types know a message's parameters from its English. Called, a message gives its
 * English, which errors, logs and JSON hold; the language that a person reads is chosen where the
 * text is shown: {@linkcode wording} for a message that is written there, `read_back.ts` for a text
 * that comes from below, from another process or from a file. It has no state and knows no terminal.
 *
 * @module
 */
import { grouped } from "../digits.ts";

/** A language that a person can read here. */
export type Language = "en" | "zh";

/** The languages, as they are named on the command line and in the configuration. */
export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** A text in every language. */
export type Wording = Readonly<Record<Language, string>>;

type Hole<Text extends string> = Text extends `${string}{${infer Inside}}${infer Rest}`
  ? Inside | Hole<Rest>
  : never;
type NameOf<Inside extends string> = Inside extends `${infer Name}:${string}` ? Name
  : Inside extends `${infer Name}?${string}` ? Name
  : Inside;
type ValueOf<Inside extends string> = Inside extends `${string}:${string}` | `${string}?${string}`
  ? number
  : string | number;

/** The parameters of a message, by its English. */
export type Params<English extends string> = {
  [Inside in Hole<English> as NameOf<Inside>]: ValueOf<Inside>;
};

/** What a message is called with: nothing where it has no parameters. */
export type Arguments<English extends string> = Hole<English> extends never ? []
  : [Params<English>];

/** A message: its text in every language; called, its English. */
export interface Message<English extends string = string> {
  (...params: Arguments<English>): string;
  readonly en: English;
  readonly zh: string;
}

/** The messages of an area. */
type Catalogue<Area extends Record<string, Wording>> = {
  readonly [Key in keyof Area]: Message<Area[Key]["en"]>;
};

/** Makes messages out of texts. */
export function catalogue<const Area extends Record<string, Wording>>(area: Area): Catalogue<Area> {
  const messages: Record<string, unknown> = {};
  // A plain loop: each start makes a thousand of them.
  for (const key in area) {
    const { en, zh } = area[key]!;
    const message = (params?: Values): string => fill(en, params);
    message.en = en;
    message.zh = zh;
    messages[key] = message;
  }
  return messages as Catalogue<Area>;
}

/** Parameters of any message. */
type Values = Readonly<Record<string, string | number>>;

/** A message in a language. */
export function wording<English extends string>(
  language: Language,
  message: Message<English>,
  ...[params]: Arguments<English>
): string {
  return fill(message[language], params as Values | undefined);
}

/** A hole in a text: the parameter, `:` or `?` with its forms. */
export const HOLE = /\{(\w+)(?:([:?])([^{}]*))?\}/g;

/** Chinese characters, and the punctuation that brings its own space. */
const WIDE = /[\u2018-\u201d\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;

/**
 * Puts parameters into a text. Between Chinese and Latin letters or digits there is one space,
 * between Chinese and Chinese none, whatever a parameter turns out to be.
 */
export function fill(text: string, params: Values = {}): string {
  if (!WIDE.test(text)) return filled(text, params);
  let whole = "";
  let end = 0;
  for (const found of text.matchAll(HOLE)) {
    whole = joined(joined(whole, text.slice(end, found.index)), filled(found[0], params));
    end = found.index + found[0].length;
  }
  return joined(whole, text.slice(end));
}

function joined(before: string, after: string): string {
  const [left, right] = [before.trimEnd().at(-1), after.trimStart().at(0)];
  if (left === undefined || right === undefined) return before + after;
  const blank = before !== before.trimEnd() || after !== after.trimStart();
  const isWord = (one: string): boolean => /[\p{L}\p{N}]/u.test(one);
  const [wideLeft, wideRight] = [WIDE.test(left), WIDE.test(right)];
  if (blank && (wideLeft && (wideRight || !isWord(left)) || wideRight && !isWord(right))) {
    return before.trimEnd() + after.trimStart();
  }
  const meet = wideLeft !== wideRight && isWord(left) && isWord(right);
  return !blank && meet ? `${before} ${after}` : before + after;
}

function filled(text: string, params: Values): string {
  return text.replace(HOLE, (_, name: string, sort?: string, forms?: string) => {
    const value = params[name] ?? "";
    if (sort === undefined) return String(value);
    const [one = "", many = one] = forms!.split("|");
    const form = value === 1 || value === "1" ? one : many;
    const digits = typeof value === "number" ? grouped(value) : value;
    return sort === "?" ? form : `${digits} ${form}`;
  });
}
