/**
 * Parses JSON despite faults whose meaning is clear, so that a fault in one dataset doesn't lose the
 * whole catalog.
 *
 * Guarantees: pure; valid JSON is parsed as `JSON.parse` does. `NaN` and `Infinity` become null,
 * Python's words become JSON's; extra commas are dropped, and line ends inside strings are kept.
 * If an item of a list is still broken, the other items are parsed, and that one is returned as
 * its text. Text that is cut off is never completed.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { messageOf } from "../../errors.ts";
import { HUB } from "../../messages/hub.ts";

/** A parsed text. */
export interface LooseJson {
  value: unknown;
  /** What was guessed, in one sentence; `undefined` = nothing. */
  fault?: string;
}

const WORDS = new Map([
  ["NaN", "null"],
  ["nan", "null"],
  ["Infinity", "null"],
  ["-Infinity", "null"],
  ["-NaN", "null"],
  ["inf", "null"],
  ["-inf", "null"],
  ["undefined", "null"],
  ["None", "null"],
  ["True", "true"],
  ["False", "false"],
]);

/** A text, a word or number, or one other character. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[-+\w.]+|[^"]/gs;

/** Parses text; throws JSON.parse's `SyntaxError` if its meaning isn't clear. */
export function parseLoosely(text: string): LooseJson {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const tokens = repaired(text);
    const fault = HUB.loose_json({ error: messageOf(error) });
    const value = tokens &&
      (orElse(() => JSON.parse(tokens.join(" ")), undefined) ?? listOf(tokens));
    if (value === undefined || value === null) throw error;
    return { value, fault };
  }
}

/** The text's tokens, made valid JSON; `undefined` if it isn't a list, or its quotes don't match. */
function repaired(text: string): string[] | undefined {
  const tokens: string[] = [];
  let length = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    length += token.length;
    if (/^\s$/.test(token)) continue;
    if (token.startsWith('"')) {
      tokens.push(token.replace(/\p{Cc}/gu, escape));
      continue;
    }
    if (/^[\]}]$/.test(token)) { while (tokens.at(-1) === ",") tokens.pop(); }
    tokens.push(WORDS.get(token) ?? token);
  }
  const isList = tokens[0] === "[" || tokens[0] === "{";
  return isList && length === text.length ? tokens : undefined;
}

/** The items of the first list, one by one; `undefined` where brackets don't match. */
function listOf(tokens: readonly string[]): unknown[] | undefined {
  const open: string[] = [];
  const items: string[] = [];
  let item = "";
  let depth = 0; // of the list, once it has begun
  let ended = false;
  for (const token of tokens) {
    if (token === "[" || token === "{") {
      if (depth === 0 && token === "[") {
        depth = open.push(token);
        continue;
      }
      open.push(token);
    } else if (token === "]" || token === "}") {
      if (open.pop() !== (token === "]" ? "[" : "{")) return undefined;
      if (depth > 0 && open.length < depth) ended = true;
    }
    if (depth === 0 || ended) continue;
    if (token === "," && open.length === depth) {
      items.push(item);
      item = "";
    } else item += `${token} `;
  }
  if (!ended || open.length > 0) return undefined;
  return [...items, item].filter((text) => text !== "").map((text) =>
    orElse(() => JSON.parse(text), undefined) ?? text.trim()
  );
}

function escape(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
