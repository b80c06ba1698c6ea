/**
 * A systemd service: what it starts, as whom, where and with which variables.
 *
 * Guarantees: pure; quotes, escapes and `%%` as systemd reads them. A specifier (`%h`) is left open.
 *
 * @module
 */
import type { CommandContext } from "./job_calls.ts";
import { OPEN, type Word, type WordPart } from "./shell_commands.ts";

/** What a service starts. */
interface ServiceUnit extends CommandContext {
  /** The last `ExecStart=` of each text; empty where there is none. */
  start: readonly Word[];
  /** The last `ExecStopPost=`; empty where there is none. */
  after: readonly Word[];
}

/** Reads a service and its drop-ins, in their order. */
export function readService(texts: readonly string[], home: string): ServiceUnit {
  const lines = texts.flatMap((text) => text.replaceAll("\\\n", " ").split("\n"));
  const values = (key: string): string[] =>
    lines.flatMap((line) => line.startsWith(`${key}=`) ? [line.slice(key.length + 1).trim()] : []);
  const last = (key: string): string | undefined => values(key).at(-1) || undefined;
  const variables = new Map<string, string>([["HOME", home]]);
  for (const word of values("Environment").flatMap(unitWords)) {
    const text = word.map((part) => typeof part === "string" ? part : "?").join("");
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined) variables.set(name, value!);
  }
  const user = last("User");
  return {
    start: unitWords((last("ExecStart") ?? "").replace(/^[-@:+!]+/, "")),
    after: unitWords((last("ExecStopPost") ?? "").replace(/^[-@:+!]+/, "")),
    cwd: last("WorkingDirectory") ?? "/",
    variables,
    sourced: values("EnvironmentFile").length > 0,
    ...(user !== undefined && { user }),
  };
}

/** The longest line to parse; a longer one counts as unknown words. */
const LONGEST_LINE = 8192;

/** The words of a unit's line. */
function unitWords(line: string): Word[] {
  if (line.length > LONGEST_LINE) return [[OPEN]];
  const pattern = /(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g;
  return [...line.matchAll(pattern)].map(([word]) => partsOf(word));
}

const PIECES =
  /(["'])((?:\\.|(?!\1)[^\\])*)\1|\\(.)|%%|%.|\$\$|\$\{?([A-Za-z_]\w*)\}?|[^"'\\%$]+|./gs;

/** Inside quotes other quotes are text. */
function partsOf(word: string, inQuotes = false): WordPart[] {
  const parts: WordPart[] = [];
  for (const [piece, quote, quoted = "", escaped, variable] of word.matchAll(PIECES)) {
    if (quote !== undefined) {
      const inside = partsOf(quoted, true);
      parts.push(...inQuotes ? [quote, ...inside, quote] : ["", ...inside]);
    } else if (escaped !== undefined) parts.push(ESCAPES[escaped] ?? escaped);
    else if (piece === "%%" || piece === "$$") parts.push(piece[0]!);
    else if (variable !== undefined) parts.push({ variable, quoted: true });
    else parts.push(piece.startsWith("%") ? OPEN : piece);
  }
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", s: " " };
