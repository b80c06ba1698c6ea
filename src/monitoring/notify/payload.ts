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
import type { NotifyTarget } from "../../config/notify_config.ts";
import type { NotifyMessage } from "./message.ts";
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

/** A target of a service that has a type of its own. */
type ServiceTarget = Exclude<HttpTarget, { type: "template" }>;
type Service = ServiceTarget["type"];
type TargetOf<S extends Service, T = ServiceTarget> = T extends { type: string }
  ? S extends T["type"] ? T : never
  : never;

/** A message in the forms that services take. */
interface Forms {
  message: NotifyMessage;
  /** Without mentions. */
  title: string;
  text: string;
  /** Title and text as they are. */
  whole: string;
  grade: "bad" | "good";
}

/** What is sent; to the target's own address unless another is named. */
interface Post {
  url?: string;
  body: unknown;
  headers?: Record<string, string>;
}

/** The request that sends the message to the target. */
export function requestFor(target: HttpTarget, message: NotifyMessage): HttpRequest {
  if (target.type === "template") return templateRequest(target, message);
  const build = SERVICES[target.type] as (target: ServiceTarget, forms: Forms) => Post;
  const { url = target.url, body, headers = {} } = build(target, formsOf(message));
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}

function formsOf(message: NotifyMessage): Forms {
  const { title, text, notices } = message;
  return {
    message,
    title: withoutMentions(title),
    text: withoutMentions(text),
    whole: `${title}\n\n${text}`,
    grade: notices.some(({ event }) => event === "failure" || event === "stale") ? "bad" : "good",
  };
}

const SERVICES: { [S in Service]: (target: TargetOf<S>, forms: Forms) => Post } = {
  webhook: (_, { message }) => ({ body: webhookBody(message) }),
  slack: (_, { whole }) => ({
    body: { text: escapeHtml(cutLetters(whole, MOST.slack)), mrkdwn: false },
  }),
  wecom: (_, { whole }) => ({
    body: { msgtype: "text", text: { content: cutBytes(withoutTags(whole), MOST.wecom) } },
  }),
  dingtalk: ({ url, secret }, { whole, message }) => ({
    url: secret === undefined ? url : signDingtalk(url, secret, message.at),
    body: {
      msgtype: "text",
      text: { content: cutBytes(withoutMentions(whole), MOST.others) },
      at: { isAtAll: false },
    },
  }),
  feishu: ({ secret }, { whole, message }) => ({
    body: {
      ...(secret === undefined ? {} : signFeishu(secret, message.at)),
      msg_type: "text",
      // `[label](address)` would be a link.
      content: { text: cutBytes(withoutTags(whole).replaceAll("](", "] ("), MOST.others) },
    },
  }),
  telegram({ url, token, chatId }, { message }) {
    // The limit counts what is shown, without tags and escapes.
    const head = cutLetters(message.title, 200);
    const shown = escapeHtml(cutLetters(message.text, MOST.telegram - head.length - 2));
    return {
      url: joined(url, `/bot${token}/sendMessage`),
      body: {
        chat_id: chatId,
        text: `<b>${escapeHtml(head)}</b>\n\n${shown}`,
        parse_mode: "HTML",
        link_preview_options: { is_disabled: true },
      },
    };
  },
  serverchan: ({ url, token }, { title, text }) => ({
    url: serverchanUrl(url, token),
    body: {
      title: cutLetters(title, MOST.serverchanTitle),
      desp: fenced(cutBytes(`${title}\n\n${text}`, MOST.others)),
    },
  }),
  pushplus: ({ url, token }, { title, text }) => ({
    url: joined(url, "/send"),
    body: {
      token,
      title: cutLetters(title, MOST.pushplusTitle),
      content: cutLetters(text, MOST.others),
      template: "txt",
    },
  }),
  bark: ({ url, token }, { title, text }) => ({
    url: joined(url, "/push"),
    body: {
      device_key: token,
      title: cutBytes(title, 400),
      body: cutBytes(text, MOST.bark),
      group: "DataHubSync",
    },
  }),
  ntfy: ({ url, topic, token }, { title, text, grade }) => ({
    url: joined(url, "/"),
    body: { topic, title, message: cutBytes(text, MOST.ntfy), priority: PRIORITY.ntfy[grade] },
    ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
  }),
  gotify: ({ url, token }, { title, text, grade }) => ({
    url: joined(url, "/message"),
    body: {
      title,
      message: cutBytes(text, MOST.others),
      priority: PRIORITY.gotify[grade],
      extras: { "client::display": { contentType: "text/plain" } },
    },
    headers: { "x-gotify-key": token },
  }),
};

/** The generic webhook's body: stable fields, documented in docs/monitoring.md. */
function webhookBody(message: NotifyMessage): unknown {
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
