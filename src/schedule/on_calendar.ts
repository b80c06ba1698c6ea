/**
 * Cron's times as systemd's `OnCalendar=` lines.
 *
 * Guarantees: pure; the lines together name the same minutes as the expression. `@reboot` has no
 * calendar: it is a UsageError.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { SCHEDULE } from "../messages/schedule.ts";
import type { CronExpression } from "./cron_expression.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** One line, or two where cron runs on a day of the month or on a weekday. */
export function onCalendar(expression: CronExpression): string[] {
  if (expression.kind === "boot") {
    throw new UsageError(SCHEDULE.reboot_no_calendar(), { hint: SCHEDULE.on_boot_sec() });
  }
  const { minutes, hours, days, months, weekdays, eitherDay } = expression;
  const time = `${list(hours, 24)}:${list(minutes, 60)}:00`;
  const month = list(months, 12);
  const day = list(days, 31);
  const week = weekdays.length === 7 ? "" : `${weekdayNames(weekdays)} `;
  return eitherDay
    ? [`OnCalendar=*-${month}-${day} ${time}`, `OnCalendar=${week}*-${month}-* ${time}`]
    : [`OnCalendar=${week}*-${month}-${day} ${time}`];
}

function list(values: readonly number[], all: number): string {
  if (values.length === all) return "*";
  return values.map((value) => String(value).padStart(2, "0")).join(",");
}

/** From Monday on, as systemd writes a week. */
function weekdayNames(weekdays: readonly number[]): string {
  const fromMonday = weekdays.toSorted((a, b) => (a + 6) % 7 - (b + 6) % 7);
  return fromMonday.map((day) => WEEKDAYS[day]).join(",");
}
