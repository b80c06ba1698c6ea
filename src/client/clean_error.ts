/**
 * Takes secrets out of the errors that leave the library.
 *
 * Guarantees: neither message, evidence, hint nor stack of an error, nor those of its causes, show a
 * secret of the configuration or a URL's user, password, query or fragment. An error of this program
 * stays the same object; a cause of somebody else's is replaced by a plain error if it shows
 * something, and never changed. Details that aren't text stay as they are.
 *
 * @module
 */
import { DataHubSyncError } from "../errors.ts";
import { LONGEST } from "../plain_text.ts";

/** Cleans one text, of which at most `most` characters stay. */
type Clean = (text: string, most?: number) => string;

/** Causes deeper than this are dropped: chains this long are mistakes. */
const DEEPEST = 16;

/** The same error without secrets. */
export function cleanError(error: unknown, clean: Clean): unknown {
  return cleaned(error, byLine(clean), 0);
}

/** Messages of several lines, and stacks, keep their lines. */
function byLine(clean: Clean): Clean {
  return (text) => text.split("\n").map((line) => clean(line, LONGEST.path)).join("\n");
}

function cleaned(error: unknown, clean: Clean, depth: number): unknown {
  if (typeof error === "string") return clean(error);
  if (!(error instanceof Error)) return error;
  if (depth === DEEPEST) return undefined;
  const { message, stack = "" } = error;
  const cause = error.cause === undefined ? undefined : cleaned(error.cause, clean, depth + 1);
  const texts = { message: clean(message), stack: withMessage(stack, message, clean) };
  if (error instanceof DataHubSyncError) {
    for (const [name, value] of Object.entries(texts)) define(error, name, value);
    define(error, "evidence", cleanEvidence(error.evidence, clean, cause));
    if (error.cause !== undefined) define(error, "cause", cause);
    return error;
  }
  const shows = error instanceof AggregateError &&
    error.errors.some((one) => cleaned(one, clean, depth + 1) !== one);
  const same = texts.message === message && texts.stack === stack && cause === error.cause;
  if (same && !shows) return error;
  const plain = new Error(texts.message, cause === undefined ? undefined : { cause });
  define(plain, "name", error.name);
  define(plain, "stack", texts.stack);
  return plain;
}

/** Frames name files, which are no secrets; only the beginning repeats the message. */
function withMessage(stack: string, message: string, clean: Clean): string {
  const at = message === "" ? -1 : stack.indexOf(message);
  if (at === -1) return stack;
  return stack.slice(0, at) + clean(message) + stack.slice(at + message.length);
}

function cleanEvidence(
  evidence: DataHubSyncError["evidence"],
  clean: Clean,
  cause: unknown,
): DataHubSyncError["evidence"] {
  const texts = Object.entries(evidence).map(([key, value]) => [
    key,
    typeof value === "string" ? clean(value) : value,
  ]);
  return { ...Object.fromEntries(texts), ...(cause !== undefined && { cause }) };
}

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, {
    value,
    configurable: true,
    writable: true,
    enumerable: name === "evidence",
  });
}
