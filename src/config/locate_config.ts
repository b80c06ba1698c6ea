/**
 * Finds the configuration file. A file named explicitly is used or refused, never skipped in favour
 * of another.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { ConfigError, UsageError } from "../errors.ts";
import { ownCommand } from "../own_command.ts";
import { CONFIG } from "../messages/config.ts";
import { CONFIG_VARIABLE } from "./env_names.ts";
import type { Environment } from "../environment.ts";

const NAMES = ["config.yaml", "config/config.yaml"];

/** Where a program in `/usr/bin`, installed by a package, also looks. */
export const PACKAGED: readonly string[] = [
  "/etc/datahubsync/config.yaml",
  "/opt/datahubsync/config.yaml",
];

/** The example that a package brings along. */
const EXAMPLE = "/usr/share/doc/datahubsync/examples/config.yaml";

function hint(executableDir: string): string {
  const command = ownCommand("init");
  return executableDir === "/usr/bin"
    ? CONFIG.make_config_for_machine({ command, example: EXAMPLE, place: PACKAGED[0]! })
    : CONFIG.make_config_here({ command });
}

/** Where to look. */
interface LocateOptions {
  /** The value of `--config`. */
  flag?: string | undefined;
  env: Environment;
  /** The current folder, absolute. */
  cwd: string;
  /** The folder of the executable, absolute. */
  executableDir: string;
}

/**
 * The absolute path of the configuration: `--config`, then `DATAHUBSYNC_CONFIG`, then `config.yaml`
 * and `config/config.yaml` in the current folder if it may be entered, then the same two beside the executable;
 * beside `/usr/bin` that is {@linkcode PACKAGED}.
 *
 * @throws {UsageError} when `--config` names no file
 * @throws {ConfigError} when the variable names no file, or there is none at any path
 */
export async function locateConfig(options: LocateOptions): Promise<string> {
  const { flag, env, cwd, executableDir } = options;
  if (flag !== undefined) {
    if (flag === "") throw new UsageError(CONFIG.file_after_config());
    const path = resolve(cwd, flag);
    if (await isThere(path)) return path;
    throw new UsageError(CONFIG.none_at_config({ path: flag }), {
      path,
      hint: hint(executableDir),
    });
  }
  const named = env(CONFIG_VARIABLE);
  if (named) {
    const path = resolve(cwd, named);
    if (await isThere(path)) return path;
    const message = CONFIG.no_file_of_variable({ variable: CONFIG_VARIABLE });
    throw new ConfigError([{ file: named, message }], { path, hint: hint(executableDir) });
  }
  const below = (folder: string): string[] => NAMES.map((name) => join(folder, name));
  const paths = [
    ...new Set([
      ...(await canEnter(cwd) ? below(cwd) : []),
      ...(executableDir === "/usr/bin" ? PACKAGED : below(executableDir)),
    ]),
  ];
  for (const path of paths) {
    if (await isThere(path)) return path;
  }
  const message = CONFIG.none_of({ paths: paths.join(", ") });
  throw new ConfigError([{ file: "config.yaml", message }], { hint: hint(executableDir) });
}

/**
 * Whether this user may look into a folder. Whoever types `sudo -u datahubsync …` often stands in a
 * home that is closed to others, where there is nothing to find.
 */
async function canEnter(folder: string): Promise<boolean> {
  try {
    await Deno.lstat(join(folder, NAMES[0]!));
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.PermissionDenied);
  }
}

/** Whether something may be there: if that can't be found out, loading will say why. */
async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory);
  }
}
