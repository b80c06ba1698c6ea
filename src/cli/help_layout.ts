/**
 * How help is laid out on a narrow terminal.
 *
 * @module
 */
import { Help } from "@commander-js/extra-typings";

/** Where fewer columns are left beside the options, what they mean goes below them. */
export const LEAST_BESIDE = 20;

/** One option, argument or command, and what it means. */
export function formatItem(
  this: Help,
  term: string,
  termWidth: number,
  description: string,
  helper: Help,
): string {
  const width = helper.helpWidth ?? 80;
  if (description === "" || width - termWidth - 4 >= LEAST_BESIDE) {
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  }
  const lines = helper.boxWrap(description, width - 6).split("\n");
  return [`  ${term}`, ...lines.map((line) => `      ${line}`)].join("\n");
}
