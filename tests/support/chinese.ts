/**
 * Whether a text is Chinese to somebody who reads it.
 *
 * Guarantees: names, paths, addresses, quoted values and what is typed (`…`) may be Latin; two
 * English words in a row outside of them may not. It can't tell good Chinese from bad.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DataHubSyncError } from "../../src/errors.ts";
import { readBack } from "../../src/messages/read_back.ts";

/** What is the same in every language. */
const SAME = [
  /`[^`]*`/g,
  /“[^”]*”/g,
  /"(?:[^"\\]|\\.)*"/g,
  /https?:\/\/\S+/g,
  /@\w+/g,
  /\b[0-9a-f]{2}(?: [0-9a-f]{2})+\b/g, // bytes
  /\bdatahubsync [a-z]+/g,
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

/** Asserts that nothing English is left of what a Chinese reader sees of an error. */
export function assertChineseError(error: unknown): asserts error is DataHubSyncError {
  assert(error instanceof DataHubSyncError, String(error));
  // What was cut for its length has lost the end by which its message is known.
  for (const said of [error.message, error.hint ?? ""]) {
    if (!said.endsWith("…")) assertChineseText(said);
  }
}

/** Asserts that nothing English is left of a text that a Chinese reader sees. */
export function assertChineseText(said: string): void {
  const { text, left } = inChinese(said);
  assert.deepEqual(left, [], text);
}
