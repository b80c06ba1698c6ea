/**
 * Collects the problems and warnings of a configuration file, so that a reader sees all of them at
 * once.
 *
 * @module
 */
import { type ConfigProblem, formatProblem } from "../errors.ts";

/** A position in the file; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

/** What was found in one file. */
export class Findings {
  /** The file's name, as it is shown. */
  readonly file: string;
  readonly #problems: ConfigProblem[] = [];
  readonly #warnings: ConfigProblem[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** Records a problem that makes the file unusable. */
  problem(message: string, position?: Position): void {
    this.#problems.push({ file: this.file, ...position, message });
  }

  /** Records a harmless oddity. */
  warning(message: string, position?: Position): void {
    this.#warnings.push({ file: this.file, ...position, message });
  }

  /**
   * The problems in the file's order, each once (with an alias, one position is read several times).
   */
  get problems(): ConfigProblem[] {
    return inOrder(this.#problems);
  }

  /** The warnings in the file's order, one line each. */
  get warnings(): string[] {
    return inOrder(this.#warnings).map(formatProblem);
  }
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const unique = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...unique.values()].sort((a, b) =>
    (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
  );
}
