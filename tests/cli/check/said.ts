/**
 * What the sources of `--check` can say: the texts in them, and the calls that make a line of a fault.
 *
 * Guarantees: pure; it knows strings, templates, comments and regular expressions apart, as far as
 * these sources need it. What an error of another folder says isn't seen here.
 *
 * @module
 */
import { CHECK } from "../../../src/messages/check.ts";

/** A text between its quotes, or between the holes of its template. */
export interface Text {
  text: string;
  /** `file:line`. */
  at: string;
}

/** What a source can say. */
export interface Said {
  /** Texts outside of lines that say all is well. */
  texts: Text[];
  /** The check of each call that makes a line of a fault; `undefined` = it is handed in. */
  faults: { check: string | undefined; at: string }[];
}

/** Reads a source. */
export function readSource(file: string, source: string): Said {
  return new Reader(file, source).read();
}

class Reader {
  readonly #file: string;
  readonly #source: string;
  readonly #said: Said = { texts: [], faults: [] };
  /** The code so far, without comments. */
  #code = "";
  /** What was called, for each open parenthesis. */
  readonly #calls: string[] = [];
  /** Open braces, for each open hole of a template. */
  readonly #holes: number[] = [];
  #at = 0;

  constructor(file: string, source: string) {
    this.#file = file;
    this.#source = source;
  }

  read(): Said {
    const source = this.#source;
    while (this.#at < source.length) {
      const char = source[this.#at]!;
      const next = source[this.#at + 1];
      if (char === "/" && next === "/") this.#at = source.indexOf("\n", this.#at);
      else if (char === "/" && next === "*") this.#at = source.indexOf("*/", this.#at) + 2;
      else if (char === '"' || char === "'") this.#string(char);
      else if (char === "`") this.#template();
      else if (char === "/" && /(?:[(,=:[!&|?{};]|return)\s*$/.test(this.#code)) this.#expression();
      else if (char === "}" && this.#holes.at(-1) === 0) {
        this.#holes.pop();
        this.#template();
      } else this.#plain(char);
    }
    return this.#said;
  }

  #plain(char: string): void {
    const depth = this.#holes.length - 1;
    if (depth >= 0 && char === "{") this.#holes[depth]!++;
    if (depth >= 0 && char === "}") this.#holes[depth]!--;
    if (char === "(") this.#call();
    if (char === ")") this.#calls.pop();
    this.#code += char;
    this.#at++;
  }

  #call(): void {
    const callee = /(\w+|\? warning : failure\))$/.exec(this.#code)?.[1] ?? "";
    this.#calls.push(callee);
    if (/\bCHECK\.\w+$/.test(this.#code)) this.#message(callee);
    const makesLine = /warning|failure|thrown|report/.test(callee) &&
      !/function \w+$/.test(this.#code);
    if (!makesLine) return;
    const check = /^\(\s*"([a-z.]+)"/.exec(this.#source.slice(this.#at))?.[1];
    this.#said.faults.push({ check, at: this.#place() });
  }

  /** The English of a message, between its parameters. */
  #message(key: string): void {
    if (this.#calls.includes("fine")) return;
    const { en } = CHECK[key as keyof typeof CHECK];
    for (const text of en.split(/\{[^{}]*\}/)) this.#said.texts.push({ text, at: this.#place() });
  }

  #string(quote: string): void {
    const begin = ++this.#at;
    while (this.#source[this.#at] !== quote) this.#at += this.#source[this.#at] === "\\" ? 2 : 1;
    this.#text(this.#source.slice(begin, this.#at++));
  }

  /** From a template's quote or the end of a hole to its next hole or its end. */
  #template(): void {
    const begin = ++this.#at;
    for (;; this.#at += this.#source[this.#at] === "\\" ? 2 : 1) {
      if (this.#source[this.#at] === "`") {
        this.#text(this.#source.slice(begin, this.#at++));
        return;
      }
      if (this.#source.startsWith("${", this.#at)) {
        this.#text(this.#source.slice(begin, this.#at));
        this.#at += 2;
        this.#holes.push(0);
        return;
      }
    }
  }

  #expression(): void {
    let inClass = false;
    for (this.#at++; inClass || this.#source[this.#at] !== "/"; this.#at++) {
      const char = this.#source[this.#at];
      if (char === "\\") this.#at++;
      else if (char === "[") inClass = true;
      else if (char === "]") inClass = false;
    }
    this.#at++;
    this.#code += "0";
  }

  #text(escaped: string): void {
    this.#code += '""';
    if (this.#calls.includes("fine")) return;
    const text = escaped.replace(/\\(.)/g, "$1");
    this.#said.texts.push({ text, at: this.#place() });
  }

  #place(): string {
    return `${this.#file}:${this.#source.slice(0, this.#at).split("\n").length}`;
  }
}
