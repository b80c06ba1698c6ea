/**
 * `datahubsync paths`: what the configuration names, for scripts such as `install_client.sh`: a line
 * each, `key<TAB>path`.
 *
 * Guarantees: changes nothing and asks no hub; every path is absolute. A dataset has the two lines
 * `local_dir` and `work_parent`, where its work folder lies or will lie.
 *
 * @module
 */
import { holdsSecrets } from "../config/literal_secrets.ts";
import { historyPathFor } from "../observe/history.ts";
import { resolveLayout } from "../store/layout.ts";
import { locateState } from "../store/state.ts";
import { EXIT } from "./exit_code.ts";
import { openConfig } from "./open_run.ts";
import type { Terminal } from "./terminal.ts";
import { dirname } from "node:path";

/** What `paths` may be told. */
export interface PathsOptions {
  config?: string;
  state?: string;
}

/** Runs `paths`; returns the exit code. */
export async function pathsCommand(options: PathsOptions, terminal: Terminal): Promise<number> {
  const config = await openConfig(options);
  const { path, baseDir, logging, metrics, mirror } = config;
  const state = await locateState({
    configPath: path,
    baseDir,
    ...(options.state !== undefined && { flag: options.state }),
  });
  const lines: [key: string, value: string][] = [
    ["config", path],
    ["state", state],
    ["history", historyPathFor(path)],
  ];
  if (logging.file !== undefined) lines.push(["log", logging.file]);
  if (metrics.textfile !== undefined) lines.push(["metrics", metrics.textfile]);
  if (mirror !== undefined) lines.push(["mirror", mirror.dir]);
  for (const { localDir } of config.datasets) {
    lines.push(["local_dir", localDir], ["work_parent", await workParent(localDir)]);
  }
  lines.push(["secret", holdsSecrets(await Deno.readTextFile(path)) ? "yes" : "no"]);
  terminal.out(lines.map(([key, value]) => `${key}\t${value}\n`).join(""));
  return EXIT.ok;
}

/** What is wrong with a folder is for `--check` to say: an installer needs the path. */
async function workParent(localDir: string): Promise<string> {
  try {
    return dirname((await resolveLayout(localDir)).work);
  } catch {
    return dirname(localDir);
  }
}
