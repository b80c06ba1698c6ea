/**
 * How a command is declared, and the options that several commands share.
 *
 * @module
 */
import { type Command, Option } from "@commander-js/extra-typings";
import type { Terminal } from "../terminal/terminal.ts";

/** What an action uses; `done` takes its exit code. */
interface Running {
  /** The whole program. */
  readonly program: Command;
  readonly terminal: Terminal;
  done(code: number): void;
}

/** Commands by name: each declares its options, and an action that imports its code. */
export type Commands = Readonly<Record<string, (command: Command, running: Running) => unknown>>;

/** `--config`. */
export const configOption = (): Option<"-c, --config <file>"> =>
  new Option(
    "-c, --config <file>",
    "configuration (default: config.yaml here or beside the program)",
  );
/** `--state`. */
export const stateOption = (): Option<"-s, --state <file>"> =>
  new Option("-s, --state <file>", "state (default: .last_sync.json beside the configuration)");
/** `--dataset`. */
export const datasetOption = (): Option<"-d, --dataset <name...>"> =>
  new Option("-d, --dataset <name...>", "only this dataset; may be given several times");
/** `--hub-url`. */
export const hubUrlOption = (): Option<"--hub-url <url>"> =>
  new Option("--hub-url <url>", "the hub's address");
/** `--json`. */
export const jsonOption = (): Option<"--json"> =>
  new Option("--json", "print one JSON document on stdout");

/** Collects an option that may be given several times, with one value each. */
export const several = (value: string, before: string[] = []): string[] => [...before, value];
