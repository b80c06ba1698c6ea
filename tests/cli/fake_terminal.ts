/**
 * A terminal that remembers what was written.
 *
 * @module
 */
import type { Terminal } from "../../src/cli/terminal/terminal.ts";

/** A terminal for tests. */
export interface FakeTerminal extends Terminal {
  /** What went to stderr, write by write. */
  readonly writes: string[];
  /** What went to stdout. */
  readonly printed: string[];
}

/** Makes one; without options nobody looks at it. */
export function fakeTerminal(
  options: { outIsTerminal?: boolean; errIsTerminal?: boolean; columns?: number } = {},
): FakeTerminal {
  const writes: string[] = [];
  const printed: string[] = [];
  return {
    writes,
    printed,
    out: (text) => void printed.push(text),
    err: (text) => void writes.push(text),
    outIsTerminal: options.outIsTerminal ?? false,
    errIsTerminal: options.errIsTerminal ?? false,
    colours: false,
    columns: () => options.columns ?? 80,
  };
}
