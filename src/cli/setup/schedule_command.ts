/**
 * `datahubsync schedule "15 8 * * *"`: checks a time as cron reads it, and says when it comes next.
 *
 * Guarantees: reads nothing and changes nothing. Exit code 0 when every cron takes the time and it
 * comes; 2 when not, with the reason on stderr and nothing on stdout (but a document with `--json`).
 * `--systemd` prints `OnCalendar=` lines and nothing else: `install_client.sh` puts them into a timer.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { localTime } from "../../monitoring/local_time.ts";
import { type CronExpression, parseCron } from "../../schedule/cron_expression.ts";
import { nextRuns } from "../../schedule/next_runs.ts";
import { onCalendar } from "../../schedule/on_calendar.ts";
import { EXIT } from "../command/exit_code.ts";
import { say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { jsonText } from "../../plain_text.ts";
import { COMMAND } from "../../messages/command.ts";

/** How many runs are shown. */
const SHOWN = 3;

/** Runs `schedule`; returns the exit code. Throws UsageError. */
export function scheduleCommand(
  expression: string,
  options: { systemd?: boolean; json?: boolean },
  terminal: Terminal,
  now: number = Date.now(),
): number {
  if (options.systemd && options.json) {
    throw new UsageError(COMMAND.exclude_each_other(), { hint: COMMAND.json_has_calendar() });
  }
  const { read, next } = checkedTimes(expression, options, now);
  if (options.systemd) {
    terminal.out(onCalendar(read).map((line) => `${line}\n`).join(""));
  } else if (options.json) {
    const calendar = read.kind === "boot" ? [] : onCalendar(read);
    const document = {
      expression: read.text,
      next: next.map(localTime),
      on_calendar: calendar.map((line) => line.replace(/^OnCalendar=/, "")),
    };
    terminal.out(`${jsonText(document)}\n`);
  } else {
    const runs = read.kind === "boot" ? [say(COMMAND.at_boot)] : next.map(localTime);
    terminal.out(`${read.text}\n${runs.map((run) => `  ${run}\n`).join("")}`);
  }
  return EXIT.ok;
}

/**
 * Reads an expression whose time comes, for cron or for a timer of systemd's. Throws UsageError.
 */
export function checkedTimes(
  expression: string,
  options: { systemd?: boolean } = {},
  now: number = Date.now(),
): { read: CronExpression; next: number[] } {
  const read = parseCron(expression);
  const next = read.kind === "boot" ? [] : nextRuns(read, now, SHOWN);
  if (read.kind === "times" && next.length === 0) {
    throw new UsageError(COMMAND.never_comes({ text: read.text }));
  }
  if (options.systemd) onCalendar(read);
  return { read, next };
}
