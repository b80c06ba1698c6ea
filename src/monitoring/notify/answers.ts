/**
 * Reads what services answer: some refuse a message with a success status.
 *
 * Guarantees: pure; never throws, whatever came.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";
import { NOTIFY } from "../../messages/notify.ts";
import type { HttpTarget } from "./payload.ts";

/** The error that a service reports in an answer with a success status; `undefined` = none. */
export function refusalIn(target: HttpTarget, body: string): string | undefined {
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
export function reasonIn(body: string): string | undefined {
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
