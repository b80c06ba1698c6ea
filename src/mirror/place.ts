/**
 * Places verified packages in a mirror: a static tree that any web server, object store or CDN
 * serves as a hub, with no program of ours in the path.
 *
 * Guarantees: a reader sees the old catalog or the new, and each one's packages are there and whole:
 * the package comes first, the catalog last, replaced packages stay for `keepHours`. Several
 * datasets, and several programs, may be placed at once. With `durable` a placed package survives a
 * power cut. After a failure the old catalog stands. That the package is what its fingerprint says
 * is the caller's to know.
 *
 * @module
 */

import { dirname, join } from "node:path";
import type { MirrorConfig } from "../config/config.ts";
import { diskError } from "../fs/disk_error.ts";
import { flushDirectories } from "../fs/flush.ts";
import { readOwnText } from "../fs/own_file.ts";
import type { CatalogEntry, Clock } from "../types.ts";
import {
  type MirrorCatalog,
  mirrorCatalogText,
  type MirrorDataset,
  readMirrorCatalog,
} from "./mirror_catalog.ts";
import { lockMirror } from "./mirror_lock.ts";
import {
  type MirrorPaths,
  mirrorPaths,
  newestName,
  packageUrl,
  versionedName,
} from "./mirror_paths.ts";
import {
  linkOver,
  makePublic,
  makePublicFolder,
  statOf,
  timeAfter,
  writePublicFile,
} from "./public_file.ts";
import { removeReplaced } from "./replaced_packages.ts";
import { clearStaging, type StageInput, stagePackage } from "./stage_package.ts";

/** A complete, verified package of a dataset. */
export interface MirrorInput extends Omit<StageInput, "digest"> {
  /** The dataset's name. */
  name: string;
  /** Of the package, in full. */
  fingerprint: string;
  /** The version that the sync records, in the upstream's own text. */
  version: string | null;
  /** What the upstream's catalog says of it. */
  catalogEntry: Pick<CatalogEntry, "fileCount" | "totalSize" | "digest">;
}

/** How a mirror is written. */
export interface MirrorOptions {
  /** Decides what was replaced when, and the files' times. */
  clock: Clock;
  /** Whether files are flushed to the disk; default true. */
  durable?: boolean;
}

/** A package that a mirror offers. */
export interface MirroredPackage {
  /** The file, which never changes while it is there. */
  path: string;
  /** Of the package, in full. */
  fingerprint: string;
  /** In bytes. */
  total: number;
  /** In lower-case hex. */
  sha256: string;
  /** In the upstream's own text. */
  version: string | null;
}

/**
 * Places a package, or, where the mirror has it already, only its new version text (`packageFile` isn't
 * looked at then, and stays). Throws StoreError, LockedError, and HubError `changed` when the package
 * hasn't the announced SHA-256.
 */
export async function placeInMirror(
  mirror: MirrorConfig,
  input: MirrorInput,
  options: MirrorOptions,
): Promise<void> {
  const { clock, durable = true } = options;
  const { name, fingerprint } = input;
  const paths = mirrorPaths(mirror.dir);
  const versioned = join(paths.packages, versionedName(name, fingerprint));
  for (const folder of [paths.staging, dirname(paths.catalog), dirname(versioned)]) {
    await makePublicFolder(folder);
  }
  await clearStaging(paths.staging, clock());
  const known = await currentPackage(mirror, name);
  const { digest } = input.catalogEntry;
  await using staged = known?.fingerprint === fingerprint
    ? undefined
    : await stagePackage(paths.staging, { ...input, digest }, { durable, now: clock() });

  using _lock = await lockMirror(paths.lock);
  const newest = join(paths.packages, newestName(name));
  if (staged !== undefined) {
    try {
      makePublic(staged.path, await timeAfter(newest, clock()));
      await Deno.rename(staged.path, versioned);
    } catch (error) {
      throw diskError(error, versioned, "place the package in the mirror");
    }
    if (durable) await flushDirectories([dirname(versioned), paths.packages]);
  }
  await linkOver(versioned, newest);
  if (durable) await flushDirectories([paths.packages]);
  const catalog = await readMirrorCatalog(paths.catalog);
  const sha256 = staged?.sha256 ?? known!.sha256;
  catalog.set(name, { ...datasetOf(input, sha256) });
  await writeCatalog(paths, catalog, { durable, now: clock() });
  await removeReplaced(paths, { catalog, keepHours: mirror.keepHours, now: clock(), durable });
}

/**
 * The package that the mirror offers for a dataset; `undefined` when it has none. With the same
 * fingerprint nothing needs to be fetched for the mirror; with another one it is what a delta can
 * copy unchanged entries from. Throws StoreError.
 */
export async function currentPackage(
  mirror: MirrorConfig,
  name: string,
): Promise<MirroredPackage | undefined> {
  const paths = mirrorPaths(mirror.dir);
  const dataset = (await readMirrorCatalog(paths.catalog)).get(name);
  const { fingerprint, last_updated: version, package_size: total, sha256 } = dataset ?? {};
  if (typeof fingerprint !== "string" || typeof sha256 !== "string") return undefined;
  const path = join(paths.packages, versionedName(name, fingerprint));
  const size = (await statOf(path))?.size;
  if (size === undefined || size !== total) return undefined;
  return {
    path,
    fingerprint,
    total: size,
    sha256,
    version: typeof version === "string" ? version : null,
  };
}

/**
 * Removes the packages whose time is over, for runs that place nothing; answers their names below
 * `package/`. A mirror that isn't there is left alone. Throws StoreError, LockedError.
 */
export async function pruneMirror(mirror: MirrorConfig, options: MirrorOptions): Promise<string[]> {
  const { clock, durable = true } = options;
  const paths = mirrorPaths(mirror.dir);
  if (await statOf(paths.work) === undefined) return [];
  using _lock = await lockMirror(paths.lock);
  const catalog = await readMirrorCatalog(paths.catalog);
  return await removeReplaced(paths, {
    catalog,
    keepHours: mirror.keepHours,
    now: clock(),
    durable,
  });
}

function datasetOf(input: MirrorInput, sha256: string): MirrorDataset {
  const { name, version, total, fingerprint, catalogEntry } = input;
  return {
    name,
    last_updated: version,
    file_count: catalogEntry.fileCount,
    total_size: catalogEntry.totalSize,
    package_ready: true,
    package_size: total,
    status: "ready",
    package_url: packageUrl(name, fingerprint),
    sha256,
    fingerprint,
  };
}

async function writeCatalog(
  paths: MirrorPaths,
  catalog: MirrorCatalog,
  options: { durable: boolean; now: number },
): Promise<void> {
  const text = mirrorCatalogText(catalog);
  // The same text keeps its time, and with it the validators that caches hold.
  if (await readOwnText(paths.catalog).catch(() => undefined) === text) return;
  await writePublicFile(paths.catalog, text, options);
  if (options.durable) await flushDirectories([dirname(paths.catalog)]);
}
