/**
 * Builds the request that each chat service or webhook expects, as documented.
 *
 * Guarantees: pure; signatures as documented (DingTalk: milliseconds, key = secret, in the query; Feishu:
 * seconds, key = text to sign, empty message, in the body); text is cut to what the service takes, and
 * nothing in it is a mention or a link of the service's own.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import type { NotifyTarget } from "../../config/config.ts";
import type { Message } from "./message.ts";

/** A target notified over HTTP. */
export type HttpTarget = Exclude<NotifyTarget, { type: "email" }>;

/** A POST with a JSON body. */
export interface HttpRequest {
  url: string;
  body: unknown;
}

/**
 * The most bytes of text that WeCom accepts. DingTalk and Feishu accept about 20,000, Slack 40,000.
 */
const WECOM_MOST = 2048;
const OTHERS_MOST = 18_000;

/** The request that sends the message to the target. */
export function requestFor(target: HttpTarget, message: Message): HttpRequest {
  const whole = `${message.title}\n\n${message.text}`;
  switch (target.type) {
    case "webhook":
      return { url: target.url, body: webhookBody(message) };
    case "slack":
      return { url: target.url, body: { text: cut(escapeSlack(whole), OTHERS_MOST) } };
    case "wecom":
      return {
        url: target.url,
        body: { msgtype: "text", text: { content: cut(withoutTags(whole), WECOM_MOST) } },
      };
    case "dingtalk":
      return {
        url: target.secret === undefined
          ? target.url
          : signDingtalk(target.url, target.secret, message.at),
        body: { msgtype: "text", text: { content: cut(whole, OTHERS_MOST) } },
      };
    case "feishu":
      return {
        url: target.url,
        body: {
          ...(target.secret === undefined ? {} : signFeishu(target.secret, message.at)),
          msg_type: "text",
          content: { text: cut(withoutTags(whole), OTHERS_MOST) },
        },
      };
  }
}

/** The error that a service reports in an answer with a success status; `undefined` = none. */
export function refusalIn(target: HttpTarget, body: string): string | undefined {
  if (target.type === "webhook" || target.type === "slack") return undefined;
  try {
    const answer = JSON.parse(body);
    const code = answer.errcode ?? answer.code ?? answer.StatusCode ?? 0;
    if (code === 0) return undefined;
    return `code ${code}: ${answer.errmsg ?? answer.msg ?? answer.StatusMessage ?? "no message"}`;
  } catch {
    return "the answer isn't JSON";
  }
}

/** The generic webhook's body: stable fields, documented in docs/monitoring.md. */
function webhookBody(message: Message): unknown {
  return {
    version: 1,
    source: "datahubsync",
    host: message.host,
    time: new Date(message.at).toISOString(),
    title: message.title,
    text: message.text,
    events: message.notices.map(({ since, ...notice }) => ({
      ...notice,
      since: new Date(since).toISOString(),
    })),
  };
}

function signDingtalk(url: string, secret: string, at: number): string {
  const signed = new URL(url);
  signed.searchParams.set("timestamp", String(at));
  signed.searchParams.set("sign", hmac(secret, `${at}\n${secret}`));
  return signed.href;
}

function signFeishu(secret: string, at: number): { timestamp: string; sign: string } {
  const timestamp = String(Math.floor(at / 1000));
  return { timestamp, sign: hmac(`${timestamp}\n${secret}`, "") };
}

function hmac(key: string, text: string): string {
  return createHmac("sha256", key).update(text).digest("base64");
}

/**
 * `<at user_id="all">` notifies everybody and can't be escaped, so use the full-width sign instead.
 */
function withoutTags(text: string): string {
  return text.replaceAll("<", "＜");
}

function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Truncates a text to `most` bytes of UTF-8. */
function cut(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= most) return text;
  // A split character decodes to U+FFFD.
  return new TextDecoder().decode(bytes.subarray(0, most - 3)).replace(/\uFFFD+$/, "") + "…";
}
