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
    super(message, { hint: 'for example "15 8 * * 1-5": at 8:15 from Monday to Friday' });
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
  { what: "a minute", low: 0, high: 59 },
  { what: "an hour", low: 0, high: 23 },
  { what: "a day of the month", low: 1, high: 31 },
  {
    what: "a month",
    low: 1,
    high: 12,
    names: "jan feb mar apr may jun jul aug sep oct nov dec".split(" "),
  },
  { what: "a weekday", low: 0, high: 7, names: "sun mon tue wed thu fri sat".split(" ") },
];

/** Characters of other schedulers, and what they mean there. */
const FOREIGN: readonly [sign: RegExp, says: string, refused: boolean][] = [
  [/\?/, "`?` is Quartz's; in cron it is `*`", true],
  [/^\d*LW?$|^L-\d+$/i, "`L` (the last one) is Quartz's; cron doesn't know it", true],
  [/^\d+W$/i, "`W` (the nearest working day) is Quartz's; cron doesn't know it", true],
  [/#/, "`#` (the nth weekday) is Quartz's; cron reads only what stands before it", false],
  [/^H/, "`H` is Jenkins's; cron doesn't know it", true],
  [/~/, "`~` (a random value) isn't known to every cron", false],
];

/** Reads an expression. Throws {@linkcode CronSyntaxError}. */
export function parseCron(text: string): CronExpression {
  const trimmed = text.trim();
  if (trimmed === "@reboot") return { kind: "boot", text: trimmed };
  const fields = (MACROS[trimmed] ?? trimmed).split(/[ \t]+/);
  if (fields.length !== FIELDS.length) {
    const more = fields.length === 6 || fields.length === 7
      ? "; cron has no fields for seconds and years"
      : "";
    throw new CronSyntaxError(
      "expected five fields (minute hour day month weekday) or @hourly, @daily, @weekly, " +
        `@monthly, @yearly; found "${trimmed}"${more}`,
    );
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
    throw new CronSyntaxError(`"${part}" is not ${what}: ${foreign[1]}`, foreign[2]);
  }
  const [range = "", step, ...rest] = part.split("/");
  if (step !== undefined && (rest.length > 0 || !/^\d+$/.test(step) || Number(step) < 1)) {
    throw new CronSyntaxError(`"${part}": the step of ${what} must be a number from 1`);
  }
  const ends = range === "*" ? [low, high] : range.split("-").map((end) => numberOf(end, field));
  const [from = NaN, to = from] = ends;
  if (ends.length > 2 || from < low || to > high) {
    throw new CronSyntaxError(`"${part}" is not ${what}: ${low} to ${high} was expected`);
  }
  if (from > to) {
    const message = `"${part}" is not ${what}: a range runs from the smaller to the larger`;
    throw new CronSyntaxError(message, false);
  }
  if (ends.length === 1 && step !== undefined) {
    throw new CronSyntaxError(`"${part}": a step needs a range, as in ${from}-${high}/${step}`);
  }
  const every = Number(step ?? 1);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, n) => from + n * every);
}

function numberOf(text: string, { what, low, high, names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return low + named;
  if (/^\d+$/.test(text)) return Number(text);
  throw new CronSyntaxError(
    `"${text}" is not ${what}: ${low} to ${high}${
      names ? ` or ${names[0]} to ${names.at(-1)}` : ""
    } ` +
      "was expected",
    text !== "*",
  );
}
