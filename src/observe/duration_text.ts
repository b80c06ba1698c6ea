/**
 * Spans of time, sizes and parts as a person says them.
 *
 * @module
 */

/** `3 d 4 h`, `2 h 5 min`, `12 min`, `40 s`, `1.2 s`, for ms. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, "h", minutes % 60, "min");
  const days = Math.floor(hours / 24);
  return days < 10 ? pair(days, "d", hours % 24, "h") : `${days} d`;
}

/** The same in Chinese: `3 天 4 小时`. */
export function durationTextZh(ms: number): string {
  const units: Record<string, string> = { d: "天", h: "小时", min: "分钟", s: "秒" };
  return durationText(ms).replace(/[a-z]+/g, (unit) => units[unit] ?? unit);
}

/** `0 B`, `980 B`, `1.2 MB`, `34 GB`: powers of 1000. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let at = 0;
  while (bytes >= 999.5 && at < units.length - 1) {
    bytes /= 1000;
    at++;
  }
  return `${at > 0 && bytes < 9.95 ? bytes.toFixed(1) : Math.round(bytes)} ${units[at]}`;
}

/** `99.2 %`; `–` for `null`. Only the whole is written as 100 %, however little is missing. */
export function percentText(part: number | null): string {
  if (part === null) return "–";
  return `${part === 1 ? 100 : Math.min(99.9, Math.round(part * 1000) / 10)} %`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
