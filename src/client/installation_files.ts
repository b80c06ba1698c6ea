/**
 * The files of an installation that no package may replace.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { PACKAGED } from "../config/locate_config.ts";
import type { Guarded } from "../sync/on_disk/guarded_files.ts";
import { CLIENT } from "../messages/client.ts";
import { OWNERS } from "../messages/owners.ts";

/** Every file that the program reads as its own or writes; not work folders, whose names are refused. */
export function installationFiles(config: Config, statePath: string | undefined): Guarded[] {
  const { path, logging, metrics, hub } = config;
  const guarded: Guarded[] = [{ path, what: OWNERS.the_configuration() }];
  const add = (what: string, file: string | undefined): void => {
    if (file !== undefined) guarded.push({ path: file, what });
  };
  add(CLIENT.the_state(), statePath);
  add(CLIENT.the_state_s_lock(), statePath && `${statePath}.lock`);
  add(OWNERS.the_log(), logging.file);
  add(OWNERS.the_metrics(), metrics.textfile);
  add(CLIENT.the_authorities_of_hub_ca_file(), hub.caFile);
  for (const { source } of config.datasets) {
    add(CLIENT.the_authorities_of_a_dataset_s(), source?.caFile);
  }
  // Without the permission to know it there is nothing to guard: another program runs the library.
  const program = orElse(() => Deno.execPath(), undefined);
  add(OWNERS.the_program(), program);
  if (program !== undefined) {
    for (const name of ["config.yaml", "config/config.yaml"]) {
      add(CLIENT.configuration_looked_for(), join(dirname(program), name));
    }
  }
  for (const path of PACKAGED) add(CLIENT.configuration_packaged(), path);
  return guarded;
}
