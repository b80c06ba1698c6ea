/**
 * Sends a test message, which shows that messages arrive.
 *
 * Guarantees: never throws; doesn't touch what was reported about datasets, so a test neither loses
 * nor repeats an alarm. All targets in parallel, each within `notify.timeout`.
 *
 * @module
 */
import type { NotifyConfig, NotifyTarget } from "../../config/notify_config.ts";
import { messageOf } from "../../errors.ts";
import { fetchReason } from "../../fetch_reason.ts";
import type { Language } from "../../messages/catalogue.ts";
import { NOTIFY } from "../../messages/notify.ts";
import { speechIn } from "../../messages/speech.ts";
import { localTime } from "../local_time.ts";
import { redactor } from "../../redact.ts";
import type { NotifyMessage } from "./message.ts";
import { hostOf, nameOf, secretsOf, send, type SendOptions } from "./send.ts";

/** The result for one target. */
interface TestResult {
  /** The target without its secrets, such as `slack at hooks.slack.com`. */
  target: string;
  type: NotifyTarget["type"];
  /** Why it didn't accept the message; absent if it did. */
  error?: string;
}

/** The targets that a text selects: by type, or by {@linkcode nameOf}. */
export function targetsNamed(config: NotifyConfig, name: string | undefined): NotifyTarget[] {
  return config.targets.filter((target) =>
    name === undefined || name === target.type || name === nameOf(target)
  );
}

/** Sends the message. `configPath` identifies the sender. */
export async function sendTest(
  targets: readonly NotifyTarget[],
  options: SendOptions & {
    configPath: string;
    timeoutMs: number;
    language?: Language | undefined;
  },
): Promise<TestResult[]> {
  const { clock, configPath, timeoutMs, language, host = hostOf() } = options;
  const redact = redactor([...(options.secrets ?? []), ...targets.flatMap(secretsOf)]);
  const at = clock();
  const { say } = await speechIn(language);
  const message: NotifyMessage = {
    title: say(NOTIFY.test_title),
    text: `${say(NOTIFY.test_text, { config: redact(configPath) })}\n\n${host}${
      say(NOTIFY.and_then)
    }${localTime(at)}`,
    at,
    host,
    notices: [],
  };
  return await Promise.all(targets.map(async (target): Promise<TestResult> => {
    const result = { target: nameOf(target), type: target.type };
    try {
      await send(target, message, timeoutMs, options);
      return result;
    } catch (error) {
      return { ...result, error: redact(fetchReason(messageOf(error))) };
    }
  }));
}
