/**
 * Whether a text is Chinese to somebody who reads it.
 *
 * Guarantees: names, paths, addresses, quoted values and what is typed (`…`) may be Latin; two
 * English words in a row outside of them may not. It can't tell good Chinese from bad.
 *
 * @module
 */
import { readBack } from "../../src/messages/read_back.ts";

/** What is the same in every language. */
const SAME = [
  /`[^`]*`/g,
  /“[^”]*”/g,
  /"(?:[^"\\]|\\.)*"/g,
  /https?:\/\/\S+/g,
  /@\w+/g,
  /\b[\w.-]+(?:, [\w.-]+)+(?= (?:之一|中的)|）|$)/g,
  /(?:[\w.~-]*\/)+[\w.-]*/g,
];

/** English words in a row that are left in a text. */
export function englishLeft(text: string): string[] {
  const bare = SAME.reduce((rest, same) => rest.replace(same, "·"), text);
  return bare.match(/[A-Za-z]{2,}(?:'[a-z]+)?[,;:]? [a-z]{2,}(?:[ ,;:']+[a-z]+)*/g) ?? [];
}

/** The text as a Chinese reader sees it, and the English that is left in it. */
export function inChinese(text: string): { text: string; left: string[] } {
  const read = readBack(text, "zh");
  return { text: read, left: englishLeft(read) };
}
