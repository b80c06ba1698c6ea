/**
 * The services that messages go to, on loopback: each checks what its own documents ask of a request
 * (method, path, content type, fields and their types, size limits) and answers as it does, with its
 * own refusal where something isn't as documented.
 *
 * Longer than 250 lines because each service has documents of its own.
 *
 * @module
 */
import { createHmac } from "node:crypto";
import type { NotifyTarget } from "../../src/config/notify_config.ts";

/** The target of a service, with the keys that its users are given. */
export function targetOf(services: ChatServices, name: keyof typeof SERVICES): NotifyTarget {
  const url = services.at(name);
  const targets: Record<keyof typeof SERVICES, NotifyTarget> = {
    slack: { type: "slack", url: `${url}/services/T0/B0/X` },
    dingtalk: { type: "dingtalk", url: `${url}/robot/send?access_token=T`, secret: KEYS.dingtalk },
    feishu: { type: "feishu", url: `${url}/open-apis/bot/v2/hook/id`, secret: KEYS.feishu },
    wecom: { type: "wecom", url: `${url}/cgi-bin/webhook/send?key=K` },
    telegram: { type: "telegram", url, token: KEYS.telegram, chatId: KEYS.chat },
    serverchan: { type: "serverchan", url, token: KEYS.serverchan },
    pushplus: { type: "pushplus", url, token: KEYS.pushplus },
    bark: { type: "bark", url, token: KEYS.bark },
    ntfy: { type: "ntfy", url, topic: KEYS.topic, token: KEYS.ntfy },
    gotify: { type: "gotify", url, token: KEYS.gotify },
  };
  return targets[name];
}

/** A request as it arrived. */
export interface Delivered {
  service: string;
  method: string;
  url: URL;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** All services on one port, each below a path of its own. */
export interface ChatServices extends AsyncDisposable {
  /** The address of a service, as its users write it. */
  at(service: keyof typeof SERVICES): string;
  readonly delivered: Delivered[];
}

/** What users of these services are given. */
export const KEYS = {
  telegram: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  chat: "-1001234567890",
  serverchan: "SCT123456Tabcdefghijklmnopqrstuvw",
  pushplus: "6f1b3a2c9d8e4f5a6b7c8d9e0f1a2b3c",
  bark: "hPeiK8ZbQp3xYw9sD7fGh2",
  topic: "market-data_7",
  ntfy: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
  gotify: "AbCdEfGhIjKl_.1",
  dingtalk: "SECdingtalk",
  feishu: "feishusecret",
} as const;

type Judge = (got: Delivered, path: string) => string | undefined;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const bytes = (text: string): number => new TextEncoder().encode(text).length;
const only = (body: Record<string, unknown>, ...keys: string[]): string | undefined =>
  Object.keys(body).find((key) => !keys.includes(key));

/** What each service refuses a request for. */
export const SERVICES = {
  slack: (({ body }, path) => {
    if (!/^\/services\/T0\/B0\/X$/.test(path)) return "no_service";
    if (!isText(body.text) || body.text.length > 40_000) return "invalid_payload";
    // What Slack would take for a mention, a link or markup.
    if (/<[!@#]|<http|&(?!amp;|lt;|gt;)/.test(body.text)) return "mention";
    return body.mrkdwn === false ? undefined : "markup is on";
  }) as Judge,
  dingtalk: ({ url, body }, path) => {
    if (path !== "/robot/send" || url.searchParams.get("access_token") !== "T") return "path";
    const at = url.searchParams.get("timestamp");
    const sign = createHmac("sha256", KEYS.dingtalk).update(`${at}\n${KEYS.dingtalk}`)
      .digest("base64");
    if (!/^\d{13}$/.test(at ?? "") || url.searchParams.get("sign") !== sign) return "sign";
    if (body.msgtype !== "text" || !isText(body.text?.content)) return "fields";
    if (bytes(body.text.content) > 20_000) return "too long";
    return body.at?.isAtAll === false && body.at.atMobiles === undefined ? undefined : "mention";
  },
  feishu: ({ body }, path) => {
    if (path !== "/open-apis/bot/v2/hook/id") return "path";
    const sign = createHmac("sha256", `${body.timestamp}\n${KEYS.feishu}`).digest("base64");
    if (!/^\d{10}$/.test(body.timestamp) || body.sign !== sign) return "sign";
    if (body.msg_type !== "text" || !isText(body.content?.text)) return "fields";
    if (bytes(JSON.stringify(body)) > 20_000) return "too long";
    return /<at|\]\(/.test(body.content.text) ? "mention" : undefined;
  },
  wecom: ({ url, body }, path) => {
    if (path !== "/cgi-bin/webhook/send" || url.searchParams.get("key") !== "K") return "path";
    if (body.msgtype !== "text" || !isText(body.text?.content)) return "fields";
    if (body.text.mentioned_list !== undefined || /<@/.test(body.text.content)) return "mention";
    return bytes(body.text.content) <= 2048 ? undefined : "too long";
  },
  telegram: ({ body }, path) => {
    if (path !== `/bot${KEYS.telegram}/sendMessage`) return "Not Found";
    const odd = only(body, "chat_id", "text", "parse_mode", "link_preview_options");
    if (odd !== undefined || body.chat_id !== KEYS.chat) return "Bad Request: chat not found";
    if (body.parse_mode !== "HTML" || !isText(body.text)) return "Bad Request: message text";
    const shown = shownByTelegram(body.text);
    if (shown === undefined) return "Bad Request: can't parse entities";
    if (shown.length > 4096) return "Bad Request: message is too long";
    return /(?<!\w)@\w{4,}/.test(shown) ? "mention" : undefined;
  },
  serverchan: ({ body }, path) => {
    if (path !== `/${KEYS.serverchan}.send`) return "bad key";
    if (only(body, "title", "desp") !== undefined || !isText(body.title)) return "fields";
    if (body.title.length > 32 || /[\r\n]/.test(body.title)) return "title too long";
    if (!isText(body.desp) || bytes(body.desp) > 32 << 10) return "desp too long";
    return isOneBlock(body.desp) ? undefined : "markup";
  },
  pushplus: ({ body }, path) => {
    if (path !== "/send" || body.token !== KEYS.pushplus) return "token";
    if (only(body, "token", "title", "content", "template") !== undefined) return "fields";
    if (!isText(body.title) || body.title.length > 100) return "title too long";
    if (!isText(body.content) || body.content.length > 20_000) return "content too long";
    return body.template === "txt" ? undefined : "markup";
  },
  bark: ({ body, text }, path) => {
    if (path !== "/push" || body.device_key !== KEYS.bark) return "device token not found";
    if (only(body, "device_key", "title", "body", "group") !== undefined) return "fields";
    if (![body.title, body.body, body.group].every(isText)) return "fields";
    return bytes(text) <= 4096 ? undefined : "payload is too large";
  },
  ntfy: ({ body, headers }, path) => {
    if (path !== "/" || body.topic !== KEYS.topic) return "topic";
    if (headers.get("authorization") !== `Bearer ${KEYS.ntfy}`) return "unauthorized";
    if (only(body, "topic", "title", "message", "priority") !== undefined) return "fields";
    if (!isText(body.title) || !isText(body.message)) return "fields";
    if (![1, 2, 3, 4, 5].includes(body.priority)) return "priority";
    return bytes(body.message) <= 4096 ? undefined : "it would become an attachment";
  },
  gotify: ({ body, headers }, path) => {
    if (path !== "/message") return "path";
    if (headers.get("x-gotify-key") !== KEYS.gotify) return "unauthorized";
    if (!isText(body.title) || !isText(body.message)) return "fields";
    if (!Number.isInteger(body.priority) || body.priority < 0 || body.priority > 10) {
      return "priority";
    }
    return body.extras?.["client::display"]?.contentType === "text/plain" ? undefined : "markup";
  },
} satisfies Record<string, Judge>;

/** What each service shows of a request that it took. */
// deno-lint-ignore no-explicit-any
export const SHOWN: Record<keyof typeof SERVICES, (body: any) => string> = {
  slack: ({ text }) => unescaped(text),
  dingtalk: ({ text }) => text.content,
  wecom: ({ text }) => text.content,
  feishu: ({ content }) => content.text,
  telegram: ({ text }) => shownByTelegram(text) ?? "",
  serverchan: ({ title, desp }) => `${title}\n${desp.replace(/^`+\w*\n|\n`+$/g, "")}`,
  pushplus: ({ title, content }) => `${title}\n${content}`,
  bark: ({ title, body }) => `${title}\n${body}`,
  ntfy: ({ title, message }) => `${title}\n${message}`,
  gotify: ({ title, message }) => `${title}\n${message}`,
};

/** How each service says that it took a message, or that it didn't and why. */
const ANSWERS: Record<keyof typeof SERVICES, (refusal: string | undefined) => Response> = {
  slack: (no) => new Response(no ?? "ok", { status: no === undefined ? 200 : 400 }),
  dingtalk: (no) =>
    Response.json(no ? { errcode: 310000, errmsg: no } : { errcode: 0, errmsg: "ok" }),
  wecom: (no) => Response.json(no ? { errcode: 93000, errmsg: no } : { errcode: 0, errmsg: "ok" }),
  feishu: (no) =>
    Response.json(
      no ? { code: 19021, msg: no } : { StatusCode: 0, StatusMessage: "success", code: 0 },
    ),
  telegram: (no) =>
    no
      ? Response.json({ ok: false, error_code: 400, description: no }, { status: 400 })
      : Response.json({ ok: true, result: { message_id: 1 } }),
  serverchan: (no) =>
    no
      ? Response.json({ code: 40001, message: no }, { status: 400 })
      : Response.json({ code: 0, message: "", data: { pushid: "1", error: "SUCCESS" } }),
  pushplus: (no) =>
    Response.json(no ? { code: 903, msg: no } : { code: 200, msg: "请求成功", data: "1" }),
  bark: (no) =>
    no
      ? Response.json({ code: 400, message: no }, { status: 400 })
      : Response.json({ code: 200, message: "success", timestamp: 1 }),
  ntfy: (no) =>
    no
      ? Response.json({ code: 40001, http: 400, error: no }, { status: 400 })
      : Response.json({ id: "x" }),
  gotify: (no) =>
    no
      ? Response.json({ error: "Bad Request", errorCode: 400, errorDescription: no }, {
        status: 400,
      })
      : Response.json({ id: 1 }),
};

/** Starts them. */
export function startChatServices(): ChatServices {
  const delivered: Delivered[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const [, service = "", path = ""] = /^\/([a-z]+)(\/.*)?$/.exec(url.pathname) ?? [];
    const name = service as keyof typeof SERVICES;
    const text = await request.text();
    const { method, headers } = request;
    const got: Delivered = { service, method, url, headers, text, body: parsed(text) };
    delivered.push(got);
    const isJson = /^application\/json\b/.test(headers.get("content-type") ?? "");
    if (method !== "POST" || !isJson || typeof got.body !== "object") {
      return ANSWERS[name]("expected a POST of JSON");
    }
    return ANSWERS[name](SERVICES[name](got, path));
  });
  return {
    at: (service) => `http://127.0.0.1:${server.addr.port}/${service}`,
    delivered,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text that Telegram shows; `undefined` = its HTML doesn't parse. */
function shownByTelegram(html: string): string | undefined {
  const text = html.replace(/^<b>([^<]*)<\/b>/, "$1");
  if (/[<>]|&(?!amp;|lt;|gt;)/.test(text)) return undefined;
  return unescaped(text);
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/** Whether a Markdown text is one block of code and nothing beside it, as CommonMark reads fences. */
function isOneBlock(text: string): boolean {
  const lines = text.split("\n");
  const fence = /^(`{3,})\w*$/.exec(lines[0] ?? "")?.[1];
  if (fence === undefined) return false;
  const close = lines.findIndex((line, index) =>
    index > 0 && new RegExp(`^ {0,3}\`{${fence.length},}\\s*$`).test(line)
  );
  return close === lines.length - 1;
}
