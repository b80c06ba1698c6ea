/**
 * Asks a person at the terminal.
 *
 * Guarantees: the terminal keeps its own line editing and its own keys. Ctrl-C is a signal, which ends
 * the wait; Ctrl-D is the end of the input. The runtime's `prompt()` takes both for no answer, and keeps
 * this thread from hearing signals. A terminal that another user has opened (`sudo -u`, `su`) is waited
 * for as well: the runtime can't reopen that one, so reading from it doesn't block.
 *
 * @module
 */
import { sleep } from "../../hub/retry/sleep.ts";

/** How often such a terminal is polled. */
const LOOK_EVERY_MS = 50;
const LINE_FEED = 10;

/** Asks a question; `null` = no answer: the input has ended. Rejects with the signal's reason. */
export type Ask = (
  question: string,
  signal?: AbortSignal,
) => Promise<string | null> | string | null;

/** Asks the person at the terminal; `undefined` unless input and output are one. `write` shows a question. */
export function personAt(
  outputIsTerminal: boolean,
  write: (text: string) => void,
): Ask | undefined {
  if (!outputIsTerminal || !Deno.stdin.isTerminal()) return undefined;
  return async (question, signal) => {
    write(`${question} `);
    let answer: string | null = null;
    try {
      answer = await readLine((into) => Deno.stdin.read(into), signal);
    } finally {
      // Enter has ended the line already.
      if (answer === null) write("\n");
    }
    return answer;
  };
}

/** Reads a line from a terminal, whose reads may or may not block. */
export async function readLine(
  read: (into: Uint8Array) => Promise<number | null>,
  signal?: AbortSignal,
): Promise<string | null> {
  const bytes: number[] = [];
  const one = new Uint8Array(1);
  for (;;) {
    const count = await unlessStopped(read(one).catch(noneYet), signal);
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

function noneYet(error: unknown): number {
  if (error instanceof Deno.errors.WouldBlock) return 0;
  throw error;
}

/** The result, unless the signal comes first: a read that blocks can't be cancelled. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => stopped.reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
