/**
 * The message of an error page, in one line.
 *
 * Guarantees: pure; one line of at most 120 characters without control characters: the title of an HTML
 * page, the code and message of an object store's XML, the message of a JSON document, or else the first
 * line that isn't blank. Binary content isn't shown. The text may be only the beginning of a page, and
 * markup isn't parsed.
 *
 * @module
 */
import { messageText } from "../../plain_text.ts";
import { HUB } from "../../messages/hub.ts";
import { isBinary } from "./page.ts";

/** The number of first characters that are examined. */
const LOOKED_AT = 4096;
/** The most characters that are shown. */
const MOST = 120;
/** Keys of a JSON document that hold its message, the best one first. */
const MESSAGES = ["message", "msg", "detail", "error_description", "error", "title"];

/** The message of a page's text, in any of these forms. */
export function lineOf(text: string): string {
  const start = text.replace(/^\ufeff/, "").trimStart().slice(0, LOOKED_AT);
  if (isBinary(new TextEncoder().encode(start))) return HUB.bytes_that_are_no_text();
  const said = start.startsWith("<")
    ? markupLine(start)
    : start.startsWith("{")
    ? messageIn(start)
    : "";
  const line = said || (start.split(/[\r\n]+/)[0] ?? "");
  return messageText(line.trim(), MOST);
}

/** Decodes a page's bytes, in the charset that the server or the page names. */
export function pageText(bytes: Uint8Array, contentType: string | null): string {
  const head = String.fromCharCode(...bytes.subarray(0, 1024));
  const label = /charset=["']?([\w-]+)/i.exec(contentType ?? "")?.[1] ??
    /<meta[^>]*charset=["']?([\w-]+)/i.exec(head)?.[1];
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function markupLine(page: string): string {
  const of = (tag: string) =>
    plain(new RegExp(`<${tag}(?:\\s[^>]*)?>([^]*?)(?:</${tag}>|$)`, "i").exec(page)?.[1] ?? "");
  const storage = [of("Code"), of("Message")].filter((part) => part !== "").join(": ");
  if (/^(?:<\?xml[^>]*>\s*)?<Error[\s>]/i.test(page) && storage !== "") return storage;
  return of("title") || of("h1") || plain(page.replace(/<(style|script)[\s>][^]*?<\/\1>/gi, ""));
}

/** Markup without its tags. */
function plain(markup: string): string {
  return markup.replace(/<[^>]*>?/g, " ")
    .replace(/&#(\d{1,6});/g, (_, code) => String.fromCodePoint(Number(code)).toWellFormed())
    .replaceAll("&nbsp;", " ").replaceAll("&quot;", '"').replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">").replaceAll("&amp;", "&")
    .replace(/\s+/g, " ").trim();
}

/** The message of a JSON document, or of the error that it holds; empty where there is none. */
function messageIn(json: string): string {
  try {
    const document = JSON.parse(json);
    for (const part of [document.error, ...[document.errors].flat(), document]) {
      const key = MESSAGES.find((one) => typeof part?.[one] === "string" && part[one] !== "");
      if (key !== undefined) return part[key];
    }
  } catch {
    // Cut off, or no JSON at all.
  }
  return json.replace(/\s+/g, " ");
}
