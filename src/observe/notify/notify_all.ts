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
import type { NotifyConfig, NotifyTarget } from "../../config/config.ts";
import { messageOf } from "../../errors.ts";
import { ownNameAnywhere } from "../../own_command.ts";
import { redactor } from "../../redact.ts";
import { composeMessage } from "./message.ts";
import { type DatasetNews, decide, markTold } from "./news.ts";
import { readTroubles, updateTroubles } from "./notify_state.ts";
import { hostOf, nameOf, secretsOf, send, type SendOptions } from "./send.ts";

export type { DatasetNews } from "./news.ts";

/** What {@linkcode notifyAll} works with. */
export interface NotifyOptions extends SendOptions {
  /** `.datahubsync/notify.json` beside the config. */
  statePath: string;
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

/** Tells targets apart in the state file without naming their secrets there. */
function keyOf(target: NotifyTarget): string {
  const address = target.type === "email" ? `${target.host} ${target.to.join(" ")}` : target.url;
  const digest = createHash("sha256").update(`${target.type} ${address}`).digest("hex");
  return `${target.type}-${digest.slice(0, 12)}`;
}
