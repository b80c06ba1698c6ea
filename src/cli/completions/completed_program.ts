/**
 * What a shell needs to know about the program for completions.
 *
 * @module
 */

/** An option of a command. */
export interface CompletedOption {
  /** `-c` and `--config`, or one of them. */
  flags: string[];
  description: string;
  /** What follows it: a path, a configured dataset, one of these words, something else, or nothing. */
  value: "path" | "dataset" | "text" | readonly string[] | undefined;
}

/** A command. */
export interface CompletedCommand {
  name: string;
  description: string;
  options: CompletedOption[];
  /** The words that its arguments may be. */
  argument: "dataset" | readonly string[];
}

/** What a shell needs to know. */
export interface CompletedProgram {
  name: string;
  /** The command that is meant where none is named. */
  defaultCommand: string;
  /** The command that prints the configured datasets' names. */
  namesCommand: string;
  /** Options before any command. */
  options: CompletedOption[];
  commands: CompletedCommand[];
}
