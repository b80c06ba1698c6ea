/**
 * The program's output: data on stdout, everything else on stderr.
 *
 * Guarantees: a closed pipe ends nothing and throws nothing, nor does any error of stderr, which could
 * be reported nowhere. If a full disk keeps data from stdout, that is a StoreError. No control sequences
 * are written but the program's own.
 *
 * @module
 */
import { diskError } from "../../fs/disk_error.ts";
import { orElse } from "../../or_else.ts";
import { DISK } from "../../messages/disk.ts";
import { terminalText } from "../../plain_text.ts";

/** Options for writing a text. */
interface WriteOptions {
  /** Whether it moves the cursor: only for a drawing whose words have been cleaned before. */
  moves?: boolean;
}
import { writeFully } from "../../fs/whole_io.ts";

/** Both output streams, and what they are connected to. */
export interface Terminal {
  /** Writes requested data. Throws StoreError if it can't be written. */
  out(text: string, options?: WriteOptions): void;
  /** Writes everything else. Never throws. */
  err(text: string, options?: WriteOptions): void;
  /** From now on output shows no secrets: `mask` removes them from a text. */
  hide?(mask: (text: string) => string): void;
  /** Removes the secrets that {@linkcode Terminal.hide} was given from a text. */
  masked?(text: string): string;
  /** Whether stdout is a terminal. */
  readonly outIsTerminal: boolean;
  /** Whether stderr is a terminal. */
  readonly errIsTerminal: boolean;
  /** Whether to use colours. */
  readonly colours: boolean;
  /** Columns of the terminal. */
  columns(): number;
}

/** The process's own. */
export function processTerminal(env: (name: string) => string | undefined): Terminal {
  const outIsTerminal = Deno.stdout.isTerminal();
  let mask = (text: string): string => text;
  return {
    // Data is for programs, too: a path that has a short secret in it stays a path.
    out: (text, options) => writeData(Deno.stdout, terminalText(text, options)),
    err: (text, options) => writeWords(Deno.stderr, terminalText(mask(text), options)),
    hide: (by) => void (mask = by),
    masked: (text) => mask(text),
    outIsTerminal,
    errIsTerminal: Deno.stderr.isTerminal(),
    colours: outIsTerminal && !env("NO_COLOR") && env("TERM") !== "dumb",
    columns: () => size("columns") ?? positive(Number(env("COLUMNS"))) ?? 80,
  };
}

/** Rows of the process's terminal. */
export function terminalRows(): number {
  return size("rows") ?? 24;
}

/** Without a size, as with `script` and on serial lines, a terminal reports zero. */
function size(of: "columns" | "rows"): number | undefined {
  return positive(orElse(() => Deno.consoleSize()[of], 0));
}

function positive(count: number): number | undefined {
  return Number.isInteger(count) && count > 0 ? count : undefined;
}

/** Where bytes go. */
type Stream = Pick<typeof Deno.stdout, "writeSync">;

/** Writes data; a reader that has seen enough is no error. Throws StoreError. */
export function writeData(stream: Stream, text: string): void {
  try {
    writeAll(stream, text);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) {
      throw diskError(error, "stdout", DISK.write_to());
    }
  }
}

/** Writes messages. Never throws. */
export function writeWords(stream: Stream, text: string): void {
  try {
    writeAll(stream, text);
  } catch {
    // There is nobody left to tell.
  }
}

function writeAll(stream: Stream, text: string): void {
  writeFully(stream, new TextEncoder().encode(text));
}
