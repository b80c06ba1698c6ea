/**
 * Cron's five time fields, as Debian's cron reads them.
 *
 * Guarantees: accepts only what every common cron accepts and interprets the same way. What one
 * cron refuses and another reads its own way (`L`, `?`, `#`, `~`, a range that runs back, a field
 * for seconds) is an error that says so; it never stands for a time that cron wouldn't run at. It
 * doesn't know a time zone: cron's times are the machine's own.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { SCHEDULE } from "../messages/schedule.ts";
import { orElse } from "../or_else.ts";

/** A time that a crontab may name. */
export type CronExpression = CronTimes | { kind: "boot"; text: "@reboot" };

/** The five fields, each as its sorted values. */
export interface CronTimes {
  kind: "times";
  /** The five fields with single blanks between them; `@daily` and its like are written out. */
  text: string;
  minutes: readonly number[];
  hours: readonly number[];
  days: readonly number[];
  months: readonly number[];
  /** 0 is Sunday. */
  weekdays: readonly number[];
  /**
   * Whether a day matches if either day of the month or weekday does. Cron requires both only if
   * one of the two fields begins with a star.
   */
  eitherDay: boolean;
}

/** The error for an invalid expression. */
export class CronSyntaxError extends UsageError {
  /** Whether cron refuses it too; otherwise cron takes it, but reads it its own way. */
  readonly refused: boolean;

  /** `message` says what was found and expected. */
  constructor(message: string, refused = true) {
    super(message, { hint: SCHEDULE.cron_example() });
    this.refused = refused;
  }
}

const MACROS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

interface Field {
  what: string;
  low: number;
  high: number;
  /** Names of the values, from `low`. */
  names?: readonly string[];
}

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { what: SCHEDULE.a_minute(), low: 0, high: 59 },
  { what: SCHEDULE.an_hour(), low: 0, high: 23 },
  { what: SCHEDULE.a_day(), low: 1, high: 31 },
  {
    what: SCHEDULE.a_month(),
    low: 1,
    high: 12,
    names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" "),
  },
  { what: SCHEDULE.a_weekday(), low: 0, high: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/** Characters of other schedulers, and what they mean there. */
const FOREIGN: readonly [
  sign: RegExp,
  says: (found: { part: string; what: string }) => string,
  refused: boolean,
][] = [
  [/\?/, SCHEDULE.quartz_any, true],
  [/^\d*LW?$|^L-\d+$/i, SCHEDULE.quartz_last, true],
  [/^\d+W$/i, SCHEDULE.quartz_working_day, true],
  [/#/, SCHEDULE.quartz_nth, false],
  [/^H/, SCHEDULE.jenkins_hash, true],
  [/~/, SCHEDULE.random_value, false],
];

/** Reads an expression. Throws {@linkcode CronSyntaxError}. */
export function parseCron(text: string): CronExpression {
  const trimmed = text.trim();
  if (trimmed === "@reboot") return { kind: "boot", text: trimmed };
  const fields = (MACROS[trimmed] ?? trimmed).split(/[ \t]+/);
  if (fields.length !== FIELDS.length) {
    const message = fields.length === 6 || fields.length === 7
      ? SCHEDULE.seven_fields
      : SCHEDULE.five_fields;
    throw new CronSyntaxError(message({ text: trimmed }));
  }
  const values = FIELDS.map((field, index) => expand(fields[index]!, field));
  const [minutes, hours, days, months, weekdays] = values as [
    ...[number[], number[], number[], number[], number[]],
  ];
  return {
    kind: "times",
    text: fields.join(" "),
    minutes,
    hours,
    days,
    months,
    weekdays: [...new Set(weekdays.map((day) => day % 7))].sort((a, b) => a - b),
    eitherDay: !fields[2]!.startsWith("*") && !fields[4]!.startsWith("*"),
  };
}

/** The times of an expression; `undefined` where it has none, or can't be read. */
export function timesOf(text: string): CronTimes | undefined {
  const read = orElse(() => parseCron(text), undefined);
  return read?.kind === "times" ? read : undefined;
}

/** The values of a field. */
function expand(text: string, field: Field): number[] {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    for (const value of valuesOf(part, field)) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function valuesOf(part: string, field: Field): number[] {
  const { what, low, high } = field;
  const foreign = FOREIGN.find(([sign]) => sign.test(part));
  if (foreign !== undefined) {
    throw new CronSyntaxError(foreign[1]({ part, what }), foreign[2]);
  }
  const [range = "", step, ...rest] = part.split("/");
  if (step !== undefined && (rest.length > 0 || !/^\d+$/.test(step) || Number(step) < 1)) {
    throw new CronSyntaxError(SCHEDULE.step_number({ part, what }));
  }
  const ends = range === "*" ? [low, high] : range.split("-").map((end) => numberOf(end, field));
  const [from = NaN, to = from] = ends;
  if (ends.length > 2 || from < low || to > high) {
    throw new CronSyntaxError(SCHEDULE.out_of_range({ part, what, low, high }));
  }
  if (from > to) {
    throw new CronSyntaxError(SCHEDULE.range_runs_back({ part, what }), false);
  }
  if (ends.length === 1 && step !== undefined) {
    throw new CronSyntaxError(SCHEDULE.step_needs_range({ part, first: from, high, step }));
  }
  const every = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, n) => from + n * every);
}

function numberOf(text: string, { what, low, high, names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return low + named;
  if (/^\d+$/.test(text)) return Number(text);
  const found = { part: text, what, low, high };
  const message = names === undefined
    ? SCHEDULE.out_of_range(found)
    : SCHEDULE.out_of_names({ ...found, first: names[0]!, last: names.at(-1)! });
  throw new CronSyntaxError(message, text !== "*");
}
