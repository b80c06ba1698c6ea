/**
 * Places verified packages in a site: a static tree that any web server, object store or CDN serves
 * as a hub, with no program of this project in the path.
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
import { diskError } from "../fs/disk_error.ts";
import { waitForLock } from "../fs/file_lock.ts";
import { flushDirectories } from "../fs/flush.ts";
import type { Clock, ListedDataset, PatchEntry } from "../types.ts";
import { PACK } from "../messages/pack.ts";
import { currentPackage, type SitePackage } from "./current_package.ts";
import { readSiteCatalog, type SiteDataset, writeCatalog } from "./site_catalog.ts";
import { openSite } from "./open_site.ts";
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
  /** Of the package, in full. */
  fingerprint: string;
  /** The version that the sync records, in the upstream's own text. */
  version: string | null;
  /** Whether it replaces one with the same fingerprint: that has rotted on the disk. */
  replace?: boolean;
  /** Its list of digests where it is known; else it is made by unpacking every entry. */
  digests?: Uint8Array | undefined;
  /** Their midstates, where they are known; else none are offered. */
  midstates?: Uint8Array | undefined;
  /** What grew since the package with this fingerprint, as far as it was noted. */
  grown?: { files: GrownFiles; since: string | undefined };
  /** The upstream's patches to it, which are in the site already; else one is made. */
  patches?: PatchEntry[] | undefined;
  /** What the upstream's catalog says of it. */
  listed: Pick<ListedDataset, "fileCount" | "totalSize" | "digest">;
}

/** Where a site is, and how long it keeps what was replaced. */
interface KeptSite {
  dir: string;
  keepHours: number;
}

/** How a site is written. */
interface SiteOptions {
  /** Told of what isn't as it should be, and stops nothing. */
  warn?: (message: string) => void;
  /** Decides what was replaced when, and the files' times. */
  clock: Clock;
  /** Whether files are flushed to the disk; default true. */
  durable?: boolean;
  /** Where a patch is made; default: threads of its own. */
  pool?: SitePool;
  /** Told of each step as soon as it is done. */
  onStep?: (step: PlaceStep) => void;
}

/** What has just been done, in this order. */
export type PlaceStep =
  | "staged"
  | "patch_made"
  | "package_placed"
  | "package_named"
  | "patch_placed"
  | "digests_placed"
  | "catalog_written";

/**
 * Places a package, or, where the site has it already, only its new version text (`packageFile` isn't
 * looked at then, and stays). Throws StoreError, LockedError, and HubError `changed` when the package
 * hasn't the announced SHA-256.
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

/** The patch from the package that is replaced, if there is one and the upstream gives none. */
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

/** Gives a staged package its name, with a later time than the newest one's, and then the newest's name. */
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
      await Deno.rename(staged, path);
    } catch (error) {
      throw diskError(error, path, PACK.place_package());
    }
    if (durable) await flushDirectories([dirname(path), packages]);
  }
  onStep?.("package_placed");
  await linkOver(path, newest);
  if (durable) await flushDirectories([packages]);
  onStep?.("package_named");
}

/**
 * Removes the packages whose time is over, for runs that place nothing; answers their names below
 * `package/`. A site that isn't there is left alone. Throws StoreError, LockedError.
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
    patches: PatchEntry[];
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
