/**
 * Places verified packages in a site: a static tree that any web server, object store or CDN serves
 * as a hub, with no program of this project in the path.
 *
 * Guarantees: a reader sees the old catalog or the new one, and the packages of both are complete:
 * the package is placed first, the catalog last, and replaced packages stay for `keepHours`. Several
 * programs may place several datasets at once. With `durable` a placed package survives a power cut.
 * After a failure the old catalog stands. The caller must know that the package has its fingerprint.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { diskError } from "../fs/disk_error.ts";
import { waitForLock } from "../fs/file_lock.ts";
import { flushDirectories } from "../fs/flush.ts";
import { renameInPlace } from "../fs/held_folder.ts";
import type { Clock, ListedDataset, OfferedPatch } from "../types.ts";
import { PACK } from "../messages/pack.ts";
import { currentPackage, type SitePackage } from "./current_package.ts";
import { readSiteCatalog, type SiteDataset, writeCatalog } from "./site_catalog.ts";
import { openSite, placeIn } from "./open_site.ts";
import { LOCK_WAIT_MS, newestName, packageUrl, sitePaths, versionedName } from "./site_paths.ts";
import { linkOver, makePublic, makePublicFolder, statOf, timeAfter } from "./public_file.ts";
import type { GrownFiles } from "./grown_files.ts";
import type { SitePool } from "./site_pool.ts";
import { removeReplaced } from "./replaced_packages.ts";
import { placeDigests, prepareDigests } from "./place_digests.ts";
import { type PreparedPatch, preparePatch } from "./patch/place_patch.ts";
import { type Staged, type StageInput, stagePackage } from "./stage_package.ts";
import { claimStaging, clearStaging, type Staging } from "./staging.ts";

/** A complete, verified package of a dataset. */
export interface NewPackage extends Omit<StageInput, "digest"> {
  /** The dataset's name. */
  name: string;
  /** The package's fingerprint, in full. */
  fingerprint: string;
  /** The version that the sync records, in the upstream's own text. */
  version: string | null;
  /** Whether it replaces a package with the same fingerprint, which has rotted on the disk. */
  replace?: boolean;
  /** Its list of digests; default: made by unpacking every entry. */
  digests?: Uint8Array | undefined;
  /** Their midstates; default: none are offered. */
  midstates?: Uint8Array | undefined;
  /** What was noted of files that grew since the package with the fingerprint `since`. */
  grown?: { files: GrownFiles; since: string | undefined };
  /** The upstream's patches to it, which are in the site already; default: one is made. */
  patches?: OfferedPatch[] | undefined;
  /** What the upstream's catalog says of it. */
  listed: Pick<ListedDataset, "fileCount" | "totalSize" | "digest">;
}

/** Where a site is, and how long it keeps replaced files. */
interface KeptSite {
  dir: string;
  keepHours: number;
}

/** Options for writing to a site. */
interface SiteOptions {
  /** Called with problems that don't stop it. */
  warn?: (message: string) => void;
  /** For the files' times, and when they were replaced. */
  clock: Clock;
  /** Whether to flush files to the disk; default true. */
  durable?: boolean;
  /** The threads that make a patch; default: its own. */
  pool?: SitePool;
  /** Called after each step. */
  onStep?: (step: PlaceStep) => void;
}

/** The steps, in order. */
export type PlaceStep =
  | "staged"
  | "patch_made"
  | "package_placed"
  | "package_named"
  | "patch_placed"
  | "digests_placed"
  | "catalog_written";

/**
 * Places a package or, if the site has it already, only its new version text; `packageFile` is then
 * neither read nor moved. Throws StoreError, LockedError, and HubError `changed` if the package doesn't
 * have the announced SHA-256.
 */
export async function placePackage(
  site: KeptSite,
  input: NewPackage,
  options: SiteOptions,
): Promise<void> {
  const { clock, durable = true, warn = () => {}, onStep } = options;
  const { name, fingerprint, listed: { digest } } = input;
  const paths = openSite(site.dir, name);
  const versioned = join(paths.packages, versionedName(name, fingerprint));
  for (const folder of [paths.staging, dirname(paths.catalog), dirname(versioned)]) {
    await makePublicFolder(folder);
  }
  await clearStaging(paths.staging, clock());
  await using staging = await claimStaging(paths.staging);
  const known = await currentPackage(site, name);
  const isThere = known?.fingerprint === fingerprint && !input.replace;
  await using staged = isThere
    ? undefined
    : await stagePackage(staging.path, { ...input, digest }, { durable });
  onStep?.("staged");
  const replaced = known?.fingerprint === fingerprint ? undefined : known;
  await using patch = await patchFrom(replaced, staged, input, { ...options, site, staging });
  onStep?.("patch_made");
  const packagePath = staged?.path ?? known!.path;
  const kept = isThere && input.digests === undefined ? known.digests : undefined;
  const lists = kept ? undefined : await prepareDigests(paths, { ...input, packagePath, warn });
  await staged?.stored;

  using _lock = await waitForLock(paths.lock, LOCK_WAIT_MS);
  await moveIn(staged?.path, versioned, join(paths.packages, newestName(name)), options);
  const catalog = await readSiteCatalog(paths.catalog);
  const sha256 = staged?.sha256 ?? known!.sha256;
  const patches = input.patches ?? await patch?.place() ?? known?.patches ?? [];
  onStep?.("patch_placed");
  const digests = lists ? await placeDigests(paths, lists, { durable, now: clock() }) : kept;
  onStep?.("digests_placed");
  catalog.set(name, { ...datasetOf(input, { sha256, patches, ...(digests && { digests }) }) });
  await writeCatalog(paths, catalog, { durable, now: clock() });
  onStep?.("catalog_written");
  await removeReplaced(paths, { catalog, keepHours: site.keepHours, now: clock(), durable });
}

/** Makes the patch from the replaced package, if there was one and the upstream offers none. */
async function patchFrom(
  before: SitePackage | undefined,
  staged: Staged | undefined,
  { name, total, grown, patches }: NewPackage,
  { site, staging, clock, durable = true, warn = () => {}, pool }: SiteOptions & {
    site: KeptSite;
    staging: Staging;
  },
): Promise<PreparedPatch | undefined> {
  if (before === undefined || staged === undefined || patches !== undefined) return undefined;
  return await preparePatch(sitePaths(site.dir), {
    name,
    folder: staging.path,
    before,
    package: { path: staged.path, total },
    grown: grown?.since === before.fingerprint ? grown.files : undefined,
    pool,
    now: clock(),
    durable,
    warn,
  });
}

/** Renames a staged package to its versioned name, with a later mtime, and links the newest's name to it. */
async function moveIn(
  staged: string | undefined,
  path: string,
  newest: string,
  { clock, durable = true, onStep }: SiteOptions,
): Promise<void> {
  const packages = dirname(newest);
  if (staged !== undefined) {
    try {
      makePublic(staged, await timeAfter(newest, clock()));
      renameInPlace(staged, placeIn(path));
    } catch (error) {
      throw diskError(error, path, PACK.place_package());
    }
    if (durable) await flushDirectories([dirname(path), packages]);
  }
  onStep?.("package_placed");
  await linkOver(path, newest, { durable });
  if (durable) await flushDirectories([packages]);
  onStep?.("package_named");
}

/**
 * Removes expired packages, for runs that place nothing; returns their names below `package/`. A
 * missing site stays missing. Throws StoreError, LockedError.
 */
export async function pruneSite(site: KeptSite, options: SiteOptions): Promise<string[]> {
  const { clock, durable = true } = options;
  const paths = openSite(site.dir);
  if (await statOf(paths.work) === undefined) return [];
  using _lock = await waitForLock(paths.lock, LOCK_WAIT_MS);
  const catalog = await readSiteCatalog(paths.catalog);
  return await removeReplaced(paths, {
    catalog,
    keepHours: site.keepHours,
    now: clock(),
    durable,
  });
}

function datasetOf(
  input: NewPackage,
  { sha256, patches, digests }: Pick<SiteDataset, "sha256" | "digests"> & {
    patches: OfferedPatch[];
  },
): SiteDataset {
  const { name, version, total, fingerprint, listed } = input;
  return {
    name,
    last_updated: version,
    file_count: listed.fileCount,
    total_size: listed.totalSize,
    package_ready: true,
    package_size: total,
    status: "ready",
    package_url: packageUrl(name, fingerprint),
    sha256,
    fingerprint,
    ...(digests !== undefined && { digests }),
    ...(patches.length > 0 && { patches }),
  };
}
