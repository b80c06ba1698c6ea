/**
 * Asks a person at the terminal.
 *
 * Guarantees: it waits for an answer even on a terminal that another user has opened (`sudo -u`, `su`):
 * the runtime can't reopen that one, so reading from it doesn't block, and `prompt()` fails. An
 * interruption ends the wait.
 *
 * @module
 */
import { sleep } from "../../hub/retry/sleep.ts";

/** How often such a terminal is polled. */
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

/** Asks a question; `null` = no answer: the input has ended. */
export type Ask = (
  question: string,
  signal?: AbortSignal,
) => Promise<string | null> | string | null;

/** Asks the person at the terminal; `undefined` unless input and output are one. */
export function personAt(outputIsTerminal: boolean): Ask | undefined {
  return outputIsTerminal && Deno.stdin.isTerminal() ? askPerson : undefined;
}

/** Reads a line from a terminal whose reads don't block. */
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
