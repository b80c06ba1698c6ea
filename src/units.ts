/**
 * Spans of time, sizes, counts and parts as people read them. Pure.
 *
 * @module
 */
import prettyBytes from "pretty-bytes";

/** How long something took, in ms: `0.4 s`, `3 min 20 s`. */
export function secondsText(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An age or a wait, in its two largest units: `3 d 4 h`, `2 h 5 min`, `12 min`, `40 s`, `1.2 s`. */
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
  return durationTextIn(durationText(ms), "zh");
}

const UNITS_ZH: Record<string, string> = { d: "天", h: "小时", min: "分钟", s: "秒" };

/** A text that is a duration, in this language; any other stays as it is. */
export function durationTextIn(text: string, language: "en" | "zh"): string {
  if (language === "en" || !/^\d+(?:\.\d)? (?:d|h|min|s)(?: \d+ (?:h|min|s))?$/.test(text)) {
    return text;
  }
  return text.replace(/[a-z]+/g, (unit) => UNITS_ZH[unit] ?? unit);
}

/** Bytes, such as `5.2 MB`: powers of 1000. */
export function bytesText(bytes: number): string {
  return prettyBytes(bytes);
}

/** `99.2 %`; `–` for `null`. Only the whole is written as 100 %, however little is missing. */
export function percentText(part: number | null): string {
  if (part === null) return "–";
  return `${part === 1 ? 100 : Math.min(99.9, Math.round(part * 1000) / 10)} %`;
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
