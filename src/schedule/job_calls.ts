/**
 * Finds which programs a job calls, through `cd`, `env`, `flock`, `timeout`, `bash -lc` and the like.
 *
 * Guarantees: pure; a call is exact or isn't returned. A command that passes its arguments to
 * another program in an unknown way, or that only a shell could resolve, throws {@linkcode
 * NotUnderstood} if it may call the program in question.
 *
 * It is longer than 250 lines because each program that starts another has its own options.
 *
 * @module
 */
import { SCHEDULE } from "../messages/schedule.ts";
import { NotUnderstood, OPEN, shellCommands, type Word } from "./shell_commands.ts";
import { basename, resolve } from "node:path";

/** The context of a command. */
export interface CommandContext {
  /** The current folder; `undefined` where only the shell knows it. */
  cwd: string | undefined;
  variables: ReadonlyMap<string, string>;
  /** Whether more variables come from a file: a login shell's, one that is sourced. */
  sourced: boolean;
  /** The user that it runs as, if the command says so. */
  user?: string;
}

/** One call of the program. */
export interface JobCall extends CommandContext {
  /** As written, with variables substituted. */
  program: string;
  /** `undefined` for a word that only the shell knows. */
  args: readonly (string | undefined)[];
}

/** The calls in a command for the shell. Throws {@linkcode NotUnderstood}. */
export function callsInShell(
  text: string,
  surroundings: CommandContext,
  isWanted: (word: string) => boolean,
): JobCall[] {
  return new Reader(isWanted).shell(text, surroundings);
}

/** The calls in the words of one command, as systemd starts it. Throws {@linkcode NotUnderstood}. */
export function callsInWords(
  words: readonly Word[],
  surroundings: CommandContext,
  isWanted: (word: string) => boolean,
): JobCall[] {
  return new Reader(isWanted).words(words, { ...surroundings });
}

/** The options of a program that starts another one. */
interface Starter {
  /** Short options with a value. */
  short?: string;
  /** Long ones with a value, when it doesn't stand behind an equals sign. */
  long?: readonly string[];
  /** Words between the options and the other program. */
  before?: number;
}

const STARTERS: Readonly<Record<string, Starter>> = {
  chronic: {},
  cronic: {},
  nohup: {},
  setsid: {},
  exec: { short: "a" },
  command: {},
  time: { short: "fo", long: ["format", "output"] },
  nice: { short: "n", long: ["adjustment"] },
  ionice: { short: "cn", long: ["class", "classdata"] },
  stdbuf: { short: "ioe", long: ["input", "output", "error"] },
  timeout: { short: "ks", long: ["kill-after", "signal"], before: 1 },
  taskset: { before: 1 },
  chrt: { before: 1 },
  "systemd-cat": { short: "tp", long: ["identifier", "priority"] },
  flock: { short: "wE", long: ["wait", "timeout", "conflict-exit-code"], before: 1 },
  env: { short: "uC", long: ["unset", "chdir"] },
  sudo: { short: "ughpCDT", long: ["user", "group", "chdir"] },
};

/** Programs that never start what their arguments name. */
const ONLY_NAME_IT = new Set(
  "[ [[ test echo printf logger ls grep pgrep pkill killall which type tar cp rm chown chmod".split(
    " ",
  ),
);

const SHELL = /^(?:ba|da|z|k|a)?sh$/;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;

class Reader {
  readonly #isWanted: (word: string) => boolean;

  constructor(isWanted: (word: string) => boolean) {
    this.#isWanted = isWanted;
  }

  shell(text: string, surroundings: CommandContext): JobCall[] {
    // Changed by `cd`, `export` and assignments on the way.
    const now = { ...surroundings, variables: new Map(surroundings.variables) };
    const calls: JobCall[] = [];
    let unclear: NotUnderstood | undefined;
    for (const words of shellCommands(text)) {
      try {
        calls.push(...this.#command(words, now));
      } catch (error) {
        if (!(error instanceof NotUnderstood)) throw error;
        unclear ??= error;
      }
    }
    // If one call is clear, other commands needn't be.
    if (unclear !== undefined && calls.length === 0) throw unclear;
    return calls;
  }

  #command(
    words: readonly Word[],
    now: CommandContext & { variables: Map<string, string> },
  ): JobCall[] {
    const [name, ...args] = this.#expanded(words, now);
    if (words.every((word) => isAssignment(word)) || name === "export") {
      for (const word of words) assign(word, now);
      return [];
    }
    if (name === "cd") {
      const to = args.find((word) => !word?.startsWith("-") || word === "-");
      const path = args.length === 0 ? now.variables.get("HOME") : to;
      now.cwd = path === undefined || path === "-"
        ? undefined
        : path.startsWith("/") || now.cwd !== undefined
        ? resolve(now.cwd ?? "/", path)
        : undefined;
      return [];
    }
    if (name === "." || name === "source") {
      now.sourced = true;
      return [];
    }
    return this.words(words, { ...now, variables: new Map(now.variables) });
  }

  /** `now` is this command's own. */
  words(words: readonly Word[], now: CommandContext): JobCall[] {
    const own = { ...now, variables: new Map(now.variables) };
    let at = 0;
    while (at < words.length && isAssignment(words[at]!)) assign(words[at++]!, own);
    const [name, ...args] = this.#expanded(words.slice(at), own);
    const rest = words.slice(at + 1);
    if (name === undefined) {
      if (words.length > at) throw new NotUnderstood(SCHEDULE.program_of_shell());
      return [];
    }
    if (this.#isWanted(name)) return [{ ...own, program: name, args }];
    const starter = basename(name);
    if (SHELL.test(starter)) return this.#nestedShell(rest, args, own);
    if (starter === "su" || starter === "runuser") return this.#otherUser(rest, args, own);
    const options = STARTERS[starter];
    if (options !== undefined) return this.#started(starter, options, rest, own);
    this.#refuseUnknown(starter, args);
    return [];
  }

  /** An unknown program with the one in question among its arguments. */
  #refuseUnknown(program: string, args: readonly (string | undefined)[]): void {
    const at = args.findIndex((word) => word !== undefined && this.#isWanted(word));
    const next = args[at + 1];
    // `ls -l …/datahubsync` ends there, and so does `grep datahubsync`.
    if (at === -1 || next === undefined || ONLY_NAME_IT.has(program)) return;
    if (next !== "sync" && !next.startsWith("-")) return;
    throw new NotUnderstood(SCHEDULE.what_program_does({ program }));
  }

  #started(
    name: string,
    { short = "", long = [], before = 0 }: Starter,
    words: readonly Word[],
    now: CommandContext & { variables: Map<string, string> },
  ): JobCall[] {
    const texts = this.#expanded(words, now);
    let at = 0;
    for (; at < texts.length; at++) {
      const word = texts[at];
      if (word === undefined || !word.startsWith("-")) break;
      if (word === "--") {
        at++;
        break;
      }
      const [flag, value, takesNext] = optionIn(word, short, long);
      this.#apply(name, flag, value ?? (takesNext ? texts[at + 1] : undefined), now);
      if (name === "command" && /^[vV]/.test(flag)) return [];
      if (takesNext) at++;
    }
    at += before;
    if (name === "flock" && /^(?:-c|--command)$/.test(texts[at] ?? "")) {
      return this.#text(texts[at + 1], now);
    }
    if (at >= words.length) return [];
    return this.words(words.slice(at), now);
  }

  #apply(
    name: string,
    flag: string,
    value: string | undefined,
    now: CommandContext & { variables: Map<string, string> },
  ): void {
    if (name === "env") {
      if (flag === "" || flag === "i" || flag === "ignore-environment") now.variables.clear();
      else if (flag === "u" || flag === "unset") now.variables.delete(value ?? "");
      else if (flag === "C" || flag === "chdir") now.cwd = value;
      else if (flag === "S" || flag === "split-string") throw new NotUnderstood("`env -S`");
    } else if (name === "sudo") {
      if (flag === "u" || flag === "user") now.user = value ?? "?";
      else if (flag === "i" || flag === "s") throw new NotUnderstood(SCHEDULE.shell_of_sudo());
    }
  }

  #nestedShell(
    words: readonly Word[],
    args: readonly (string | undefined)[],
    now: CommandContext,
  ): JobCall[] {
    let sourced = now.sourced;
    for (const [at, word] of args.entries()) {
      if (word === undefined) break;
      if (!/^[-+]/.test(word)) return this.words(words.slice(at), { ...now, sourced });
      if (word === "--login" || /^-\w*[li]/.test(word)) sourced = true;
      if (/^-\w*c$/.test(word)) return this.#text(args[at + 1], { ...now, sourced });
    }
    throw new NotUnderstood(SCHEDULE.shell_without_command());
  }

  #otherUser(
    words: readonly Word[],
    args: readonly (string | undefined)[],
    now: CommandContext,
  ): JobCall[] {
    const named = args.findIndex((word) => word === "-u" || word === "--user");
    const text = args.findIndex((word) => word === "-c" || word === "--command");
    const login = args.some((word) => word === "-" || word === "-l" || word === "--login");
    const user = named >= 0
      ? args[named + 1]
      : args.find((word, at) => word !== undefined && !word.startsWith("-") && at !== text + 1) ??
        "root";
    if (user === undefined) throw new NotUnderstood(SCHEDULE.user_of_shell());
    const inside = {
      ...now,
      user,
      sourced: now.sourced || login,
      ...(login && { cwd: undefined }),
    };
    if (text >= 0) return this.#text(args[text + 1], inside);
    if (named < 0) throw new NotUnderstood(SCHEDULE.shell_without_command());
    const from = words[named + 2] !== undefined && args[named + 2] === "--" ? named + 3 : named + 2;
    return this.words(words.slice(from), inside);
  }

  #text(text: string | undefined, now: CommandContext): JobCall[] {
    if (text === undefined) throw new NotUnderstood(SCHEDULE.command_of_shell());
    return this.shell(text, now);
  }

  #expanded(words: readonly Word[], now: CommandContext): (string | undefined)[] {
    return words.map((word) => expand(word, now.variables));
  }
}

/** An option's name, its value where it stands in the same word, and whether it is the next word. */
function optionIn(
  word: string,
  short: string,
  long: readonly string[],
): [flag: string, value: string | undefined, takesNext: boolean] {
  if (word.startsWith("--")) {
    const [flag = "", value] = word.slice(2).split(/=(.*)/s);
    return [flag, value, value === undefined && long.includes(flag)];
  }
  for (let at = 1; at < word.length; at++) {
    if (!short.includes(word[at]!)) continue;
    const value = word.slice(at + 1);
    return value === "" ? [word[at]!, undefined, true] : [word[at]!, value, false];
  }
  return [word.slice(1), undefined, false];
}

function isAssignment([first]: Word): boolean {
  return typeof first === "string" && ASSIGNMENT.test(first);
}

function assign(word: Word, now: CommandContext & { variables: Map<string, string> }): void {
  const name = typeof word[0] === "string" ? ASSIGNMENT.exec(word[0])?.[1] : undefined;
  if (name === undefined) return;
  const value = expand(word, now.variables)?.slice(name.length + 1);
  if (value === undefined) now.variables.delete(name);
  else now.variables.set(name, value);
}

/** The word's text; `undefined` where only the shell knows it. */
function expand(word: Word, variables: ReadonlyMap<string, string>): string | undefined {
  let text = "";
  for (const part of word) {
    if (typeof part === "string") text += part;
    else if (part === OPEN) return undefined;
    else {
      const value = variables.get(part.variable);
      if (value === undefined || (!part.quoted && /[\s*?[]/.test(value))) return undefined;
      text += value;
    }
  }
  return text;
}
