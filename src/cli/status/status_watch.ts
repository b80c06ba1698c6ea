/**
 * Redraws the whole screen repeatedly, without flicker.
 *
 * Guarantees: one write per frame, which overwrites the previous one and clears only what it
 * doesn't cover; nothing is drawn below the screen's end. However it ends, cursor and screen are
 * restored, with the last frame below.
 *
 * @module
 */
import { STATUS } from "../../messages/status.ts";
import { say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { terminalText } from "../../plain_text.ts";

/** What is drawn, and how. */
interface ScreenOptions {
  /** What to draw now. */
  frame: () => Promise<string>;
  terminal: Terminal;
  /** Lines of the screen. */
  rows: () => number;
  everyMs: number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends it. */
  signal: AbortSignal;
}

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** Synchronised output: terminals that support it show a frame only when it is complete. */
const HOLD = "\x1b[?2026h";
const SHOW = "\x1b[?2026l";

/** Draws until the signal. Throws what `frame` throws. */
export async function watchScreen(options: ScreenOptions): Promise<void> {
  const { frame, terminal, rows, everyMs, sleep, signal } = options;
  let last = "";
  terminal.out(ENTER, { moves: true });
  try {
    while (!signal.aborted) {
      last = await orStopped(frame(), signal) ?? last;
      terminal.out(drawing(last, rows()), { moves: true });
      await sleep(everyMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    terminal.out(LEAVE, { moves: true });
    terminal.out(last);
  }
}

function drawing(text: string, rows: number): string {
  const foot = `\x1b[2m${say(STATUS.ctrl_c_ends)}\x1b[22m`;
  const lines = terminalText(text).trimEnd().split("\n").slice(0, Math.max(1, rows - 2));
  return `${HOLD}\x1b[H${
    [...lines, "", foot].map((line) => `${line}\x1b[K`).join("\r\n")
  }\x1b[J${SHOW}`;
}

function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return Promise.race([work, stopped]);
}
