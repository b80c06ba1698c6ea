/**
 * Builds the request that each chat service or webhook expects, as documented.
 *
 * Guarantees: pure; signatures as documented (DingTalk: milliseconds, key = secret, in the query; Feishu:
 * seconds, key = text to sign, empty message, in the body); text is cut to what the service takes, and
 * nothing in it is a mention, a link or markup of the service's own.
 *
 * @module
 */

import { createHmac } from "node:crypto";
import type { NotifyTarget } from "../../config/config.ts";
import type { Message } from "./message.ts";
import {
  cutBytes,
  cutLetters,
  escapeHtml,
  fenced,
  withoutMentions,
  withoutTags,
} from "./plain_forms.ts";
import { type HttpRequest, templateRequest } from "./template.ts";

/** A target notified over HTTP. */
export type HttpTarget = Exclude<NotifyTarget, { type: "email" }>;

/**
 * The most that a service takes: WeCom 2048 bytes, Telegram 4096 characters, ntfy 4096 bytes, Bark
 * 4096 bytes for the whole of Apple's payload, Server酱 32 characters of title, PushPlus 100 of title
 * and 20,000 of text. DingTalk and Feishu accept about 20,000 bytes, Slack 40,000 characters.
 */
const MOST = {
  wecom: 2048,
  telegram: 4096,
  ntfy: 4096,
  bark: 2800,
  serverchanTitle: 32,
  pushplusTitle: 100,
  /** Every letter may become `&amp;`. */
  slack: 8000,
  others: 18_000,
} as const;

/** ntfy's and Gotify's own scales: what wakes people up, and what doesn't. */
const PRIORITY = { ntfy: { bad: 4, good: 3 }, gotify: { bad: 8, good: 4 } } as const;

/** The request that sends the message to the target. */
export function requestFor(target: HttpTarget, message: Message): HttpRequest {
  if (target.type === "template") return templateRequest(target, message);
  const { url, body, headers = {} } = postFor(target, message);
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

interface Post {
  url: string;
  body: unknown;
  headers?: Record<string, string>;
}

function postFor(target: Exclude<HttpTarget, { type: "template" }>, message: Message): Post {
  const { url } = target;
  const title = withoutMentions(message.title);
  const text = withoutMentions(message.text);
  const whole = `${message.title}\n\n${message.text}`;
  const grade = message.notices.some(({ event }) => event === "failure" || event === "stale")
    ? "bad"
    : "good";
  switch (target.type) {
    case "webhook":
      return { url, body: webhookBody(message) };
    case "slack":
      return { url, body: { text: escapeHtml(cutLetters(whole, MOST.slack)), mrkdwn: false } };
    case "wecom":
      return {
        url,
        body: { msgtype: "text", text: { content: cutBytes(withoutTags(whole), MOST.wecom) } },
      };
    case "dingtalk":
      return {
        url: target.secret === undefined ? url : signDingtalk(url, target.secret, message.at),
        body: {
          msgtype: "text",
          text: { content: cutBytes(withoutMentions(whole), MOST.others) },
          at: { isAtAll: false },
        },
      };
    case "feishu":
      return {
        url,
        body: {
          ...(target.secret === undefined ? {} : signFeishu(target.secret, message.at)),
          msg_type: "text",
          // `[label](address)` would be a link.
          content: { text: cutBytes(withoutTags(whole).replaceAll("](", "] ("), MOST.others) },
        },
      };
    case "telegram": {
      // The limit counts what is shown, without tags and escapes.
      const head = cutLetters(message.title, 200);
      const room = MOST.telegram - head.length - 2;
      const shown = escapeHtml(cutLetters(message.text, room));
      return {
        url: joined(url, `/bot${target.token}/sendMessage`),
        body: {
          chat_id: target.chatId,
          text: `<b>${escapeHtml(head)}</b>\n\n${shown}`,
          parse_mode: "HTML",
          link_preview_options: { is_disabled: true },
        },
      };
    }
    case "serverchan":
      return {
        url: serverchanUrl(url, target.token),
        body: {
          title: cutLetters(title, MOST.serverchanTitle),
          desp: fenced(cutBytes(`${title}\n\n${text}`, MOST.others)),
        },
      };
    case "pushplus":
      return {
        url: joined(url, "/send"),
        body: {
          token: target.token,
          title: cutLetters(title, MOST.pushplusTitle),
          content: cutLetters(text, MOST.others),
          template: "txt",
        },
      };
    case "bark":
      return {
        url: joined(url, "/push"),
        body: {
          device_key: target.token,
          title: cutBytes(title, 400),
          body: cutBytes(text, MOST.bark),
          group: "DataHubSync",
        },
      };
    case "ntfy":
      return {
        url: joined(url, "/"),
        body: {
          topic: target.topic,
          title,
          message: cutBytes(text, MOST.ntfy),
          priority: PRIORITY.ntfy[grade],
        },
        ...(target.token !== undefined && { headers: { authorization: `Bearer ${target.token}` } }),
      };
    case "gotify":
      return {
        url: joined(url, "/message"),
        body: {
          title,
          message: cutBytes(text, MOST.others),
          priority: PRIORITY.gotify[grade],
          extras: { "client::display": { contentType: "text/plain" } },
        },
        headers: { "x-gotify-key": target.token },
      };
  }
}

/** The generic webhook's body: stable fields, documented in docs/monitoring.md. */
function webhookBody(message: Message): unknown {
  return {
    version: 1,
    source: "datahubsync",
    host: message.host,
    time: new Date(message.at).toISOString(),
    // Chat servers such as Mattermost's take these for their own message.
    title: withoutMentions(message.title),
    text: withoutMentions(message.text),
    events: message.notices.map(({ since, ...notice }) => ({
      ...notice,
      since: new Date(since).toISOString(),
    })),
  };
}

/** A key of Server酱³ begins with its user's number, and has a host of its own. */
function serverchanUrl(url: string, key: string): string {
  const user = /^sctp(\d+)t/i.exec(key)?.[1];
  const isDefault = new URL(url).hostname === "sctapi.ftqq.com";
  return user !== undefined && isDefault
    ? `https://${user}.push.ft07.com/send/${encodeURIComponent(key)}.send`
    : joined(url, `/${encodeURIComponent(key)}.send`);
}

/** A path below an address, whether that ends in a slash or not. */
function joined(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url.href;
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
