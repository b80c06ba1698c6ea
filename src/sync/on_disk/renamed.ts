/**
 * A folder around all files whose name changes with the version, as in archives of a repository:
 * `repo-1.2/`, then `repo-1.3/`.
 *
 * Guarantees: a new path has one former path at most. So CRC-32 and size compare one file with one
 * other, as for a file that kept its name; compared with all old files, chance would find equal ones.
 * Pure.
 *
 * @module
 */
import type { Manifest } from "../../store/manifest.ts";

/** The folder that all files are in, with its trailing slash; `""` = there is none. */
export function commonFolder(paths: Iterable<string>): string {
  let common: string | undefined;
  for (const path of paths) {
    common ??= path.slice(0, path.lastIndexOf("/") + 1);
    while (!path.startsWith(common)) {
      common = common.slice(0, common.lastIndexOf("/", common.length - 2) + 1);
    }
    if (common === "") break;
  }
  return common ?? "";
}

/** The common folder of the files that a manifest's package has. */
export function recordedFolder(manifest: Pick<Manifest, "entries" | "size" | "absent">): string {
  // Files that the package doesn't have any more come last.
  const present = [...manifest.entries()].slice(0, manifest.size - manifest.absent.files);
  return commonFolder(present.map(([path]) => path));
}

/**
 * What gives a path of the new package its former one, where one folder above all files was renamed;
 * `undefined` = none was. Both arguments are common folders.
 */
export function formerPaths(before: string, now: string): ((path: string) => string) | undefined {
  const [old, renamed] = [before.split("/"), now.split("/")];
  const at = renamed.findIndex((part, index) => part !== old[index]);
  if (!old[at] || !renamed[at]) return undefined;
  const from = [...old.slice(0, at + 1), ""].join("/");
  const to = [...renamed.slice(0, at + 1), ""].join("/");
  return (path) => from + path.slice(to.length);
}
