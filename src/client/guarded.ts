/**
 * The files of an installation that no package may replace.
 *
 * @module
 */
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { PACKAGED } from "../config/locate_config.ts";
import type { Guarded } from "../sync/guarded_files.ts";

/** Every file that the program reads as its own or writes; not work folders, whose names are refused. */
export function guardedFiles(config: Config, statePath: string | undefined): Guarded[] {
  const { path, logging, metrics, hub } = config;
  const guarded: Guarded[] = [{ path, what: "the configuration" }];
  const add = (what: string, file: string | undefined): void => {
    if (file !== undefined) guarded.push({ path: file, what });
  };
  add("the state", statePath);
  add("the state's lock", statePath && `${statePath}.lock`);
  add("the log", logging.file);
  add("the metrics", metrics.textfile);
  add("the authorities of hub.ca_file", hub.caFile);
  for (const { source } of config.datasets) {
    add("the authorities of a dataset's ca_file", source?.caFile);
  }
  const program = programPath();
  add("the program", program);
  if (program !== undefined) {
    for (const name of ["config.yaml", "config/config.yaml"]) {
      add("the configuration that the program looks for at", join(dirname(program), name));
    }
  }
  for (const path of PACKAGED) add("the configuration that a packaged program looks for at", path);
  return guarded;
}

/** Without the permission to know it there is nothing to guard: another program runs the library. */
function programPath(): string | undefined {
  try {
    return Deno.execPath();
  } catch {
    return undefined;
  }
}
