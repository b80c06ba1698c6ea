/**
 * What a shell has to know of the program to complete its words.
 *
 * @module
 */

/** An option of a command. */
export interface CompletedOption {
  /** `-c` and `--config`, or one of them. */
  flags: string[];
  description: string;
  /** What follows it: a path, one of these words, something else, or nothing. */
  value: "path" | "text" | readonly string[] | undefined;
}

/** A command. */
export interface CompletedCommand {
  name: string;
  description: string;
  options: CompletedOption[];
  /** The words that its argument may be. */
  argument: readonly string[];
}

/** What a shell has to know. */
export interface CompletedProgram {
  name: string;
  /** The command that is meant where none is named. */
  defaultCommand: string;
  /** Options before any command. */
  options: CompletedOption[];
  commands: CompletedCommand[];
}
