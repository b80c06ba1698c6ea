/**
 * Splits a POSIX shell line into its simple commands, as far as possible without running it.
 *
 * Guarantees: pure; a word's parts are exact: text, the name of a variable, or {@linkcode OPEN},
 * which stands for what only the shell knows (a substitution, a pattern, another user's home). It
 * doesn't say whether a command runs: those after `&&`, `||`, `if` and in subshells are listed like
 * the others. A line that it can't split throws {@linkcode NotUnderstood}.
 *
 * @module
 */
import { SCHEDULE } from "../messages/schedule.ts";

/** What only the shell knows. */
export const OPEN = Symbol("open");

/** A piece of a word. */
export type WordPart = string | { variable: string; quoted: boolean } | typeof OPEN;

/** The pieces of a word, side by side. */
export type Word = readonly WordPart[];

/** Words up to the next operator. Assignments before the command's name stand among them. */
type SimpleCommand = readonly Word[];

/** Why a text can't be read. */
export class NotUnderstood extends Error {}

/** Words that may precede a command without changing it. */
const BEFORE_A_COMMAND = new Set(["if", "then", "elif", "else", "while", "until", "do", "!", "{"]);

/** Cron accepts 1,000 characters, and nobody writes a longer command by hand. */
const LONGEST = 8192;

/** The commands of a text, in their order. */
export function shellCommands(text: string): SimpleCommand[] {
  if (text.length > LONGEST) {
    throw new NotUnderstood(SCHEDULE.long_command({ length: text.length }));
  }
  return new Splitter(text).commands();
}

class Splitter {
  readonly #text: string;
  #at = 0;
  readonly #commands: Word[][] = [];
  #words: Word[] = [];
  #word: WordPart[] | undefined;
  /** Whether the next word is where a redirection leads. */
  #redirected = false;

  constructor(text: string) {
    this.#text = text;
  }

  commands(): SimpleCommand[] {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return this.#commands;
  }

  #step(): void {
    const rest = this.#text.slice(this.#at);
    const char = rest[0]!;
    if (/[ \t]/.test(char)) return this.#take(1, () => this.#endWord());
    if (char === "#" && this.#word === undefined) {
      return this.#take(/^[^\n]*/.exec(rest)![0].length, () => {});
    }
    const redirection = /^(?:&>>?|[<>]{1,3}[&|]?)/.exec(rest)?.[0];
    if (redirection !== undefined && !/^[<>]\(/.test(rest)) return this.#redirect(redirection);
    if (/[\n;&|()]/.test(char)) return this.#take(1, () => this.#endCommand());
    if (char === "'") return this.#add(this.#until("'", 1));
    if (char === '"') return this.#double();
    if (char === "\\") return this.#take(2, () => rest[1] !== "\n" && this.#add(rest[1] ?? ""));
    if (char === "$" || char === "`" || char === "<" || char === ">") {
      return this.#add(this.#open(false));
    }
    if (char === "~" && this.#word === undefined) return this.#home(rest);
    if (/[*?[]/.test(char) && !/^\[{1,2}[ \t]/.test(rest)) {
      return this.#take(1, () => this.#add(OPEN));
    }
    this.#take(1, () => this.#add(char));
  }

  #take(length: number, then: () => unknown): void {
    this.#at += length;
    then();
  }

  #add(part: WordPart): void {
    this.#word ??= [];
    const last = this.#word.at(-1);
    if (typeof part === "string" && typeof last === "string") {
      this.#word[this.#word.length - 1] = last + part;
    } else this.#word.push(part);
  }

  #endWord(): void {
    const word = this.#word;
    this.#word = undefined;
    if (word === undefined) return;
    if (this.#redirected) this.#redirected = false;
    else if (this.#words.length > 0 || !BEFORE_A_COMMAND.has(textOf(word))) this.#words.push(word);
  }

  #endCommand(): void {
    this.#endWord();
    if (textOf(this.#words[0]) === "case") throw new NotUnderstood(SCHEDULE.a_case());
    if (this.#words.length > 0) this.#commands.push(this.#words);
    this.#words = [];
  }

  #redirect(operator: string): void {
    if (operator.startsWith("<<") && operator !== "<<<") {
      throw new NotUnderstood(SCHEDULE.here_document());
    }
    // The number of a stream stands right before it.
    if (this.#word?.length === 1 && /^\d+$/.test(textOf(this.#word))) this.#word = undefined;
    this.#endWord();
    this.#redirected = true;
    this.#at += operator.length;
  }

  #double(): void {
    this.#at++;
    this.#add("");
    while (this.#text[this.#at] !== '"') {
      const char = this.#text[this.#at];
      if (char === undefined) throw new NotUnderstood(SCHEDULE.open_quote());
      if (char === "\\" && /["\\$`]/.test(this.#text[this.#at + 1] ?? "")) {
        this.#take(2, () => this.#add(this.#text[this.#at - 1]!));
      } else if (char === "$" || char === "`") this.#add(this.#open(true));
      else this.#take(1, () => this.#add(char));
    }
    this.#at++;
  }

  /** A variable, or what only the shell knows. */
  #open(quoted: boolean): WordPart {
    const rest = this.#text.slice(this.#at);
    const variable = /^\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/.exec(rest);
    if (variable !== null) {
      this.#at += variable[0].length;
      return { variable: variable[1] ?? variable[2]!, quoted };
    }
    if (rest.startsWith("`")) this.#until("`", 1);
    else if (/^(?:\$|<|>)\(/.test(rest)) this.#nested("(", ")");
    else if (rest.startsWith("${")) this.#nested("{", "}");
    else this.#at += 2;
    return OPEN;
  }

  #until(end: string, from: number): string {
    const start = this.#at + from;
    const at = this.#text.indexOf(end, start);
    if (at === -1) throw new NotUnderstood(SCHEDULE.open_quote());
    this.#at = at + 1;
    return this.#text.slice(start, at);
  }

  #nested(opening: string, closing: string): void {
    let depth = 0;
    do {
      const char = this.#text[this.#at++];
      if (char === undefined) throw new NotUnderstood(SCHEDULE.open_bracket());
      if (char === opening) depth++;
      else if (char === closing) depth--;
    } while (depth > 0 || this.#text[this.#at - 1] !== closing);
  }

  #home(rest: string): void {
    const own = /^~(?=[/\s;&|]|$)/.test(rest);
    this.#take(1, () => this.#add(own ? { variable: "HOME", quoted: true } : OPEN));
  }
}

/** The text of a word that is nothing else. */
function textOf(word: Word = []): string {
  const [only] = word;
  return word.length === 1 && typeof only === "string" ? only : "";
}
