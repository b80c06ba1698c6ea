/**
 * A terminal that keeps what is written to it.
 *
 * @module
 */
import type { Terminal } from "../../src/cli/terminal/terminal.ts";

/** A terminal whose two ways out can be read. */
export interface FakeTerminal extends Terminal {
  /** All of stdout so far. */
  stdout(): string;
  /** All of stderr so far. */
  stderr(): string;
}

/** A terminal with nobody at it, unless `watched`. */
export function fakeTerminal(options: { watched?: boolean } = {}): FakeTerminal {
  let out = "";
  let err = "";
  const watched = options.watched ?? false;
  return {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outIsTerminal: watched,
    errIsTerminal: watched,
    colours: false,
    columns: () => 80,
    stdout: () => out,
    stderr: () => err,
  };
}
