/**
 * Takes secrets out of text before a person or another machine sees it.
 *
 * Guarantees: no configured secret of three characters or more survives in any spelling that a
 * program gives it: as it is, percent-encoded, escaped as JSON or HTML, in base64 (of itself, or
 * inside what a login encodes); of a secret URL neither its path nor its parameters. No URL keeps
 * its user, password, query or fragment. What comes out is one line without control characters, and
 * no longer than a message. It doesn't know secrets that nobody told it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { capped, LONGEST, messageText } from "./plain_text.ts";

/** Shorter ones would blank out half the text and keep no one out. */
const SHORTEST_SECRET = 3;
/** Parts of a URL, or of a base64 text, that are shorter may well be ordinary words. */
const SHORTEST_PART = 8;
/** The chat services' own paths, without a key: a hint about an incomplete address names them. */
const PUBLIC_PATH =
  /^\/(?:services\/|cgi-bin\/webhook\/send|robot\/send|open-apis\/bot\/(?:v2\/)?hook\/)$/;

/** Makes the function that cleans one text; `most` characters of it stay. */
export function redactor(
  secrets: readonly string[],
): (text: string, most?: number) => string {
  const forms = formsOf(secrets);
  const mask = maskerOf(forms);
  return (text, most = LONGEST.message) => {
    // What is cut off needn't be cleaned; what is cut in two is no secret any more, but its beginning.
    let clean = text.length > 4 * most ? text.slice(0, 4 * most) : text;
    clean = mask(clean);
    clean = messageText(clean.replace(/\bhttps?:\/\/[^\s"'<>`]+/gi, cleanUrl), most);
    return clean.endsWith("…") ? withoutBeginning(clean, forms) : clean;
  };
}

/** Makes the function that replaces secrets by `***`, and leaves all else as it is. */
export function masker(secrets: readonly string[]): (text: string) => string {
  return maskerOf(formsOf(secrets));
}

function maskerOf(forms: readonly string[]): (text: string) => string {
  if (forms.length === 0) return (text) => text;
  const pattern = new RegExp(forms.map((form) => RegExp.escape(form)).join("|"), "g");
  return (text) => text.replace(pattern, "***");
}

/** Every spelling of every secret; the longest first, since one may begin with another. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = new Set(secrets.flatMap(partsOf).flatMap(spellingsOf));
  return [...forms].sort((a, b) => b.length - a.length);
}

/** What of a configured text is secret. */
function partsOf(secret: string): string[] {
  const parts = [secret];
  // "Bearer abc": the second word is the secret, and it may turn up alone.
  const word = secret.trim().split(/\s+/).at(-1) ?? "";
  parts.push(word);
  if (/^basic\s/i.test(secret.trim())) {
    const login = Buffer.from(word, "base64").toString();
    parts.push(login, login.slice(login.indexOf(":") + 1));
  }
  const url = /^https?:\/\//i.test(secret) ? URL.parse(secret) : null;
  if (url !== null) {
    const { href, pathname, search, password, username } = url;
    const pieces = [
      pathname + search,
      pathname,
      ...pathname.split("/"),
      ...url.searchParams.values(),
    ];
    // Not the words of a path, such as `services`, which a message may well need.
    const isKey = (one: string): boolean =>
      one.length >= SHORTEST_PART && /[\dA-Z]|\/./.test(one) && !PUBLIC_PATH.test(one);
    parts.push(href, password, username, ...pieces.filter(isKey));
  }
  return parts.filter((part) => part.length >= SHORTEST_SECRET);
}

/** The ways to write a secret. */
function spellingsOf(secret: string): string[] {
  const percent = encodeURIComponent(secret.toWellFormed());
  const json = JSON.stringify(secret).slice(1, -1);
  const html = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return [
    secret,
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    percent.replaceAll("%20", "+"),
    encodeURI(secret.toWellFormed()),
    json,
    json.replaceAll("/", "\\/"),
    html,
    html.replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
    ...base64Of(secret),
  ];
}

/** In base64, alone and behind anything else: as `user:secret` is sent. */
function base64Of(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [bytes.toString("base64"), bytes.toString("base64url")];
  for (let before = 0; before < 3; before++) {
    // Only digits that no neighbour has a share in.
    const first = Math.ceil(before * 8 / 6);
    const last = Math.floor((before + bytes.length) * 8 / 6);
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    for (const alphabet of ["base64", "base64url"] as const) {
      const inside = padded.toString(alphabet).slice(first, last);
      if (inside.length >= SHORTEST_PART) forms.push(inside);
    }
  }
  return forms;
}

/** The text without a secret's beginning before its `…`. */
function withoutBeginning(text: string, forms: readonly string[]): string {
  const body = text.slice(0, -1);
  for (const form of forms) {
    for (let length = form.length - 1; length > SHORTEST_SECRET; length--) {
      if (body.endsWith(form.slice(0, length))) return `${body.slice(0, -length)}***…`;
    }
  }
  return text;
}

function cleanUrl(match: string): string {
  const url = match.replace(/[),.;:!\]}]+$/, "");
  // A plain URL stays letter for letter: `new URL` would add a slash that nobody wrote.
  if (!/[@?#]/.test(url)) return match;
  return redactUrl(url) + match.slice(url.length);
}

/**
 * A URL fit for a log: without user, password, query and fragment; letters of a path, such as a
 * dataset's Chinese name, as they are read.
 */
export function redactUrl(url: string | URL): string {
  try {
    const clean = new URL(url);
    clean.username = "";
    clean.password = "";
    clean.search = clean.search === "" ? "" : "?…";
    clean.hash = "";
    const text = clean.href.replace("?%E2%80%A6", "?…")
      .replace(/(?:%[0-9A-F]{2})+/gi, lettersDecoded);
    return capped(text, LONGEST.url);
  } catch {
    return "(not a URL)";
  }
}

/** Scripts that turn the direction of what stands around them. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Nothing but letters and digits beyond ASCII is decoded: what remains can't end or fake a URL. */
function lettersDecoded(escapes: string): string {
  try {
    return [...decodeURIComponent(escapes)].map((character) => {
      const code = character.codePointAt(0)!;
      if (code < 0x80) return `%${code.toString(16).toUpperCase().padStart(2, "0")}`;
      const plain = /[\p{L}\p{N}]/u.test(character) && !RIGHT_TO_LEFT.test(character);
      return plain ? character : encodeURIComponent(character);
    }).join("");
  } catch {
    return escapes;
  }
}
