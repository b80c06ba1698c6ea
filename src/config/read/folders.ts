/**
 * Folders that must not share files: each dataset's own, and the mirror's. Compares paths as given;
 * it sees through links only if the caller passes real paths.
 *
 * @module
 */
import { dirname, join, relative, sep } from "node:path";
import { CONFIG } from "../../messages/config.ts";
import { isSystemFolder } from "../system_folders.ts";
import type { Setting } from "./setting.ts";

/** A folder that a setting names. */
export interface Folder {
  /** Absolute and normalised. */
  path: string;
  setting: Setting;
  /** The owner, for messages: `dataset "x"`. */
  owner: string;
}

/** Reports folders that are equal or inside each other, and those that can't hold data. */
export function checkFolders(folders: readonly Folder[], options: { configPath: string }): void {
  for (const { path, setting } of folders) {
    if (isSystemFolder(path)) continue;
    if (path.split("/").some((part) => /^\.(.+\.)?datahubsync$/.test(part))) {
      setting.report(CONFIG.own_folder_work());
    } else if (contains(path, dirname(options.configPath))) {
      setting.source.findings.warning(CONFIG.holds_config({ key: setting.key }), setting.position);
    }
  }
  checkRealFolders(folders);
}

/**
 * Reports folders that are the system's, equal or inside each other: all that is wrong with real paths,
 * since a snapshot's lies in the work folder.
 */
export function checkRealFolders(folders: readonly Folder[]): void {
  for (const { path, setting } of folders) {
    if (isSystemFolder(path)) setting.report(CONFIG.own_folder_system({ path }));
  }
  checkOverlaps(folders);
}

/** Reports folders that are equal or inside each other. */
export function checkOverlaps(folders: readonly Folder[]): void {
  folders.forEach((folder, index) => {
    for (const earlier of folders.slice(0, index)) {
      const overlap = describeOverlap(folder.path, earlier.path);
      if (overlap === undefined) continue;
      const { findings } = folder.setting.source;
      const { line, column } = earlier.setting.position;
      const { owner, setting: { key } } = earlier;
      folder.setting.report(
        overlap({ owner, key, position: `${findings.file}:${line}:${column}` }),
      );
    }
  });
}

/** The folders, each by its {@linkcode realPath}. */
export async function realFolders(folders: readonly Folder[]): Promise<Folder[]> {
  return await Promise.all(
    folders.map(async (folder) => ({ ...folder, path: await realPath(folder.path) })),
  );
}

/**
 * The path with its links resolved. Where it doesn't exist yet, its nearest parent that does is
 * resolved; what can't be looked at stays as it is.
 */
export async function realPath(path: string): Promise<string> {
  for (let parent = path;; parent = dirname(parent)) {
    try {
      return join(await Deno.realPath(parent), relative(parent, path));
    } catch {
      if (parent === dirname(parent)) return path;
    }
  }
}

type Overlap = (earlier: { owner: string; key: string; position: string }) => string;

function describeOverlap(path: string, other: string): Overlap | undefined {
  if (path === other) return CONFIG.same_folder;
  if (contains(other, path)) return CONFIG.folder_inside;
  return contains(path, other) ? CONFIG.folder_around : undefined;
}

/** Whether `inner` is `outer` or lies in it. */
export function contains(outer: string, inner: string): boolean {
  const root = outer.endsWith(sep) ? outer : outer + sep;
  return inner === outer || inner.startsWith(root);
}
