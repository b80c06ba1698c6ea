/**
 * Asks a person at the terminal.
 *
 * Guarantees: an answer is waited for also on a terminal that another user has opened (`sudo -u`, `su`):
 * the runtime can't open that one again, so reading from it doesn't wait, and `prompt()` fails. An
 * interruption ends the waiting.
 *
 * @module
 */
import { sleep } from "../../hub/retry/sleep.ts";

/** How often such a terminal is looked at. */
const LOOK_EVERY_MS = 50;
const LINE_FEED = 10;

async function askPerson(question: string, signal?: AbortSignal): Promise<string | null> {
  try {
    return prompt(question);
  } catch {
    // It has printed the question.
    return await readLine((into) => Deno.stdin.readSync(into), signal);
  }
}

/** Asks a question; `null` = nobody answers, or the input has ended. */
export type Ask = (
  question: string,
  signal?: AbortSignal,
) => Promise<string | null> | string | null;

/** A person to ask, where both ends of the terminal are there. */
export function personAt(outputIsTerminal: boolean): Ask | undefined {
  return outputIsTerminal && Deno.stdin.isTerminal() ? askPerson : undefined;
}

/** Reads a line from where reading doesn't wait. */
export async function readLine(
  read: (into: Uint8Array) => number | null,
  signal?: AbortSignal,
): Promise<string | null> {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  for (;;) {
    let count: number | null = 0;
    try {
      count = read(one);
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
    if (count === 0) {
      await sleep(LOOK_EVERY_MS, signal);
    } else {
      const isOver = count === null || one[0] === LINE_FEED;
      if (count === null && bytes.length === 0) return null;
      if (isOver) return new TextDecoder().decode(Uint8Array.from(bytes)).replace(/\r$/, "");
      bytes.push(one[0]!);
    }
  }
}
