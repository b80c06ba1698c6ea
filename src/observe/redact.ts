/**
 * Takes secrets out of text before a person or another machine sees it.
 *
 * Guarantees: no configured secret of three characters or more survives, neither as it is, nor
 * percent-encoded, nor escaped as JSON; no URL keeps its user, password, query or fragment; what
 * comes out is one line without control characters. It doesn't know secrets that nobody told it.
 *
 * @module
 */

import { redactUrl } from "../errors.ts";

/** Shorter ones would blank out half the text and keep no one out. */
const SHORTEST_SECRET = 3;

/** Makes the function that cleans one text. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    // "Bearer abc": the second word is the secret, and it may turn up alone.
    for (const part of [secret, secret.trim().split(/\s+/).at(-1) ?? ""]) {
      if (part.length < SHORTEST_SECRET) continue;
      forms.add(part).add(encodeURIComponent(part)).add(JSON.stringify(part).slice(1, -1));
    }
  }
  // The longest first: a secret that begins with another one must not leave its end behind.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => {
    for (const form of ordered) text = text.replaceAll(form, "***");
    return oneLine(text.replace(/\bhttps?:\/\/[^\s"'<>`]+/gi, cleanUrl));
  };
}

/**
 * Joins lines and drops control characters, so that one event stays one line, and those that turn
 * the direction of writing, so that it reads as it is.
 */
export function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, " ").trim();
}

function cleanUrl(match: string): string {
  const url = match.replace(/[),.;:!\]}]+$/, "");
  // A plain URL stays letter for letter: `new URL` would add a slash that nobody wrote.
  if (!/[@?#]/.test(url)) return match;
  return redactUrl(url) + match.slice(url.length);
}
