/**
 * The input of the checks. Everything about the machine comes in here, so that tests can have a machine
 * of their own.
 *
 * @module
 */
import { asRoot } from "../../as_root.ts";
import { readPlainText } from "../../plain_file.ts";
import type { Config } from "../../config/config.ts";
import type { DatasetConfig } from "../../config/dataset_config.ts";
import type { Environment } from "../../environment.ts";
import type { Clock } from "../../types.ts";
import { orElse } from "../../or_else.ts";
import { userNameOf } from "../../owners/accounts.ts";
import { shellWord } from "../../shell_word.ts";
import { join } from "node:path";

/** The machine to check. */
export interface Machine {
  /** A prefix of `/etc` and `/var`; empty except in tests. */
  root: string;
  /** The running binary. */
  execPath: string;
  /** Whether that is this program, and not Deno with its sources. */
  compiled: boolean;
  /** What it may do that a release may not: run programs, call native code. */
  excessRights: readonly string[];
  uid: number;
  /** Whether `sudo` is installed; default: checked. */
  sudo?: boolean;
  home: string | undefined;
  env: Environment;
}

/** The context that the checks share. */
export interface CheckContext {
  config: Config;
  statePath: string;
  /** The requested datasets. */
  datasets: readonly DatasetConfig[];
  machine: Machine;
  clock: Clock;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  /** Milliseconds that one step to a hub may take without a sign of life. */
  patienceMs: number;
}

/** A file of the machine. */
export function onMachine(machine: Pick<Machine, "root">, path: string): string {
  return machine.root === "" ? path : join(machine.root, path);
}

/** This program as one types it, with `words`, and the configuration that is checked. */
export function command(context: CheckContext, words: string): string {
  const { machine, config } = context;
  const program = machine.compiled ? shellWord(machine.execPath) : "datahubsync";
  return `${program} ${words} -c ${shellWord(config.path)}`;
}

/** The command that makes a file or folder this user's own. */
export function takeOver(machine: Machine, path: string): string {
  return asRoot(`chown ${userNameOf(machine.uid)}: ${shellWord(path)}`, machine);
}

/** The command that moves a file or folder out of the way. */
export function moveAside(path: string, suffix = ".old"): string {
  return `mv ${shellWord(path)} ${shellWord(path + suffix)}`;
}

/** A file's text; `undefined` where it can't be read. */
export function textOf(path: string): string | undefined {
  return orElse(() => readPlainText(path), undefined);
}
