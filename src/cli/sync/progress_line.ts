/**
 * One dataset's progress as one line of text.
 *
 * Guarantees: pure; a line is never wider than requested, even with wide Chinese names, and its
 * columns keep their positions, so that nothing jumps. Where there is little room, entries, bytes
 * and speed are left out, in this order.
 *
 * @module
 */
import { grouped } from "../../digits.ts";
import { textWidth } from "../terminal/text_width.ts";
import { cut, wrap } from "../terminal/table.ts";
import { bytesText } from "../../units.ts";

/** What a line shows. */
export interface Progress {
  name: string;
  /** The activity in a word or two, if there are no bytes to count. */
  doing: string;
  /** The count so far; without a total there is no bar. */
  done: number;
  total: number;
  /** Whether it counts bytes rather than files. */
  bytes: boolean;
  /** Bytes per second; 0 = unknown. */
  speed: number;
  entries: number;
  entriesTotal: number;
}

const NARROWEST_NAME = 14;
const WIDEST_NAME = 30;
const NARROWEST_BAR = 8;
const WIDEST_BAR = 24;

/** The line, at most `width` columns wide. */
export function progressLine(progress: Progress, width: number): string {
  return progress.total > 0 ? barLine(progress, width) : wordLine(progress, width);
}

/** The same, on several lines if a sentence would leave no room for the name. */
export function progressLines(progress: Progress, width: number): string[] {
  const { name, doing, total } = progress;
  if (total > 0 || width - textWidth(doing) > NARROWEST_BAR) {
    return [progressLine(progress, width)];
  }
  return [
    cut(name, width),
    ...wrap(doing, width - 2, { redrawn: true }).map((line) => `  ${line}`),
  ];
}

function wordLine(progress: Progress, width: number): string {
  const count = progress.done > 0 && progress.bytes ? `  ${bytesText(progress.done)}` : "";
  const text = progress.doing + count;
  // What it does, such as "trying again in 4 s (2 of 5)", is worth more than the name's end.
  const left = Math.max(NARROWEST_BAR, width - textWidth(text) - 1);
  const name = named(progress.name, Math.min(nameWidth(progress.name), left, width));
  return cut(`${name} ${text}`, width);
}

function barLine(progress: Progress, width: number): string {
  const { name, done, total } = progress;
  const natural = nameWidth(name);
  let room = width - Math.min(NARROWEST_NAME, natural) - NARROWEST_BAR - 3;
  const take = (text: string): string => {
    if (text === "" || textWidth(text) + 1 > room) return "";
    room -= textWidth(text) + 1;
    return ` ${text}`;
  };
  // Parts get room in order of importance.
  const part = Math.min(1, done / total);
  const percent = take(`${Math.floor(part * 100)}%`.padStart(4));
  const left = take(progress.bytes ? timeLeft(progress).padStart(7) : "");
  const doing = take(progress.bytes ? "" : progress.doing);
  const speed = take(progress.bytes ? speedText(progress.speed).padStart(9) : "");
  const counted = take(countText(progress));
  const entries = take(progress.bytes ? entriesText(progress) : "");
  const forName = Math.min(Math.max(0, room), natural - Math.min(NARROWEST_NAME, natural));
  const forBar = Math.min(Math.max(0, room - forName), WIDEST_BAR - NARROWEST_BAR);
  const shown = named(name, Math.min(NARROWEST_NAME, natural) + forName);
  const bar = barText(part, NARROWEST_BAR + forBar);
  return cut(`${shown} ${bar}${percent}${counted}${speed}${left}${entries}${doing}`, width);
}

function nameWidth(name: string): number {
  return Math.min(WIDEST_NAME, Math.max(NARROWEST_NAME, textWidth(name)));
}

/** The name in exactly `width` columns. */
function named(name: string, width: number): string {
  const text = cut(name, width);
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** ASCII: blocks and lines are as wide as two letters in some Chinese terminals. */
function barText(part: number, width: number): string {
  const full = Math.floor(part * width);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}]`;
}

function countText({ bytes, done, total }: Progress): string {
  const text = bytes
    ? `${bytesText(Math.min(done, total))}/${bytesText(total)}`
    : `${grouped(done)}/${grouped(total)}`;
  return bytes ? text.padStart(15) : text;
}

function entriesText({ entries, entriesTotal }: Progress): string {
  const total = grouped(entriesTotal);
  return `${grouped(entries).padStart(total.length)}/${total}`;
}

function speedText(speed: number): string {
  return speed > 0 ? `${bytesText(Math.round(speed))}/s` : "";
}

function timeLeft({ done, total, speed }: Progress): string {
  if (speed <= 0) return "";
  const seconds = Math.round(Math.max(0, total - done) / speed);
  const minutes = Math.floor(seconds / 60);
  const two = (figure: number): string => String(figure).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  const hours = Math.floor(minutes / 60);
  return hours < 100 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : "";
}
