/**
 * A target of type `template`: a request of the user's own making.
 *
 * Guarantees: what is sent for a message is well-formed if it is well-formed for another: a body of
 * JSON is parsed with values in it.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import type { TemplateTarget } from "../notify_config.ts";
import { nearest } from "../near_miss.ts";
import { isWebUrl, oneOf } from "./readers.ts";
import { entriesOf, type Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";

/** What a template may hold, in `${…}`. */
const PLACEHOLDERS = [
  "title",
  "text",
  "dataset",
  "status",
  "event",
  "host",
  "time",
] as const;

const method = oneOf("GET", "POST", "PUT", "PATCH");

/** Reads the target's keys beside `type`. */
export function readTemplate(section: Section<"notify.targets[]">): TemplateTarget | undefined {
  const secrets: string[] = [];
  const url = section.need("url", address(secrets), EXPECTED.template_url());
  const body = section.get("body", part(secrets));
  const chosen = section.get("method", method) ?? (body === undefined ? "GET" : "POST");
  const headers = section.get("headers", headersWith(secrets)) ?? {};
  if (url === undefined) return undefined;
  if (body !== undefined && chosen === "GET") {
    section.setting("body")?.report(CONFIG.body_needs_post());
  }
  const target = { type: "template", url, method: chosen, headers, secrets } as const;
  const type = Object.entries(headers).find(([name]) => /^content-type$/i.test(name))?.[1];
  const isJson = type === undefined ? /^\s*[{[]/.test(body ?? "") : /[/+]json\b/i.test(type);
  if (body !== undefined && isJson && !parses(body)) {
    return section.setting("body")!.reject(
      EXPECTED.template_body({ each: "${…}", example: '{"text": "${text}"}' }),
      { secret: true },
    );
  }
  return body === undefined ? target : { ...target, body };
}

function parses(body: string): boolean {
  return orElse(() => JSON.parse(body.replace(/\$\{\w+\}/g, "x")), undefined) !== undefined;
}

const address = (secrets: string[]): Reader<string> => (setting) => {
  const url = part(secrets)(setting)?.trim();
  if (url === undefined) return undefined;
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? "";
  return isWebUrl(url) && !host.includes("${")
    ? url
    : setting.reject(EXPECTED.template_host(), { secret: true });
};

/** Text of several lines, in which variables are replaced and placeholders stay. */
const part = (secrets: string[]): Reader<string> => (setting) => {
  const { written } = setting;
  if (written === undefined || written.trim() === "") {
    return setting.reject(EXPECTED.text(), { secret: true });
  }
  if (!onlyKnown(setting, written)) return undefined;
  for (const [, name = ""] of written.matchAll(/(?<!\$)\$\{(DATAHUBSYNC_\w+)\}/g)) {
    const value = setting.source.env(name);
    if (value) secrets.push(value);
  }
  return setting.expand(written, PLACEHOLDERS);
};

/** A misspelt placeholder is better explained than by the list of variables. */
function onlyKnown(setting: Setting, written: string): boolean {
  for (const [, name = ""] of written.matchAll(/(?<!\$)\$\{([a-z_]+)\}/g)) {
    if ((PLACEHOLDERS as readonly string[]).includes(name)) continue;
    const meant = nearest(name, PLACEHOLDERS);
    const keys = PLACEHOLDERS.map((one) => `\${${one}}`).join(", ");
    const found = `\${${name.slice(0, 20)}}`;
    setting.report(
      meant === undefined
        ? CONFIG.placeholder({ keys, found })
        : CONFIG.placeholder_meant({ keys, found, near: `\${${meant}}` }),
    );
    return false;
  }
  return true;
}

/** Headers that the request sets itself: others would be dropped without a word, or break it. */
const OWN_HEADERS =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

const headersWith = (secrets: string[]): Reader<Record<string, string>> => (setting) => {
  const headers: Record<string, string> = {};
  for (const { name, setting: value } of entriesOf(setting)) {
    const text = value.isEmpty
      ? value.reject(EXPECTED.text(), { secret: true })
      : part(secrets)(value)?.trim();
    if (text === undefined) continue;
    if (OWN_HEADERS.test(name)) value.report(CONFIG.own_header());
    else if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name) || !/^[\x20-\x7e]*$/.test(text)) {
      value.reject(EXPECTED.template_header(), { secret: true });
    } else headers[name] = text;
  }
  return headers;
};
