/**
 * Figures as people read them. Pure.
 *
 * @module
 */
import prettyBytes from "pretty-bytes";

export { namesText } from "../config/near_miss.ts";

/** Bytes, such as `5.2 MB`. */
export function bytesText(bytes: number): string {
  return prettyBytes(bytes);
}

/** Milliseconds, such as `0.4 s` or `3 min 20 s`. */
export function secondsText(ms: number): string {
  const tenths = Math.round(ms / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How many of something, such as `1 file` or `5,400 files`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
