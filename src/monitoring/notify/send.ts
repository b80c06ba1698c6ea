/**
 * Sends one message to one target of any kind.
 *
 * Guarantees: succeeds or fails within the time limit, and ends at once on a signal; redirects
 * aren't followed; a service that refuses a message with a success status has failed. {@linkcode
 * nameOf} shows no secret.
 *
 * @module
 */
import { Deadline } from "../../deadline.ts";
import { orElse } from "../../or_else.ts";
import { hostname } from "node:os";
import type { NotifyTarget } from "../../config/notify_config.ts";
import { redactUrl } from "../../redact.ts";
import { NOTIFY } from "../../messages/notify.ts";
import type { Clock, Fetch } from "../../types.ts";
import { sendMail } from "./email.ts";
import type { NotifyMessage } from "./message.ts";
import { type HttpTarget, requestFor } from "./payload.ts";

/** Services answer in about a hundred bytes; the start of a longer page says what it is. */
const MOST_ANSWER_BYTES = 64 << 10;

/** Options for sending. */
export interface SendOptions {
  fetch: Fetch;
  clock: Clock;
  /** The token, passwords and header values. */
  secrets?: readonly string[];
  /** This machine's name in messages; default its host name. */
  host?: string;
  /** Ends the sending. */
  signal?: AbortSignal;
}

/** Sends one message. Throws an error that may hold secrets. */
export async function send(
  target: NotifyTarget,
  message: NotifyMessage,
  timeoutMs: number,
  options: SendOptions,
): Promise<void> {
  if (target.type === "email") {
    return await sendMail(target, message, { timeoutMs, signal: options.signal });
  }
  await post(target, message, timeoutMs, options);
}

async function post(
  target: HttpTarget,
  message: NotifyMessage,
  timeoutMs: number,
  { fetch, signal }: SendOptions,
): Promise<void> {
  const { url, method, headers, body } = requestFor(target, message);
  const late = new Error(NOTIFY.no_answer({ seconds: timeoutMs / 1000 }));
  using limit = new Deadline(timeoutMs, late, signal);
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    redirect: "manual",
    signal: limit.signal,
  });
  const answer = await shortText(response);
  if (!response.ok) {
    const reason = target.type === "webhook" ? undefined : reasonIn(answer);
    const { status } = response;
    throw new Error(
      reason === undefined
        ? NOTIFY.answered({ status })
        : NOTIFY.answered_because({ status, reason }),
    );
  }
  const refusal = refusalIn(target, answer);
  if (refusal !== undefined) throw new Error(NOTIFY.refused({ refusal }));
}

/** Reads only the beginning of an answer: two megabytes of gzip can be two gigabytes of text. */
async function shortText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  for (let bytes = 0; reader !== undefined && bytes < MOST_ANSWER_BYTES;) {
    const { value, done } = await reader.read();
    if (done) break;
    const part = value.subarray(0, MOST_ANSWER_BYTES - bytes);
    bytes += part.length;
    text += decoder.decode(part, { stream: true });
  }
  await reader?.cancel().catch(() => {});
  return text;
}

/** The error that a service reports in an answer with a success status; `undefined` = none. */
function refusalIn(target: HttpTarget, body: string): string | undefined {
  switch (target.type) {
    case "webhook":
    case "slack":
    case "template":
    case "ntfy":
    case "gotify":
      return undefined;
  }
  const answer = objectIn(body);
  if (answer === undefined) return NOTIFY.not_json();
  const code = target.type === "telegram"
    ? (answer["ok"] === true ? 0 : answer["error_code"] ?? 1)
    : answer["errcode"] ?? answer["code"] ?? answer["StatusCode"] ?? 0;
  const good = target.type === "pushplus" || target.type === "bark" ? 200 : 0;
  if (code === good) return undefined;
  return NOTIFY.code({ code: String(code), said: reasonIn(body) ?? NOTIFY.no_message() });
}

/** What an answer gives as its reason, by any of the names that the services have for it. */
function reasonIn(body: string): string | undefined {
  const answer = objectIn(body) ?? {};
  const names = ["errmsg", "msg", "StatusMessage", "description", "message", "errorDescription"];
  const found = [...names, "error"].map((name) => answer[name])
    .find((value) => typeof value === "string" && value !== "");
  return found as string | undefined;
}

function objectIn(body: string): Record<string, unknown> | undefined {
  const value: unknown = orElse(() => JSON.parse(body), undefined);
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
}

/** The target's name in messages; a hook's path is as secret as a password. */
export function nameOf(target: NotifyTarget): string {
  if (target.type === "email") return `email at ${target.host}:${target.port}`;
  return `${target.type} at ${URL.parse(target.url)?.host ?? redactUrl(target.url)}`;
}

/** The secrets of a target. */
export function secretsOf(target: NotifyTarget): string[] {
  if (target.type === "email") return target.password === undefined ? [] : [target.password];
  if (target.type === "template") {
    return [
      target.url,
      ...target.secrets,
      ...Object.values(target.headers).filter(isNoPlaceholder),
    ];
  }
  if ("secret" in target && target.secret !== undefined) return [target.url, target.secret];
  // The address of a service with a token is public.
  return "token" in target ? [target.token ?? "", topicOf(target)].filter(Boolean) : [target.url];
}

/** This machine, for readers of messages. */
export function hostOf(): string {
  return orElse(hostname, "(this machine)");
}

/** Whoever knows a topic of ntfy's may read it, unless a token guards it. */
function topicOf(target: NotifyTarget): string {
  return target.type === "ntfy" && target.token === undefined ? target.topic : "";
}

/** A header of a template such as `${title}` says nothing, and neither does a content type. */
function isNoPlaceholder(text: string): boolean {
  return !/^\$\{\w+\}$/.test(text) && !/^[\w.+-]+\/[\w.+-]+(;|$)/.test(text);
}
