/**
 * `datahubsync notify --test`: tries the targets of `notify` with a message that says it is a test.
 *
 * Guarantees: no alarm is lost or repeated by it. Secrets of the targets aren't shown.
 *
 * @module
 */
import { openEngine } from "../../client/open_engine.ts";
import { secretsOf } from "../../client/secrets.ts";
import { didYouMean } from "../../config/near_miss.ts";
import { UsageError } from "../../errors.ts";
import { trustSystemStore } from "../../hub/tls/tls.ts";
import { nameOf } from "../../monitoring/notify/send.ts";
import { sendTest, targetsNamed } from "../../monitoring/notify/test_message.ts";
import { EXIT } from "../command/exit_code.ts";
import { openConfig, type RunOptions } from "../command/open_run.ts";
import { stopSignals } from "../command/stop_signals.ts";
import { paint } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { jsonText } from "../../plain_text.ts";
import { COMMAND } from "../../messages/command.ts";
import { said, say } from "../terminal/language.ts";

/** Runs `notify --test`; returns the exit code. Throws UsageError, ConfigError. */
export async function notifyCommand(
  name: string | undefined,
  options: RunOptions,
  terminal: Terminal,
): Promise<number> {
  const config = await openConfig(options, terminal);
  const { notify, path: configPath } = config;
  if (notify.targets.length === 0) {
    throw new UsageError(COMMAND.no_targets({ configPath }), { hint: COMMAND.kinds_in_docs() });
  }
  const targets = targetsNamed(notify, name);
  if (targets.length === 0) {
    const names = [...new Set(notify.targets.flatMap((target) => [target.type, nameOf(target)]))];
    throw new UsageError(COMMAND.no_target({ name: jsonText(name), configPath }), {
      found: name!,
      hint: didYouMean(name!, names),
    });
  }
  trustSystemStore();
  using stop = stopSignals();
  using engine = openEngine(config, { signal: stop.signal });
  const results = await sendTest(targets, {
    fetch: engine.fetch,
    clock: Date.now,
    signal: stop.signal,
    secrets: secretsOf(config),
    configPath,
    timeoutMs: notify.timeout * 1000,
    language: notify.language,
  });
  if (options.json) {
    const records = results.map(({ error = null, ...rest }) => ({ ...rest, error }));
    terminal.out(`${jsonText({ targets: records })}\n`);
  } else {
    const mark = (good: boolean): string => {
      const text = good ? "✓" : "✗";
      return terminal.colours ? paint(text, good ? "green" : "red") : text;
    };
    for (const { target, error } of results) {
      const text = error === undefined ? say(COMMAND.took_test) : said(error);
      terminal.out(`${mark(error === undefined)} ${say(COMMAND.of, { names: target, text })}\n`);
    }
  }
  return stop.code ?? (results.every(({ error }) => error === undefined) ? EXIT.ok : EXIT.failed);
}
