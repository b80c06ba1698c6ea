/**
 * Tells people what a run did, where the configuration asks for it.
 *
 * Guarantees: never throws, and takes no longer than `notify.timeout` (all targets at once) plus a moment for the
 * state file; repeated failures aren't repeated messages, and recovery is told once (see news.ts).
 * A signal ends the sending at once: who wasn't told by then is told after the next run, and nothing
 * is sent or written any more once this has returned. When a process dies between sending and
 * remembering, a message is sent again.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { NotifyConfig, NotifyTarget } from "../../config/config.ts";
import { messageOf, redactUrl } from "../../errors.ts";
import { ownNameAnywhere } from "../../own_command.ts";
import type { Clock, Fetch } from "../../types.ts";
import { redactor } from "../redact.ts";
import { type SendMail, sendMail as sendMailOverSmtp } from "./email.ts";
import { composeMessage, type Message } from "./message.ts";
import { type DatasetNews, decide, markTold } from "./news.ts";
import { type HttpTarget, refusalIn, requestFor } from "./payload.ts";
import { readTroubles, updateTroubles } from "./notify_state.ts";

export type { DatasetNews } from "./news.ts";

/** What {@linkcode notifyAll} works with. */
export interface NotifyOptions {
  fetch: Fetch;
  clock: Clock;
  /** `.datahubsync/notify.json` beside the config. */
  statePath: string;
  /** The token, passwords and header values. */
  secrets?: readonly string[];
  /** The name of this machine in messages; default its host name. */
  host?: string;
  sendMail?: SendMail;
  /** Ends the sending. */
  signal?: AbortSignal;
}

/** What came of it. */
export interface NotifyReport {
  /** Messages that a target took. */
  sent: number;
  /** One sentence each: a target that couldn't be told, a state that couldn't be kept. */
  problems: string[];
}

/** Tells every target what it should know, and remembers who was told. */
export async function notifyAll(
  config: NotifyConfig,
  news: readonly DatasetNews[],
  options: NotifyOptions,
): Promise<NotifyReport> {
  const report: NotifyReport = { sent: 0, problems: [] };
  if (config.targets.length === 0 || config.on.length === 0 || news.length === 0) return report;
  const redact = redactor([...(options.secrets ?? []), ...config.targets.flatMap(secretsOf)]);
  const problem = (what: string, error: unknown): void => {
    report.problems.push(redact(`${what}: ${messageOf(error)}`));
  };
  const now = options.clock();
  const targets = new Map(config.targets.map((target) => [keyOf(target), target]));
  const before = await readTroubles(options.statePath);
  const decision = decide(news, before, {
    on: config.on,
    targets: [...targets.keys()],
    now,
    program: ownNameAnywhere(),
  });
  const host = options.host ?? hostOf();

  await Promise.all([...decision.notices].map(async ([key, notices]) => {
    const target = targets.get(key);
    if (target === undefined) return;
    try {
      const message = composeMessage(notices, { at: now, host, redact });
      await send(target, message, config.timeout * 1000, options);
      markTold(decision.troubles, key, notices);
      report.sent++;
    } catch (error) {
      if (!options.signal?.aborted) problem(`can't notify ${nameOf(target)}`, error);
    }
  }));
  try {
    await updateTroubles(options.statePath, decision.troubles);
  } catch (error) {
    problem(`can't remember who was notified in ${options.statePath}`, error);
  }
  return report;
}

async function send(
  target: NotifyTarget,
  message: Message,
  timeoutMs: number,
  options: NotifyOptions,
): Promise<void> {
  const { signal } = options;
  if (target.type === "email") {
    const limits = { timeoutMs, ...(signal && { signal }) };
    return await (options.sendMail ?? sendMailOverSmtp)(target, message, limits);
  }
  await post(target, message, timeoutMs, options);
}

async function post(
  target: HttpTarget,
  message: Message,
  timeoutMs: number,
  { fetch, signal }: NotifyOptions,
): Promise<void> {
  const { url, body } = requestFor(target, message);
  const limit = new AbortController();
  const timer = setTimeout(
    () => limit.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      redirect: "manual",
      signal: signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`answered ${response.status}`);
    const refusal = refusalIn(target, answer);
    if (refusal !== undefined) throw new Error(`refused the message, ${refusal}`);
  } finally {
    clearTimeout(timer);
  }
}

/** Tells targets apart in the state file without naming their secrets there. */
function keyOf(target: NotifyTarget): string {
  const address = target.type === "email" ? `${target.host} ${target.to.join(" ")}` : target.url;
  const digest = createHash("sha256").update(`${target.type} ${address}`).digest("hex");
  return `${target.type}-${digest.slice(0, 12)}`;
}

/** The target in a message; a hook's path is as secret as a password. */
function nameOf(target: NotifyTarget): string {
  if (target.type === "email") return `email at ${target.host}:${target.port}`;
  try {
    return `${target.type} at ${new URL(target.url).host}`;
  } catch {
    return `${target.type} at ${redactUrl(target.url)}`;
  }
}

function secretsOf(target: NotifyTarget): string[] {
  if (target.type === "email") return target.password === undefined ? [] : [target.password];
  const secret = "secret" in target && target.secret !== undefined ? [target.secret] : [];
  return [target.url, ...secret];
}

function hostOf(): string {
  try {
    return hostname();
  } catch {
    return "(this machine)";
  }
}
