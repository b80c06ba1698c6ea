/**
 * The configuration: that it could be read is known by now; what was odd about it, and who may read it.
 *
 * @module
 */
import { readPlainText } from "../../plain_file.ts";
import { type ConfigError, formatProblem } from "../../errors.ts";
import { holdsSecrets } from "../../config/literal_secrets.ts";
import { calendarEnds } from "../../monitoring/calendar_end.ts";
import { shellWord } from "../../shell_word.ts";
import type { CheckContext } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { CHECK } from "../../messages/check.ts";

/** A warning about a calendar: what is wrong is in that file, or is its path. */
const CALENDAR = /(?:^|: )`datasets\[\d+\]\.max_age\.calendar`: /;

/** Checks a configuration that has been loaded. */
export function checkConfig({ config, clock }: CheckContext): CheckLine[] {
  const count = config.datasets.length;
  const lines = [
    fine("config.valid", CHECK.config_valid({ path: config.path, count })),
  ];
  for (const text of config.warnings) {
    const isCalendar = CALENDAR.test(text);
    const remedy = isCalendar ? CHECK.correct_calendar : CHECK.correct_it_in;
    const check = isCalendar ? "config.calendar" : "config.valid";
    lines.push(warning(check, text, remedy({ path: config.path })));
  }
  const { timezone } = config.hub;
  for (const text of calendarEnds(config.datasets, { now: clock(), timezone })) {
    lines.push(warning("config.calendar", text, CHECK.extend_calendar()));
  }
  if (holdsSecrets(readPlainText(config.path))) {
    lines.push(whoMayRead(config.path, CHECK.mode_keeps_secret, CHECK.mode_shows_secret));
  }
  for (const path of config.secretFiles) {
    lines.push(whoMayRead(
      path,
      ({ mode }) => CHECK.mode_keeps_file({ path, mode }),
      ({ mode }) => CHECK.mode_shows_file({ path, mode }),
    ));
  }
  return lines;
}

/** What makes a configuration unusable, a line for each problem. */
export function configProblems(error: ConfigError): CheckLine[] {
  return error.problems.map((problem) =>
    failure("config.valid", formatProblem(problem), error.hint)
  );
}

function whoMayRead(
  path: string,
  keeps: (about: { mode: string }) => string,
  shows: (about: { mode: string }) => string,
): CheckLine {
  const bits = (Deno.statSync(path).mode ?? 0) & 0o777;
  const mode = bits.toString(8);
  if ((bits & 0o007) === 0) return fine("config.mode", keeps({ mode }));
  return warning("config.mode", shows({ mode }), `chmod 640 ${shellWord(path)}`);
}
