/**
 * Whom to notify of what, as the program uses it: every default filled in, every secret in its place.
 *
 * @module
 */

/**
 * What a notification is about.
 *
 * @example
 * ```ts
 * import type { NotifyEvent } from "@datahubsync/client";
 *
 * const events: NotifyEvent[] = ["failure", "stale", "recovery"];
 * ```
 */
export type NotifyEvent = "failure" | "stale" | "recovery" | "success";

/**
 * A request of your own making, in which `${title}`, `${text}`, `${dataset}`, `${status}`, `${event}`,
 * `${host}` and `${time}` are replaced.
 *
 * @example
 * ```ts
 * import type { TemplateTarget } from "@datahubsync/client";
 *
 * const target: TemplateTarget = {
 *   type: "template",
 *   url: "https://example.com/alarm",
 *   method: "POST",
 *   headers: { "X-Key": "abc" },
 *   body: '{"summary": "${title}", "details": "${text}"}',
 *   secrets: ["abc"],
 * };
 * ```
 */
export interface TemplateTarget {
  /** Tells it from the services' own types. */
  type: "template";
  /** Values in it are percent-encoded. */
  url: string;
  /** The request's method. */
  method: "GET" | "POST" | "PUT" | "PATCH";
  /** Sent with it; its `Content-Type` says how values in the body are escaped. */
  headers: Record<string, string>;
  /** None with `GET`. */
  body?: string;
  /** What of it no log may show, beside the address and the headers. */
  secrets: string[];
}

/**
 * A target for notifications.
 *
 * @example
 * ```ts
 * import type { NotifyTarget } from "@datahubsync/client";
 *
 * const target: NotifyTarget = { type: "webhook", url: "https://example.com/hook" };
 * ```
 */
export type NotifyTarget =
  | { type: "webhook" | "slack" | "wecom"; url: string }
  | { type: "dingtalk" | "feishu"; url: string; secret?: string }
  | { type: "serverchan" | "pushplus" | "bark" | "gotify"; url: string; token: string }
  | { type: "telegram"; url: string; token: string; chatId: string }
  | { type: "ntfy"; url: string; topic: string; token?: string }
  | TemplateTarget
  | {
    type: "email";
    host: string;
    port: number;
    /** `tls` from the first byte, `starttls`, or `none`. */
    security: "tls" | "starttls" | "none";
    username?: string;
    password?: string;
    from: string;
    to: string[];
  };

/**
 * The settings for notifications.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type NotifyConfig, parseConfig } from "@datahubsync/client";
 *
 * const text = `hub: { url: http://hub.example:8000 }
 * datasets: [{ name: bars, local_dir: ./bars }]`;
 * const config = parseConfig(text, { path: "/srv/config.yaml" });
 * const notify: NotifyConfig = config.notify;
 * assert.deepEqual(notify.targets, []);
 * ```
 */
export interface NotifyConfig {
  /** The events to notify about. */
  on: NotifyEvent[];
  /** The targets. */
  targets: NotifyTarget[];
  /** Seconds that one target may take. */
  timeout: number;
  /** The language of the messages: `notify.language`, else `language`; English without either. */
  language?: "en" | "zh";
}

/**
 * A monitor that notices when no run happens.
 *
 * @example
 * ```ts
 * import type { PingConfig } from "@datahubsync/client";
 *
 * const ping: PingConfig = { url: "https://hc-ping.com/your-uuid", timeout: 10 };
 * ```
 */
export interface PingConfig {
  /** Called when all went well; with `/start` and `/fail` behind it for the rest. */
  url: string;
  /** Seconds that the end of a run may wait for it. */
  timeout: number;
}
