/**
 * `datahubsync paths`: what the configuration names and what this program owns, for scripts such as
 * `install_client.sh`: one `key<TAB>path` line each.
 *
 * Guarantees: changes nothing and asks no hub; every path is absolute; no data is among the
 * `owned`. A dataset has the lines `local_dir` and `work_parent`, where its work folder lies or
 * will lie. To uninstall, remove each `owned` path recursively, then each `owned_dir` if it is
 * empty; remove nothing below a work folder listed as `unfinished` until a sync has finished it.
 *
 * @module
 */
import { readPlainText } from "../../plain_file.ts";
import type { Config } from "../../config/config.ts";
import { holdsSecrets } from "../../config/literal_secrets.ts";
import { orElse } from "../../or_else.ts";
import { sitePaths } from "../../site/site_paths.ts";
import { historyPathFor } from "../../monitoring/history.ts";
import { isStream } from "../../monitoring/log_file.ts";
import { resolveLayout } from "../../store/layout.ts";
import { ownedBeside } from "../../store/owned.ts";
import { seenPathFor } from "../../store/memory/seen_catalogs.ts";
import { locationsPathFor } from "../../store/memory/locations.ts";
import { EXIT } from "../command/exit_code.ts";
import { openConfig, type RunOptions, statePathOf } from "../command/open_run.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { basename, dirname, join } from "node:path";

type Line = [key: string, value: string];

/** Runs `paths`; returns the exit code. */
export async function pathsCommand(options: RunOptions, terminal: Terminal): Promise<number> {
  const config = await openConfig(options, terminal);
  const { path, logging, metrics, mirror } = config;
  const state = await statePathOf(config, options);
  const lines: Line[] = [
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
  lines.push(["secret", holdsSecrets(readPlainText(path)) ? "yes" : "no"]);
  lines.push(...await owned(config, state));
  terminal.out(lines.map(([key, value]) => `${key}\t${value}\n`).join(""));
  return EXIT.ok;
}

/** An installer needs the path even if something is wrong with the folder, which `--check` reports. */
async function workParent(localDir: string): Promise<string> {
  return await resolveLayout(localDir).then(({ work }) => dirname(work), () => dirname(localDir));
}

async function owned(
  { path, logging, metrics, mirror, datasets }: Config,
  state: string,
): Promise<Line[]> {
  const files = [
    state,
    `${state}.lock`,
    locationsPathFor(state),
    seenPathFor(state),
    `${seenPathFor(state)}.lock`,
    ...beside(state, temporaryOf),
    dirname(historyPathFor(path)),
  ];
  if (logging.file !== undefined && !isStream(logging.file)) {
    files.push(logging.file, ...beside(logging.file, rotatedOf));
  }
  if (metrics.textfile !== undefined) {
    files.push(metrics.textfile, ...beside(metrics.textfile, temporaryOf));
  }
  const folders: string[] = [];
  const lines: Line[] = [];
  for (const { localDir } of datasets) {
    for (const { folder, unfinished, paths } of await ownedBeside(localDir)) {
      if (unfinished) lines.push(["unfinished", folder]);
      else folders.push(folder);
      files.push(...paths);
    }
  }
  if (mirror !== undefined) {
    const { work, lock, staging, replaced, packed } = sitePaths(mirror.dir);
    files.push(lock, staging, replaced, packed);
    folders.push(work);
  }
  lines.push(...files.map((file): Line => ["owned", file]));
  lines.push(...folders.map((folder): Line => ["owned_dir", folder]));
  return lines;
}

/** What has been left beside a file under names made from its own. */
function beside(path: string, isIts: (name: string, own: string) => boolean): string[] {
  const folder = dirname(path);
  const names = orElse(() => [...Deno.readDirSync(folder)].map(({ name }) => name), []);
  return names.filter((name) => isIts(name, basename(path))).sort()
    .map((name) => join(folder, name));
}

/** Rotated by this program (`sync.log.1`) or by logrotate (`sync.log-20261126.gz`, `sync.log.2.gz`). */
function rotatedOf(name: string, own: string): boolean {
  return name.startsWith(own) && /^[.-]\d+(\.(gz|xz|zst|bz2))?$/.test(name.slice(own.length));
}

/** The name under which a file is written before it is renamed, left by a process that died. */
function temporaryOf(name: string, own: string): boolean {
  const stem = `.${own.replace(/^\.+/, "")}.`;
  return name.startsWith(stem) && /^[0-9a-f]{8}\.tmp$/.test(name.slice(stem.length));
}
