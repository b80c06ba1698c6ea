/**
 * The section `notify`. A webhook's address is its secret, so no message shows one.
 *
 * @module
 */
import type { NotifyConfig, NotifyTarget, PingConfig } from "../notify_config.ts";
import { language, listOf, number, oneOf, secret, text, webUrl } from "./readers.ts";
import type { Language } from "../../messages/catalogue.ts";
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import { readTemplate } from "./read_template.ts";
import { Section } from "./section.ts";
import type { Reader } from "./setting.ts";

const EVENTS = ["failure", "stale", "recovery", "success"] as const;
const event = oneOf(...EVENTS);
const security = oneOf("tls", "starttls", "none");
const targetType = oneOf(
  ...["webhook", "dingtalk", "feishu", "wecom", "slack", "telegram", "serverchan"] as const,
  ...["pushplus", "bark", "ntfy", "gotify", "template", "email"] as const,
);

/** The keys of each type, besides `type`. */
const KEYS_BY_TYPE: Readonly<Record<NotifyTarget["type"], readonly string[]>> = {
  webhook: ["url"],
  slack: ["url"],
  wecom: ["url"],
  dingtalk: ["url", "secret"],
  feishu: ["url", "secret"],
  telegram: ["token", "chat_id", "url"],
  serverchan: ["token", "url"],
  pushplus: ["token", "url"],
  bark: ["token", "url"],
  ntfy: ["topic", "token", "url"],
  gotify: ["url", "token"],
  template: ["method", "url", "headers", "body"],
  email: ["host", "port", "security", "username", "password", "from", "to"],
};

/** Where services are that give their users a token instead of an address. */
const SERVICE_URLS = {
  telegram: "https://api.telegram.org",
  serverchan: "https://sctapi.ftqq.com",
  pushplus: "https://www.pushplus.plus",
  bark: "https://api.day.app",
  ntfy: "https://ntfy.sh",
} as const;

const mailAddress = text({ expected: EXPECTED.mail_address() });

/** Reads the section; where something doesn't fit it has been reported, and a default stands in. */
export function readNotify(
  section: Section<"notify"> | undefined,
  spoken: Language | undefined,
): NotifyConfig {
  const said = section?.get("language", language) ?? spoken;
  const expected = EXPECTED.several_of({ keys: EVENTS.join(", ") });
  const events = section?.get("on", listOf(event, { expected, empty: true }));
  const targets = listOf(target, { expected: EXPECTED.target(), empty: true });
  return {
    on: [...new Set(events ?? ["failure", "stale", "recovery"] as const)],
    targets: section?.get("targets", targets) ?? [],
    timeout: section?.get("timeout", number({ min: 0.1, max: 300, unit: "seconds" })) ?? 10,
    ...(said !== undefined && { language: said }),
  };
}

const target: Reader<NotifyTarget> = (setting) => {
  const section = Section.open("notify.targets[]", setting);
  const type = section?.need(
    "type",
    targetType,
    EXPECTED.one_of({ keys: Object.keys(KEYS_BY_TYPE).join(", ") }),
  );
  if (section === undefined || type === undefined) return undefined;
  reportForeignKeys(section, type);
  if (type === "email") return readEmail(section);
  if (type === "template") return readTemplate(section);
  if (type in SERVICE_URLS || type === "gotify") {
    return readService(section, type as keyof typeof SERVICE_URLS | "gotify");
  }
  return readHook(section, type as "webhook");
};

/** A service whose address is the secret. */
function readHook(
  section: Section<"notify.targets[]">,
  type: "webhook" | "slack" | "wecom" | "dingtalk" | "feishu",
): NotifyTarget | undefined {
  const url = section.need("url", webUrl, EXPECTED.service_address());
  if (url === undefined) return undefined;
  if (type !== "dingtalk" && type !== "feishu") return { type, url };
  const key = section.get("secret", secret);
  return key === undefined ? { type, url } : { type, url, secret: key };
}

/** A service that gives its users a token; the address is that of a server of their own. */
function readService(
  section: Section<"notify.targets[]">,
  type: keyof typeof SERVICE_URLS | "gotify",
): NotifyTarget | undefined {
  const given = EXPECTED.service_token();
  const url = type === "gotify"
    ? section.need("url", webUrl, EXPECTED.own_server())
    : section.get("url", webUrl) ?? SERVICE_URLS[type];
  if (type === "ntfy") {
    const topic = section.need("topic", topicName, EXPECTED.topic());
    const key = section.get("token", token);
    if (topic === undefined || url === undefined) return undefined;
    return key === undefined ? { type, url, topic } : { type, url, topic, token: key };
  }
  const key = section.need("token", token, given);
  const chatId = type === "telegram" ? section.need("chat_id", chat, EXPECTED.chat()) : undefined;
  if (key === undefined || url === undefined) return undefined;
  if (type !== "telegram") return { type, url, token: key };
  return chatId === undefined ? undefined : { type, url, token: key, chatId };
}

/** It goes into a path or a header. */
const token: Reader<string> = (setting) => {
  const value = secret(setting)?.trim();
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  return setting.reject(EXPECTED.plain_token(), { secret: true });
};

const topicName: Reader<string> = (setting) => {
  const name = text({ expected: EXPECTED.topic(), secret: true })(setting)?.trim();
  if (name === undefined || /^[\w-]{1,64}$/.test(name)) return name;
  return setting.reject(EXPECTED.plain_topic(), { secret: true });
};

const chat: Reader<string> = (setting) => {
  const expected = EXPECTED.chat_such_as();
  const value = text({ expected })(setting)?.trim();
  return value === undefined || /^(-?\d{1,20}|@\w{4,64})$/.test(value)
    ? value
    : setting.reject(expected);
};

/** These may stand in a file. */
function withFile(key: string): string[] {
  return ["url", "secret", "token", "password"].includes(key) ? [key, `${key}_file`] : [key];
}

/** A key of another type would silently have no effect. */
function reportForeignKeys(section: Section<"notify.targets[]">, type: NotifyTarget["type"]): void {
  const mine = KEYS_BY_TYPE[type].flatMap(withFile);
  const all = Object.values(KEYS_BY_TYPE).flat().flatMap(withFile);
  for (const key of all.filter((key, index) => all.indexOf(key) === index && !mine.includes(key))) {
    const setting = section.setting(key as "url");
    setting?.report(CONFIG.another_type({ type, keys: KEYS_BY_TYPE[type].join(", ") }));
  }
}

function readEmail(section: Section<"notify.targets[]">): NotifyTarget | undefined {
  const host = section.need("host", text({ expected: EXPECTED.mail_host() }), EXPECTED.mail_host());
  const port = section.get("port", number({ min: 1, max: 65_535 }));
  const mode = section.get("security", security) ??
    (port === undefined || port === 465 ? "tls" : "starttls");
  const from = section.need("from", mailAddress, EXPECTED.mail_from());
  const to = section.need(
    "to",
    listOf(mailAddress, { expected: EXPECTED.mail_addresses() }),
    EXPECTED.mail_addresses(),
  );
  const username = section.get("username", text({ expected: EXPECTED.mail_user() }));
  const password = section.get("password", secret);
  for (const [one, other] of [["username", "password"], ["password", "username"]] as const) {
    const setting = section.setting(one);
    if (setting?.isEmpty === false && section.setting(other)?.isEmpty !== false) {
      setting.report(CONFIG.beside({ key: other }));
    }
  }
  if (mode === "none" && password !== undefined) {
    const setting = section.setting("password")!;
    setting.source.findings.warning(CONFIG.unencrypted({ key: setting.key }), setting.position);
  }
  if (host === undefined || from === undefined || to === undefined) return undefined;
  return {
    type: "email",
    host,
    port: port ?? { tls: 465, starttls: 587, none: 25 }[mode],
    security: mode,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    from,
    to,
  };
}

/** Reads the section `ping`; `undefined` = none, or what is wrong with it has been reported. */
export function readPing(section: Section<"ping"> | undefined): PingConfig | undefined {
  const url = section?.need("url", webUrl, EXPECTED.ping_address());
  const timeout = section?.get("timeout", number({ min: 0.1, max: 60, unit: "seconds" })) ?? 10;
  return url === undefined ? undefined : { url, timeout };
}
