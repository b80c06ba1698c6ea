/**
 * The files and folders that a configuration makes the program use, as the owner rule judges them.
 *
 * @module
 */
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import { historyPathFor } from "../monitoring/history.ts";
import { isStream } from "../monitoring/log_file.ts";
import { resolveLayout } from "../store/layout.ts";
import { sitePaths } from "../site/site_paths.ts";
import type { PathPart, Role, UsedLocation } from "./rule.ts";
import { wayTo } from "./way.ts";

/** The inputs for finding the locations. */
export interface Used {
  config: Config;
  statePath: string;
  /** The running binary; absent if the program runs from source. */
  program: string | undefined;
}

/** All locations that a run uses. */
export async function usedLocations({ config, statePath, program }: Used): Promise<UsedLocation[]> {
  const locations: UsedLocation[] = [];
  const examined = new Map<string, PathPart>();
  const add = (role: Role, path: string, more: Partial<UsedLocation> = {}): void => {
    locations.push({ role, path, filled: false, way: wayTo(path, examined), ...more });
  };
  // `get` has no configuration; its path is where its records lie.
  const got = config.datasets.find(({ source }) => source?.section === "get");
  add("config", config.path, got === undefined ? {} : { dataset: got.name });
  for (const path of config.secretFiles) add("secret", path);
  for (const { name, localDir } of config.datasets) {
    const layout = await resolveLayout(localDir).catch(() => undefined);
    if (layout !== undefined) add("work", layout.work, { dataset: name, filled: true });
  }
  add("state", statePath);
  add("state", dirname(historyPathFor(config.path)), { filled: true });
  add("state", historyPathFor(config.path));
  const { logging, metrics, mirror } = config;
  if (logging.file !== undefined && !isStream(logging.file)) add("log", logging.file);
  for (const { name, localDir } of config.datasets) {
    add("data", localDir, { dataset: name, filled: true });
  }
  if (mirror !== undefined) locations.push(...siteLocations("mirror", mirror.dir));
  for (const { maxAge } of config.datasets) {
    if (maxAge?.calendar !== undefined) add("calendar", maxAge.calendar.path);
  }
  if (metrics.textfile !== undefined) add("metrics", metrics.textfile);
  // Last: a folder that holds other things too is named for those, which stay when the program moves.
  if (program !== undefined) add("program", program);
  return locations;
}

/** The folders of a site that files are made in, as a mirror or for themselves. */
export function siteLocations(role: "mirror" | "site", dir: string): UsedLocation[] {
  const { catalog, packages, patches, digests, work, packed, staging } = sitePaths(dir);
  return [dir, dirname(catalog), packages, patches, digests, work, packed, staging]
    .map((path) => ({ role, path, filled: true, way: wayTo(path) }));
}

/** A configuration that nobody named, with its folder: what lies above isn't asked for. */
export function foundConfigLocation(path: string): UsedLocation {
  const way = wayTo(path);
  const near = [path, dirname(path)];
  const ends = way.filter((seen, index) => near.includes(seen.path) || index === way.length - 1);
  return { role: "config", path, filled: false, way: ends };
}
