/**
 * Guesses what was meant, by spelling and style (`localDir`, `local-dir`, `loacl_dir`), not by
 * meaning.
 *
 * @module
 */
import { CONFIG } from "../messages/config.ts";
import { ENGLISH, type Speech } from "../messages/speech.ts";

/** The candidate closest to `word`; `undefined` if none is close. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const folded = fold(word);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const target = fold(candidate);
    const distance = editDistance(folded, target);
    if (distance <= tolerance(target.length) && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The most names that a message lists. */
const MOST_NAMES = 20;

/** The hint for an unknown word: the word probably meant, or all known ones. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  if (meant !== undefined) return CONFIG.meant_name({ name: JSON.stringify(meant) });
  return candidates.length === 0
    ? CONFIG.it_has_nothing()
    : CONFIG.it_has({ names: namesText(candidates) });
}

/** A list of names; a long one is cut, with the number of the rest. */
export function namesText(all: readonly string[], { say }: Speech = ENGLISH): string {
  const names = all.slice(0, MOST_NAMES).join(", ");
  const number = all.length - MOST_NAMES;
  return number > 0 ? say(CONFIG.names_and_more, { names, number }) : names;
}

/** A pattern up to a sign that separates patterns in a list, but not in braces, brackets or parentheses. */
const PATTERN = /(?:\\.|\{[^{}]*\}|\[[^\]]*\]|\([^()]*\)|[^,，、;；|])+/g;

/** The patterns that a text was probably meant to list; `undefined` if it is one pattern. */
export function patternsMeant(text: string): string[] | undefined {
  const parts = (text.match(PATTERN) ?? []).map((part) => part.trim()).filter((part) =>
    part !== ""
  );
  if (parts.length > 1 && parts.every(isPattern)) return parts;
  const words = text.trim().split(/\s+/);
  return words.length > 1 && words.every((word) => /^\*+\.\w+$/.test(word)) ? words : undefined;
}

/** Whether it matches some names and not others, or is the name of a file. */
function isPattern(part: string): boolean {
  return /[*?]/.test(part) && /[^*?/]/.test(part) || /.\.[a-z]\w{0,7}$/i.test(part);
}

function fold(word: string): string {
  // Nobody mistypes a key by hundreds of letters; truncating bounds the work below.
  return word.slice(0, 64).normalize("NFKC").toLowerCase().replace(/[\p{Pd}_.\s]/gu, "");
}

/** Short words resemble each other by chance: `sync` and `sink`. */
function tolerance(length: number): number {
  return length < 6 ? 1 : length < 12 ? 2 : 3;
}

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function editDistance(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 3) return Infinity;
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      let distance = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        distance = Math.min(distance, before[j - 2]! + 1);
      }
      row.push(distance);
    }
    before = previous;
    previous = row;
  }
  return previous[to.length]!;
}
