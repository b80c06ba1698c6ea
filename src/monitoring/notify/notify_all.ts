/**
 * Notifies people about a run, as configured.
 *
 * Guarantees: never throws, and takes no longer than `notify.timeout` (all targets in parallel)
 * plus a moment for the state file; repeated failures don't repeat the message, and recovery is
 * reported once (see news.ts). A signal ends sending at once: the remaining targets are notified
 * after the next run, and nothing is sent or written after this returns. If the process dies
 * between sending and saving, a message is sent again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { NotifyConfig, NotifyTarget } from "../../config/notify_config.ts";
import { messageOf } from "../../errors.ts";
import { fetchReason } from "../../fetch_reason.ts";
import { speechIn } from "../../messages/speech.ts";
import { ownNameAnywhere } from "../../own_command.ts";
import { redactor } from "../../redact.ts";
import { composeMessage } from "./message.ts";
import { type DatasetNews, decide, markTold } from "./news.ts";
import { readTroubles, updateTroubles } from "./notify_state.ts";
import { hostOf, nameOf, secretsOf, send, type SendOptions } from "./send.ts";
import { NOTIFY } from "../../messages/notify.ts";

/** Options for {@linkcode notifyAll}. */
export interface NotifyOptions extends SendOptions {
  /** `notify.json`, beside the history. */
  statePath: string;
}

/** The result. */
interface NotifyReport {
  /** Messages accepted by a target. */
  sent: number;
  /** One sentence each: a target that couldn't be notified, or a state that couldn't be saved. */
  problems: string[];
}

/** Sends every target its notices, and remembers who received them. */
export async function notifyAll(
  config: NotifyConfig,
  news: readonly DatasetNews[],
  options: NotifyOptions,
): Promise<NotifyReport> {
  const report: NotifyReport = { sent: 0, problems: [] };
  if (config.targets.length === 0 || config.on.length === 0 || news.length === 0) return report;
  const redact = redactor([...(options.secrets ?? []), ...config.targets.flatMap(secretsOf)]);
  const problem = (what: string, error: unknown): void => {
    report.problems.push(redact(`${what}: ${fetchReason(messageOf(error))}`));
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
  const speech = await speechIn(config.language);

  await Promise.all([...decision.notices].map(async ([key, notices]) => {
    const target = targets.get(key);
    if (target === undefined) return;
    try {
      const message = composeMessage(notices, { at: now, host, redact, speech });
      await send(target, message, config.timeout * 1000, options);
      markTold(decision.troubles, key, notices);
      report.sent++;
    } catch (error) {
      if (!options.signal?.aborted) problem(NOTIFY.cant_notify({ target: nameOf(target) }), error);
    }
  }));
  try {
    await updateTroubles(options.statePath, decision.troubles);
  } catch (error) {
    problem(NOTIFY.cant_remember({ state: options.statePath }), error);
  }
  return report;
}

/** Identifies a target in the state file without its secrets. */
function keyOf(target: NotifyTarget): string {
  const address = target.type === "email"
    ? `${target.host} ${target.to.join(" ")}`
    // Services with a token have one address for everybody.
    : [
      target.url,
      ...(["token", "chatId", "topic"] as const).flatMap((key) =>
        key in target ? (target as Record<string, unknown>)[key] ?? [] : []
      ),
    ].join(" ");
  const digest = createHash("sha256").update(`${target.type} ${address}`).digest("hex");
  return `${target.type}-${digest.slice(0, 12)}`;
}
