/**
 * `--every`: keeps a command running and repeats its work.
 *
 * Guarantees: rounds never overlap; a pause has the given length plus up to a tenth, at random, so
 * that many clients don't arrive at once; a signal ends a pause at once. A failing round doesn't
 * stop it, except if the first one throws: then the command line or the config is wrong.
 *
 * @module
 */
import { DataHubSyncError, UsageError } from "../../errors.ts";
import { sleep } from "../../hub/retry/sleep.ts";
import { exitCodeOfError } from "../command/exit_code.ts";
import { errorLines } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { parseWait } from "./wait.ts";
import { COMMAND } from "../../messages/command.ts";

interface RepeatOptions {
  /** `--every`, as typed; default: one round. */
  every: string | undefined;
  /** Ends the repetition. */
  signal: AbortSignal;
  terminal: Terminal;
  random?: () => number;
  /** Pauses; default: for real. */
  sleep?: typeof sleep;
}

/** Runs the rounds; returns the last one's exit code. Throws what the first one throws. */
export async function repeat(
  round: () => Promise<number>,
  { every, signal, terminal, random = Math.random, sleep: rest = sleep }: RepeatOptions,
): Promise<number> {
  const pause = every === undefined ? undefined : parseWait(every, "--every");
  if (pause !== undefined && pause < 1000) {
    throw new UsageError(COMMAND.every_least({ every: String(every) }));
  }
  let code = await round();
  while (pause !== undefined && !signal.aborted) {
    await rest(pause * (1 + random() / 10), signal).catch(() => {});
    if (signal.aborted) break;
    try {
      code = await round();
    } catch (error) {
      if (!(error instanceof DataHubSyncError)) throw error;
      terminal.err(errorLines(error));
      code = exitCodeOfError(error);
    }
  }
  return code;
}
