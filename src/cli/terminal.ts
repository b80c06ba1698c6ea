/**
 * Where words go out: data on stdout, everything else on stderr.
 *
 * Guarantees: a reader that has gone (a closed pipe) ends nothing and throws nothing, and neither
 * does anything about stderr: there is nobody left to tell. Data that a full disk keeps from
 * stdout is a StoreError.
 *
 * @module
 */
import { diskError } from "../fs/disk_error.ts";
import { writeFully } from "../fs/whole_io.ts";

/** The two ways out, and what is at their ends. */
export interface Terminal {
  /** Data that was asked for. Throws StoreError when it can't be written. */
  out(text: string): void;
  /** Everything that is said about it. */
  err(text: string): void;
  /** Whether a person looks at stdout. */
  readonly outIsTerminal: boolean;
  /** Whether a person looks at stderr. */
  readonly errIsTerminal: boolean;
  /** Whether colours are wanted. */
  readonly colours: boolean;
  /** Columns of the terminal. */
  columns(): number;
}

/** The process's own. */
export function processTerminal(env: (name: string) => string | undefined): Terminal {
  const outIsTerminal = Deno.stdout.isTerminal();
  return {
    out: (text) => writeData(Deno.stdout, text),
    err: (text) => writeWords(Deno.stderr, text),
    outIsTerminal,
    errIsTerminal: Deno.stderr.isTerminal(),
    colours: outIsTerminal && !env("NO_COLOR") && env("TERM") !== "dumb",
    columns: () => {
      try {
        return Deno.consoleSize().columns;
      } catch {
        return Number(env("COLUMNS")) || 80;
      }
    },
  };
}

/** Where bytes go. */
type Stream = Pick<typeof Deno.stdout, "writeSync">;

/** Writes data; a reader that has seen enough is no error. Throws StoreError. */
export function writeData(stream: Stream, text: string): void {
  try {
    writeAll(stream, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw diskError(error, "stdout", "write to");
  }
}

/** Writes what is said about it. Never throws. */
export function writeWords(stream: Stream, text: string): void {
  try {
    writeAll(stream, text);
  } catch {
    // Whoever would be told can't be reached.
  }
}

function writeAll(stream: Stream, text: string): void {
  writeFully(stream, new TextEncoder().encode(text));
}
