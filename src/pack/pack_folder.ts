/**
 * Turns a folder into what a hub offers: a package, its place in the catalog and the patch from the
 * previous package, in a static tree that any web server serves.
 *
 * Guarantees: the same files make the same bytes, whatever their times, order on the disk, owner or
 * machine: names are sorted, every entry has the time 1980-01-01, nothing else goes in. An unchanged
 * file keeps its compressed bytes, copied from the previous package. Readers see the old package and
 * catalog or the new ones. Nothing is published if a file changes while it is read, if too many files
 * are gone, or if this program's own client would refuse the package.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { ArchiveError, UsageError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import { folderGiven } from "../fs/folder_given.ts";
import { realOf } from "../fs/strangers_links.ts";
import type { WalkedFile } from "../fs/walk.ts";
import { GrownFiles } from "../site/grown_files.ts";
import { currentPackage, type SitePackage } from "../site/current_package.ts";
import { placePackage } from "../site/place.ts";
import { makePublicFolder } from "../site/public_file.ts";
import { SitePool } from "../site/site_pool.ts";
import { openSite } from "../site/open_site.ts";
import { newestName, type SitePaths } from "../site/site_paths.ts";
import { claimStaging, clearStaging } from "../site/staging.ts";
import { collectGarbage } from "../garbage.ts";
import { parseInstant } from "../version_time.ts";
import { makeDigestList } from "../trust/digest_list.ts";
import { HASHED_AT_ONCE } from "../trust/sha256.ts";
import { PackageFile } from "../zip/read/package_file.ts";
import { PACK } from "../messages/pack.ts";
import {
  checkedFingerprint,
  refuseChanged,
  refuseNested,
  refuseRemoved,
  warnOfCase,
  warnOfFuture,
  warnOfWrapper,
} from "./checks.ts";
import { findFiles, settledFiles } from "./find_files.ts";
import type { PackContext, PackOptions, PackReport } from "./options.ts";
import {
  loadPackedFiles,
  type PackedFiles,
  recordPath,
  savePackedFiles,
  unchanged,
} from "./packed_files.ts";
import { writePackage } from "./write_package.ts";
import { ZipSource } from "./zip_source.ts";

/** With at least this many files, forces a GC before making the patch: 10 MB with 5,600 files. */
const WORTH_COLLECTING = 2000;
/** Two machines' clocks differ by minutes, or by hours if one mistakes the time zone. */
const DAY_MS = 86_400_000;

/** Packs a folder and places it in a site. Throws DataHubSyncError. */
export async function packFolder(given: PackOptions, context: PackContext): Promise<PackReport> {
  const { name, keepHours = 24, durable = true } = given;
  const { clock, warn, onStep } = context;
  // Refuse a bad name before packing everything.
  newestName(name);
  await folderGiven(given.folder, {
    expected: "the folder that is to be packed",
    hint: PACK.folder_mounted(),
  });
  // Whoever may write above it would lead to what only this user may read, and have it published.
  const folder = realOf(given.folder, { judgesRoot: true });
  const options = { ...given, folder };
  const site = { dir: resolve(given.output), keepHours };
  await refuseNested(folder, site.dir);
  const lookedAt = clock();
  const files = await settledFiles(options, context);
  warnOfWrapper(files, warn);
  warnOfCase(files, warn);
  const current = await currentPackage(site, name);
  const paths = openSite(site.dir, name);
  await clearStaging(paths.staging, clock());
  await using held = new AsyncDisposableStack();
  const pool = held.use(new SitePool());
  const written = await write(files, options, { context, current, paths, pool, held });
  if (written === undefined) return sameAs(current!, name, files.length);
  onStep?.("packed");
  refuseChanged(files, findFiles(options), folder);
  const fingerprint = await checkedFingerprint(written.packageFile, files);
  const version = versionOf(options, files, fingerprint, { current, now: lookedAt, warn });
  pool.rest();
  collectGarbage(files.length, { worth: WORTH_COLLECTING, giveBack: true });
  const { packed, rotten, total } = written;
  const totalSize = files.reduce((sum, { size }) => sum + size, 0);
  // The order of the directory is that in which files were packed.
  const inOrder = [...packed.values()];
  await placePackage(site, {
    name,
    packageFile: written.packageFile,
    replace: rotten,
    total,
    fingerprint,
    version,
    grown: { files: written.grown, since: current?.fingerprint },
    digests: makeDigestList(inOrder.map(({ sha256 }) => sha256)),
    midstates: totalSize < HASHED_AT_ONCE
      ? undefined
      : makeDigestList(inOrder.map(({ midstate }) => midstate), "midstates"),
    listed: { fileCount: files.length, totalSize },
  }, { clock, durable, warn, pool, ...(onStep && { onStep }) });
  await saveRecord(recordPath(paths.packed, name), { fingerprint, lookedAt, files: packed });
  onStep?.("recorded");
  const patch = (await currentPackage(site, name))?.patches.at(-1);
  return {
    name,
    version,
    changed: fingerprint !== current?.fingerprint || rotten,
    files: files.length,
    reused: written.reused,
    read: written.read,
    packageSize: total,
    fingerprint,
    ...(patch?.to === fingerprint && { patchSize: patch.size }),
  };
}

/** The report if nothing has changed. */
function sameAs(
  { fingerprint, total, version }: SitePackage,
  name: string,
  files: number,
): PackReport {
  const read = { changed: false, files, reused: files, read: 0 };
  return { name, version: version!, ...read, packageSize: total, fingerprint };
}

/** A written package; the previous one and its record, 5 MB with 5,600 files, are released by then. */
interface Written extends Pick<ZipSource, "packed" | "rotten" | "reused" | "read"> {
  packageFile: string;
  /** The package's length in bytes. */
  total: number;
  grown: GrownFiles;
}

/** Writes the package into a folder that `held` removes; `undefined` if nothing has changed. */
async function write(
  files: readonly WalkedFile[],
  options: PackOptions,
  { context, current, paths, pool, held }: {
    context: PackContext;
    current: SitePackage | undefined;
    paths: SitePaths;
    pool: SitePool;
    held: AsyncDisposableStack;
  },
): Promise<Written | undefined> {
  const { name, folder, all = false, level = 6 } = options;
  const record = await loadPackedFiles(recordPath(paths.packed, name), current?.fingerprint);
  if (current !== undefined && isUnchanged(files, record, options, current)) return undefined;
  using previous = current && await openPrevious(current.path, context.warn);
  refuseRemoved(files, previous, options);
  // In the site itself, so that it can be renamed into place.
  await makePublicFolder(paths.staging);
  const staging = held.use(await claimStaging(paths.staging));
  const packageFile = join(staging.path, "package");
  const grown = held.use(new GrownFiles(join(staging.path, "grown"), current?.total ?? 0));
  const source = new ZipSource(folder, { previous, record, all, grown });
  const total = await writePackage(packageFile, files, {
    source,
    pool,
    level,
    previous: previous && current!.path,
    signal: context.signal,
  });
  const { packed, rotten, reused, read } = source;
  return { packageFile, total, packed, grown, rotten, reused, read };
}

/** Whether every file is as recorded, so that none must be read. */
function isUnchanged(
  files: readonly WalkedFile[],
  record: PackedFiles | undefined,
  { all, version }: PackOptions,
  current: SitePackage,
): boolean {
  if (all || record === undefined || record.files.size !== files.length) return false;
  if (current.digests === undefined) return false; // packed by an earlier program
  if (current.version === null || (version !== undefined && version !== current.version)) {
    return false;
  }
  return files.every((file) => unchanged(file, record) !== undefined);
}

/** Opens the previous package; `undefined` if it can't be read: then no bytes are copied from it. */
async function openPrevious(
  path: string,
  warn: PackContext["warn"],
): Promise<PackageFile | undefined> {
  try {
    return await PackageFile.open(path);
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw diskError(error, path, PACK.read_package());
    warn(PACK.previous_unreadable({ why: error.message }));
    return undefined;
  }
}

/** To a client, equal texts mean equal data, so a new package never gets the previous one's text. */
function versionOf(
  { name, version }: PackOptions,
  files: readonly WalkedFile[],
  fingerprint: string,
  { current, now, warn }: Pick<PackContext, "warn"> & {
    current: SitePackage | undefined;
    now: number;
  },
): string {
  const isSame = current?.fingerprint === fingerprint;
  if (version !== undefined) {
    if (version !== current?.version || isSame) return version;
    throw new UsageError(PACK.same_version({ name, version }), { hint: PACK.later_version() });
  }
  if (current?.version != null && isSame) return current.version;
  warnOfFuture(files.filter(({ mtimeMs }) => mtimeMs > now + DAY_MS), warn);
  // A file from the future would stay the newest for years, and no data would ever look old.
  const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, Math.min(mtimeMs, now)), 0);
  const before = parseInstant(current?.version ?? null, "UTC") ?? -Infinity;
  // After a removal, or a file restored with its old mtime, the newest mtime hasn't risen.
  return new Date(newest > before ? newest : Math.floor(before) + 1000).toISOString();
}

async function saveRecord(path: string, record: PackedFiles): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await savePackedFiles(path, record);
  } catch {
    // The next run reads everything.
  }
}

/** The default name of a folder's dataset. */
export function nameOfFolder(folder: string): string {
  return basename(resolve(folder));
}
