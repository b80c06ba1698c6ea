/**
 * Parses sizes, rates, durations, hours and weekdays as people write them. Pure; `undefined` =
 * invalid. As on a disk's label, kB and MB are powers of 1000; KiB and MiB are powers of 1024.
 *
 * @module
 */

const POWERS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4 };
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** Bytes from `10MB`, `512 KiB`, `2g`, `4096`. */
export function parseSize(text: string): number | undefined {
  const match = /^([\d.]+)\s*([kmgt]?)(i?)b?$/i.exec(text.trim());
  return match === null ? undefined : scale(match[1]!, match[2]!, match[3] !== "");
}

/** Bytes per second from `2MB/s`, `500KB`, `10 Mbit/s`, `10Mbps`, `4096`. */
export function parseRate(text: string): number | undefined {
  const bits = /^([\d.]+)\s*([kmgt]?)(i?)(?:bit(?:\/s|ps)?|bps)$/i.exec(text.trim());
  if (bits === null) return parseSize(text.trim().replace(/\s*\/\s*s(?:ec)?$/i, ""));
  const value = scale(bits[1]!, bits[2]!, bits[3] !== "");
  return value === undefined ? undefined : Math.floor(value / 8);
}

/** Hours from `30h`, `2d`, `90m` (minutes), `1w`. */
export function parseHours(text: string): number | undefined {
  const match = /^([\d.]+)\s*(m|min|h|hours?|d|days?|w|weeks?)$/i.exec(text.trim());
  const value = match === null ? undefined : parseNumber(match[1]!);
  if (value === undefined) return undefined;
  const unit = match![2]![0]!.toLowerCase();
  return value * (unit === "m" ? 1 / 60 : unit === "h" ? 1 : unit === "d" ? 24 : 168);
}

/** A year and a day, in hours. */
export const LONGEST_SIGNATURE = 366 * 24;

/** Hours that a signature is good for, from `1h` to `366d`. */
export function parseExpiry(text: string): number | undefined {
  const hours = parseHours(text);
  return hours !== undefined && hours >= 1 && hours <= LONGEST_SIGNATURE ? hours : undefined;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds from `90s`, `30m`, `2h`, `1h30m`. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)([smh])/gi)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text.trim()) return undefined;
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS[unit!.toLowerCase()]!,
    0,
  );
}

/** A fraction from 0 to 1, from `5%`. */
export function parsePart(text: string): number | undefined {
  const digits = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  return digits !== undefined && Number(digits) <= 100 ? Number(digits) / 100 : undefined;
}

/** The hour of the day, from 0 to below 24, from `17:30` or `17.5`. */
export function parseHourOfDay(text: string): number | undefined {
  const clock = /^(\d{1,2})[:：]([0-5]\d)$/.exec(text.trim());
  const hour = clock === null ? parseNumber(text) : Number(clock[1]) + Number(clock[2]) / 60;
  return hour !== undefined && hour < 24 ? hour : undefined;
}

/** ISO weekdays (1 = Monday) from `mon`, `Friday`, `3`, `mon-fri`, `sat-mon`, `mon, wed`. */
export function parseWeekdays(text: string): number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [first, last, ...rest] = part.split("-").map(weekday);
    if (first === undefined || rest.length > 0 || (part.includes("-") && last === undefined)) {
      return undefined;
    }
    for (let day = first; days.add(day) && day !== (last ?? first);) day = day % 7 + 1;
  }
  return [...days].sort();
}

/** A plain number that isn't negative; no exponent, no sign. */
export function parseNumber(text: string): number | undefined {
  return /^\d{1,15}(\.\d{1,15})?$/.test(text.trim()) ? Number(text) : undefined;
}

function weekday(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (/^[1-7]$/.test(word)) return Number(word);
  const index = WEEKDAYS.indexOf(word.slice(0, 3));
  const names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
  return index >= 0 && names[index]!.startsWith(word) ? index + 1 : undefined;
}

function scale(digits: string, prefix: string, binary: boolean): number | undefined {
  const value = parseNumber(digits);
  if (value === undefined || (binary && prefix === "")) return undefined;
  const bytes = Math.floor(value * (binary ? 1024 : 1000) ** POWERS[prefix.toLowerCase()]!);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
