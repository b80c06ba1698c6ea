/**
 * Builds a request from a target of type `template`, for services that have no type of their own.
 *
 * Guarantees: pure; a value never leaves the field that it was put into: it is escaped for JSON, a
 * form, XML or HTML by the body's content type, percent-encoded in the URL, and kept on one line of
 * plain characters in a header. A body of another type gets it as it is.
 *
 * @module
 */
import type { TemplateTarget } from "../../config/notify_config.ts";
import type { NotifyMessage } from "./message.ts";
import { escapeXml, withoutMentions } from "./plain_forms.ts";

/** A request. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** The request that a template makes of a message. */
export function templateRequest(target: TemplateTarget, message: NotifyMessage): HttpRequest {
  const values = valuesOf(message);
  const type = contentTypeOf(target);
  const request: HttpRequest = {
    method: target.method,
    url: filled(target.url, values, encodeURIComponent),
    headers: Object.fromEntries(
      Object.entries(target.headers).map((
        [name, text],
      ) => [name, filled(text, values, headerText)]),
    ),
  };
  if (target.body === undefined) return request;
  const sent = { ...request, body: filled(target.body, values, escapeFor(type)) };
  const named = Object.keys(target.headers).some((name) => /^content-type$/i.test(name));
  return named ? sent : { ...sent, headers: { ...sent.headers, "content-type": type } };
}

function valuesOf(message: NotifyMessage): Record<string, string> {
  const { notices, title, text, host, at } = message;
  const joined = (key: "dataset" | "outcome" | "event") =>
    [...new Set(notices.map((notice) => notice[key]))].join(", ");
  return {
    title: withoutMentions(title),
    text: withoutMentions(text),
    dataset: withoutMentions(joined("dataset")),
    status: notices.length === 0 ? "test" : joined("outcome"),
    event: notices.length === 0 ? "test" : joined("event"),
    host,
    time: new Date(at).toISOString(),
  };
}

function filled(
  template: string,
  values: Record<string, string>,
  escape: (value: string) => string,
): string {
  // In one pass: a value that looks like a placeholder isn't one.
  return template.replace(
    /\$\{(\w+)\}/g,
    (match, name: string) =>
      values[name] === undefined ? match : escape(values[name].toWellFormed()),
  );
}

/** The body's type: as its header says, else JSON where it looks like it. */
function contentTypeOf({ headers, body = "" }: TemplateTarget): string {
  const named = Object.entries(headers).find(([name]) => /^content-type$/i.test(name))?.[1];
  if (named !== undefined) return named;
  return /^\s*[{[]/.test(body) ? "application/json; charset=utf-8" : "text/plain; charset=utf-8";
}

function escapeFor(type: string): (value: string) => string {
  if (/[/+]json\b/i.test(type)) return (value) => JSON.stringify(value).slice(1, -1);
  if (/x-www-form-urlencoded/i.test(type)) return encodeURIComponent;
  if (/[/+](xml|html)\b/i.test(type)) return escapeXml;
  return (value) => value;
}

/** A header holds one line of Latin letters; all else is percent-encoded. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]+/g, encodeURIComponent);
}
