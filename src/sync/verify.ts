/**
 * Reads every file of a dataset and compares it with the hub's current directory, or, offline and where
 * a version is pinned, with the manifest.
 *
 * Guarantees: every listed file is read in full; no data is changed. Which files this disk can't hold
 * is tried in the work folder, under the lock, if a sync left out some. Only the package's directory
 * is transferred, not the package. A repair reuses the findings and fetches only the missing and
 * damaged entries.
 *
 * @module
 */
import { join } from "node:path";
import type { DatasetConfig } from "../config/dataset_config.ts";
import { ArchiveError, HubError, StoreError } from "../errors.ts";
import { alikeKey } from "../fs/alike.ts";
import { walk } from "../fs/walk.ts";
import { unplaceable } from "../store/disk_names.ts";
import { INSIDE_NAME, type Layout, resolveLayout } from "../store/layout.ts";
import { acquireLock } from "../store/lock.ts";
import { Manifest } from "../store/manifest.ts";
import { pinned } from "../store/snapshot/rollback.ts";
import { kindOf } from "../store/publish/target_check.ts";
import { liveVersion } from "../store/snapshot/versions.ts";
import type { Entry, ListedDataset } from "../types.ts";
import { checkEntries } from "../zip/directory/entry_tree.ts";
import { makeFilter } from "../zip/directory/glob_filter.ts";
import { fetchDigests } from "./proof/content_proof.ts";
import type { RetryOptions } from "../hub/retry/retry.ts";
import { isInPart } from "./selection.ts";
import { mustBeSigned } from "./hubs/sources.ts";
import { viewPackage } from "./look/package_view.ts";
import { type DiskFact, readFiles } from "./on_disk/survey.ts";
import type { SyncContext } from "./sync_context.ts";
import { limitsFor } from "./look/look.ts";
import { SYNC } from "../messages/sync.ts";

/** The result of a verification. */
export interface Verification {
  /** Files that should be there. */
  entries: number;
  /** Bytes that were read. */
  bytesRead: number;
  /** Bytes received from the hub. */
  bytesDownloaded: number;
  missing: string[];
  damaged: string[];
  /** Files that this disk can't hold, so that no repair brings them; neither missing nor damaged. */
  leftOut: string[];
  /** Files that aren't listed: the user's own, or removed upstream. */
  extra: string[];
  /** Of the missing and damaged: those that are as recorded here, so that it is the hub that has news. */
  newer: number;
  /** What each file read contains. */
  facts: Map<string, DiskFact>;
}

/** What a file should hold. */
interface Expected {
  path: string;
  crc: number;
  size: number;
  sha256?: string | undefined;
}

/**
 * Verifies one dataset against the package that the catalog lists, or without one against the
 * manifest. Throws HubError, ArchiveError, StoreError.
 */
export async function verifyDataset(
  dataset: DatasetConfig,
  listed: ListedDataset | undefined,
  context: SyncContext,
): Promise<Verification> {
  const layout = await resolveLayout(dataset.localDir);
  // A version that somebody has put back isn't the hub's newest.
  const isPinned = pinned(layout) !== undefined;
  const { expected, bytesDownloaded } = listed !== undefined && !isPinned
    ? await expectedByHub(dataset, { layout, listed }, context)
    : { expected: await expectedByManifest(layout), bytesDownloaded: 0 };
  const paths = expected.map(({ path }) => path);
  const skip = layout.inside ? [INSIDE_NAME] : [];
  const there = new Set(walk(layout.localDir, { skip }).map(({ path }) => path));
  // Some disks find a file under another spelling.
  const respelled = new Set(
    paths.filter((path) => !there.has(path) && kindOf(`${layout.localDir}/${path}`) === "file"),
  );
  const isThere = (path: string): boolean => there.has(path) || respelled.has(path);
  const present = expected.filter(({ path }) => isThere(path));
  const read = await readFiles(present.map(({ path }) => `${layout.localDir}/${path}`), {
    pool: context.pool,
    digests: present.some(({ sha256 }) => sha256 !== undefined),
    onProgress: (done, total) =>
      context.reporter({ type: "checking", dataset: dataset.name, done, total }),
  });
  const facts = new Map<string, DiskFact>();
  for (const [index, { path }] of present.entries()) {
    if (read[index] !== undefined) facts.set(path, read[index]);
  }
  const missing = paths.filter((path) => !isThere(path));
  const damaged = present.filter((one) => !isSound(one, facts.get(one.path)));
  const leftOut = missing.length + damaged.length === 0
    ? new Map()
    : await leftOutHere(layout, paths, context);
  const held = (path: string): boolean => !leftOut.has(path);
  const named = new Set(paths);
  const spelled = new Set([...respelled].map(alikeKey));
  return {
    entries: expected.length,
    bytesRead: [...facts.values()].reduce((sum, { size }) => sum + size, 0),
    bytesDownloaded,
    missing: missing.filter(held),
    damaged: damaged.map(({ path }) => path).filter(held),
    leftOut: [...leftOut.keys()],
    newer: await countNewer(expected.filter(({ path }) => held(path)), facts, layout),
    extra: [...there].filter((path) => !named.has(path) && !spelled.has(alikeKey(path))).sort(),
    facts,
  };
}

function isSound({ crc, size, sha256 }: Expected, fact: DiskFact | undefined): boolean {
  return fact?.crc === crc && fact.size === size && sha256 === (sha256 && fact.sha256);
}

/** How many files are as the manifest says, there or not, and not what is expected. */
async function countNewer(
  expected: readonly Expected[],
  facts: ReadonlyMap<string, DiskFact>,
  layout: Layout,
): Promise<number> {
  const manifest = await Manifest.load(layout.manifest);
  if (manifest === undefined) return 0;
  return expected.filter((one) => {
    const [recorded, fact] = [manifest.get(one.path), facts.get(one.path)];
    return !isAlike(recorded, one) && isAlike(recorded, fact);
  }).length;
}

type Content = Pick<DiskFact, "size" | "crc">;

function isAlike(one: Content | undefined, other: Content | undefined): boolean {
  return one?.crc === other?.crc && one?.size === other?.size;
}

/** Finds again what the last sync left out; nothing if the lock is held or the disk refuses. */
async function leftOutHere(
  layout: Layout,
  paths: readonly string[],
  { clock, holder }: SyncContext,
): Promise<ReadonlyMap<string, string>> {
  const manifest = await Manifest.load(layout.manifest);
  if (!isInPart(manifest)) return new Map();
  try {
    using _lock = await acquireLock(layout.lock, { clock, ...holder });
    return unplaceable(layout, paths, (path) => manifest!.get(path) !== undefined);
  } catch {
    return new Map();
  }
}

async function expectedByHub(
  dataset: DatasetConfig,
  { layout, listed }: { layout: Layout; listed: ListedDataset },
  context: SyncContext,
): Promise<{ expected: Expected[]; bytesDownloaded: number }> {
  const { hub, traits, signal, retries, random, sleep, reporter } = context;
  const limits = limitsFor(dataset, { files: 0, bytes: 0 });
  const retry: RetryOptions = {
    retries,
    random,
    sleep,
    onRetry: (cause, waitMs, sentence) =>
      reporter({ type: "retry", dataset: dataset.name, cause, waitMs, sentence }),
  };
  const view = await viewPackage({
    remote: hub.package(listed),
    traits,
    retry,
    signal,
    expected: { total: listed.packageSize, files: listed.fileCount },
    mayAppear: listed.ready === true,
    filenameEncoding: dataset.filenameEncoding,
    limits,
  });
  const { stripPrefix } = dataset;
  const wanted = makeFilter(dataset);
  const expected: (Entry & Expected)[] = checkEntries(view.directory, { stripPrefix, limits })
    .filter(({ path }) => wanted(path));
  // Digests that were proven when the files were published still hold for unchanged entries.
  const recorded = await Manifest.load(layout.manifest);
  for (const one of expected) {
    const { crc, size, sha256 } = recorded?.get(one.path) ?? {};
    if (sha256 !== undefined && crc === one.crc && size === one.size) one.sha256 = sha256;
  }
  let bytesDownloaded = view.received;
  const { digests } = listed;
  if (digests !== undefined && expected.some(({ sha256 }) => sha256 === undefined)) {
    const list = await fetchDigests(digests, {
      remote: hub.package(listed, digests.url),
      entries: view.directory.entries.length,
      retry,
      signal,
      onReceived: (bytes) => bytesDownloaded += bytes,
    }).catch((error: unknown) => {
      // Without the list, compare by CRC-32 alone, as when the files were published.
      const isTheirs = error instanceof HubError || error instanceof ArchiveError;
      if (!isTheirs || mustBeSigned(dataset, context)) throw error;
      return undefined;
    });
    for (const one of list === undefined ? [] : expected) one.sha256 = list!.of(one.index);
  }
  return { expected, bytesDownloaded };
}

async function expectedByManifest(layout: Layout): Promise<Expected[]> {
  const live = liveVersion(layout);
  // A change of version that was cut short may have left only the version's own.
  const manifest = await Manifest.load(layout.manifest) ??
    (live && await Manifest.load(join(layout.manifests, live)));
  if (!manifest) {
    throw new StoreError("io", SYNC.no_manifest({ localDir: layout.localDir }), {
      path: layout.manifest,
      hint: SYNC.sync_first(),
    });
  }
  return [...manifest.entries()].map(([path, { crc, size, sha256 }]) => ({
    path,
    crc,
    size,
    sha256,
  }));
}
