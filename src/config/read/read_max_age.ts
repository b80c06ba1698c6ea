/**
 * The setting `datasets[].max_age`: when data counts as stale.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { readPlain } from "../../plain_file.ts";
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import { parseCalendar } from "./calendar_file.ts";
import type { Calendar, MaxAge } from "../dataset_config.ts";
import { nearest } from "../near_miss.ts";
import { parseHourOfDay, parseHours, parseWeekdays } from "./quantities.ts";
import { listOf, pathFrom } from "./readers.ts";
import { Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";

const ALL_WEEK = [1, 2, 3, 4, 5, 6, 7];
const WORKING_WEEK = [1, 2, 3, 4, 5];

/** Reads a duration, or a section with `hours`. */
export const readMaxAge: Reader<MaxAge> = (setting) => {
  if (setting.written !== undefined || setting.plain !== undefined) {
    const hours = readHours(setting);
    return hours === undefined ? undefined : { hours, weekdays: ALL_WEEK.slice(), hour: 0 };
  }
  const section = Section.open("datasets[].max_age", setting);
  const hours = section?.need("hours", readHours, EXPECTED.hours_needed());
  if (section === undefined) return undefined;
  const calendar = section.get("calendar", readCalendar);
  // Where the calendar can't be read, weekends are still no days on which data is due.
  const byDefault = section.setting("calendar") === undefined ? ALL_WEEK : WORKING_WEEK;
  const weekdays = section.get("weekdays", readWeekdays) ??
    (calendar === undefined ? byDefault.slice() : []);
  const hour = section.get("hour", readHour) ?? 0;
  if (hours === undefined) return undefined;
  return { hours, weekdays, hour, ...(calendar !== undefined && { calendar }) };
};

/** The largest calendar: a CSV file of all trading days has some 10,000 rows. */
const MOST_CALENDAR_BYTES = 8 << 20;

/** What can't be read is a warning: nobody's data should stop over a calendar. */
const readCalendar: Reader<Calendar> = (setting) => {
  const path = pathFrom(setting.source.baseDir, EXPECTED.calendar())(setting);
  if (path === undefined) return undefined;
  const warn = (why: string): undefined => {
    const text = CONFIG.calendar_unusable({ path, why });
    setting.warn(text);
  };
  try {
    const { isFile, size } = Deno.statSync(path);
    // Opening a pipe blocks until somebody writes to it.
    if (!isFile) return warn(CONFIG.calendar_isnt_file());
    if (size > MOST_CALENDAR_BYTES) return warn(CONFIG.calendar_too_large());
    const calendar = parseCalendar(path, readPlain(path));
    return typeof calendar === "string" ? warn(calendar) : calendar;
  } catch (error) {
    return warn(error instanceof Deno.errors.NotFound ? CONFIG.no_file() : messageOf(error));
  }
};

/** A duration with its unit; `hours:` implies the unit, so a bare number is enough there. */
const readHours: Reader<number> = (setting) => {
  const named = setting.key.endsWith(".hours");
  const expected = named ? EXPECTED.hours_such_as() : EXPECTED.max_age();
  const bare = setting.plain;
  const hours = typeof bare === "number"
    ? (named ? bare : undefined)
    : parseHours(setting.written ?? "");
  if (hours !== undefined && hours > 0 && hours <= 24 * 366) return hours;
  return setting.reject(expected, {
    meant: typeof bare === "number" && !named ? `${bare}h` : undefined,
  });
};

const readWeekdays: Reader<number[]> = (setting) => {
  const expected = EXPECTED.weekdays();
  const days = listOf((item) => parseWeekdays(item.written ?? "") ?? reportDay(item), { expected });
  const found = days(setting);
  return found === undefined ? undefined : [...new Set(found.flat())].sort();
};

function reportDay(setting: Setting): undefined {
  const names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  return setting.reject(EXPECTED.weekday(), { meant: nearest(setting.written ?? "", names) });
}

const readHour: Reader<number> = (setting) =>
  parseHourOfDay(setting.written ?? "") ??
    setting.reject(EXPECTED.hour_of_day());
