/**
 * Figures as people read them. Pure.
 *
 * @module
 */
import prettyBytes from "pretty-bytes";

export { secondsText } from "../seconds_text.ts";
export { namesText } from "../config/near_miss.ts";

/** Bytes, such as `5.2 MB`. */
export function bytesText(bytes: number): string {
  return prettyBytes(bytes);
}

/** How many of something, such as `1 file` or `5,400 files`. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}
