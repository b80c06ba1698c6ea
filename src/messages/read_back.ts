/**
 * Parses an English message back into the message and its parameters, and says it in another
 * language. So a message may pass a worker, the history of last month, `clean()` and JSON as the one
 * thing that survives all of them, its English text, and still be read in Chinese at the end.
 *
 * Guarantees: what isn't a message stays as it is, and so does a parameter that isn't one; a test
 * reads every message of the catalogue back, alone and in others. Secrets that were removed stay
 * removed, because nothing but the text is looked at. Where several messages fit, the one that
 * explains most of the text wins; of equals the one whose words come first, then the longer one. It gives up on a text
 * that can be read in hundreds of ways, and leaves it in English.
 *
 * @module
 */
import { durationTextIn } from "../units.ts";
import { AREAS } from "./areas.ts";
import { fill, HOLE, type Language, type Message } from "./catalogue.ts";

/** A message, and the form of its English. */
interface Form {
  message: Message;
  /** A piece of its own words: whatever lacks it isn't it. */
  piece: string;
  /** Letters of its own. */
  own: number;
  /** Made when it is first needed. */
  pattern?: RegExp;
  names: string[];
}

/** How a text is said, and how many letters of it are the catalogue's. */
interface Reading {
  text: string;
  known: number;
}

let forms: Form[] | undefined;
let whole: Map<string, Message> | undefined;

function messages(): Message[] {
  return Object.entries(AREAS).flatMap(([area, all]) =>
    Object.values(all).filter((one) => isReadBack(area, one))
  );
}

/** Texts looked at for one message; a cause in a cause in a reason takes about fifty. */
const MOST_LOOKS = 300;

/** Lines that are looked at, each for itself: the problems of a configuration file. */
const MOST_LINES = 100;

/** No message that we cap is longer; in a longer text only its lines are looked at. */
const LONGEST = 2_048;

/** Areas whose single words are titles and answers: nobody below says them, but settings are such. */
const TITLES: ReadonlySet<string> = new Set(["command", "demo", "hub_end", "status", "verify"]);

/** Whether a message of an area is looked for in texts. */
export function isReadBack(area: string, { en }: Message): boolean {
  return !TITLES.has(area) || !/^\w+$/.test(en);
}

/** The text in this language. */
export function readBack(text: string, language: Language): string {
  if (language === "en") return text;
  // The cells of tables: spans of time, and messages without parameters.
  const span = durationTextIn(text, language);
  if (span !== text) return span;
  whole ??= new Map(messages().filter(({ en }) => !en.includes("{")).map((one) => [one.en, one]));
  const known = whole.get(text);
  if (known !== undefined) return known[language];
  forms ??= messages().map(formOf)
    .sort((one, other) => other.own - one.own || other.message.en.length - one.message.en.length);
  return new Reader(forms, language).read(text).text;
}

class Reader {
  readonly #forms: readonly Form[];
  readonly #language: Language;
  readonly #read = new Map<string, Reading>();

  constructor(forms: readonly Form[], language: Language) {
    this.#forms = forms;
    this.#language = language;
  }

  read(text: string): Reading {
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const raw = { text: durationTextIn(text, this.#language), known: 0 };
    if (text === "" || this.#read.size > MOST_LOOKS) return raw;
    this.#read.set(text, raw);
    const lines = text.includes("\n") ? this.#lines(text) : undefined;
    const whole = text.length > LONGEST || lines?.complete ? undefined : this.#message(text);
    const reading = lines === undefined || whole !== undefined && whole.known > lines.known
      ? whole ?? raw
      : lines;
    this.#read.set(text, reading);
    return reading;
  }

  /** `complete` = each line is a message. */
  #lines(text: string): Reading & { complete: boolean } {
    const lines = text.split("\n").map((line, at) =>
      at < MOST_LINES
        ? new Reader(this.#forms, this.#language).read(line)
        : { text: line, known: 0 }
    );
    return {
      text: lines.map((line) => line.text).join("\n"),
      known: lines.reduce((sum, line) => sum + line.known, 0),
      complete: lines.every((line) => line.known > 0),
    };
  }

  #message(text: string): Reading | undefined {
    let best: Reading | undefined;
    let bestStart = Infinity;
    for (const form of this.#forms) {
      const start = text.indexOf(form.piece);
      if (start === -1) continue;
      const found = (form.pattern ??= patternOf(form)).exec(text);
      if (found === null) continue;
      const values = form.names.map((name, at) => {
        const value = found[at + 1] ?? "";
        return {
          name,
          ...(NAME.test(name) || VERBATIM.test(name)
            ? { text: value, known: 0 }
            : this.read(value)),
        };
      });
      const known = values.reduce((sum, value) => sum + value.known, form.own);
      // Two texts with a colon between them are a message only where one of them is.
      if (known === 0) continue;
      if (
        best !== undefined && (known < best.known || known === best.known && start >= bestStart)
      ) {
        continue;
      }
      const params = Object.fromEntries(values.map(({ name, text }) => [name, text]));
      best = { text: fill(form.message[this.#language], params), known };
      bestStart = start;
    }
    return best;
  }
}

function formOf(message: Message): Form {
  const pieces = message.en.replace(HOLE, "\0").split("\0");
  return {
    message,
    piece: pieces.reduce((one, other) => other.length > one.length ? other : one),
    own: message.en.replace(/\{\w+\}|\{\w+[:?]|[^\p{L}\p{N}]/gu, "").length,
    names: [],
  };
}

/** Parameters that are names: without blanks, and never a message; any other may be any text. */
const NAME = /^(?:url|asked|from|to|host|hostname|pid|status|variable|type|section|option)$/;

/** Parameters that are keys of a configuration, their values or an option's, such as `hub`: never a message. */
const VERBATIM = /^(?:key|keys|near|choices|first|second|third|fourth)$/;

/** Parameters that are figures. */
const FIGURE = /^(?:row|column|number|least)$/;

/** An expression for the English; each hole is a group, one that comes again repeats the first. */
function patternOf({ message, names }: Form): RegExp {
  let end = 0;
  let source = "";
  for (const found of message.en.matchAll(HOLE)) {
    const [hole, name = "", sort, choice = ""] = found;
    source += RegExp.escape(message.en.slice(end, found.index));
    end = found.index + hole.length;
    const one = choice.split("|").map((form) => RegExp.escape(form)).join("|");
    if (sort === "?") {
      source += `(?:${one})`;
      continue;
    }
    const known = names.indexOf(name);
    if (known === -1) names.push(name);
    const any = sort === ":"
      ? "([\\d,]+)"
      : FIGURE.test(name)
      ? "([\\d,]+)"
      : NAME.test(name)
      ? "(\\S*?)"
      : "([^]*?)";
    const group = known === -1 ? any : `\\${known + 1}`;
    source += sort === ":" ? `${group} (?:${one})` : group;
  }
  return new RegExp(`^${source}${RegExp.escape(message.en.slice(end))}$`);
}
