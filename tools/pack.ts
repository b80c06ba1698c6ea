/**
 * Turns a folder into what a hub offers: a package and its catalog entry, in a static tree that any
 * web server serves (see `docs/hub.md`).
 *
 *     deno run -A tools/pack.ts FOLDER --output DIR --name NAME
 *         [--level 6] [--previous ZIP] [--exclude GLOB]… [--version TEXT] [--keep-hours 24]
 *
 * Guarantees: the same files make the same bytes, whatever their times, order on the disk, owner or
 * machine: names are sorted, every entry bears the time 1980-01-01, nothing else goes in. A file
 * that hasn't changed keeps its compressed bytes, which are copied from the package before. Readers
 * see the old package and catalog or the new ones. What our own client would refuse isn't published.
 *
 * It doesn't follow links, and doesn't notice files that are written while it reads: pack when the
 * day's data is complete.
 *
 * @module
 */

import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { writeZip, type ZipInput, type ZipStreamInput } from "../src/zip/zip_writer.ts";
import { DataHubSyncError, messageOf, UsageError } from "../src/errors.ts";
import { walk, type WalkedFile } from "../src/fs/walk.ts";
import { parseInstant } from "../src/hub/version_time.ts";
import { mirrorPaths } from "../src/mirror/mirror_paths.ts";
import { currentPackage, type MirroredPackage, placeInMirror } from "../src/mirror/place.ts";
import { checkEntries } from "../src/zip/entry_tree.ts";
import { makeFilter } from "../src/zip/glob_filter.ts";
import { DEFAULT_LIMITS } from "../src/zip/limits.ts";
import { directoryOf, PreviousPackage } from "./previous_package.ts";

/** What to pack, and where to. */
export interface PackOptions {
  folder: string;
  /** The hub's tree. */
  output: string;
  /** The dataset's name. */
  name: string;
  /** Of deflate, 1–9; default 6. */
  level?: number;
  /** Where unchanged files' compressed bytes are taken from; default: the package in `output`. */
  previous?: string;
  /** Files that are left out. */
  exclude?: readonly string[];
  /** The catalog's `last_updated`; default: the newest file's time. */
  version?: string;
  /** Hours that a replaced package is kept; default 24. */
  keepHours?: number;
  /** The time in ms since the epoch, for what is kept how long. */
  clock?: () => number;
  /** Told of what a person may want to know. */
  warn?: (text: string) => void;
}

/** What was packed. Sizes are in bytes. */
export interface PackReport {
  name: string;
  version: string;
  files: number;
  /** Files whose compressed bytes were copied from the package before. */
  reused: number;
  packageSize: number;
  fingerprint: string;
}

/** The time of every entry: the oldest that ZIP knows. */
const ENTRY_TIME = new Date("1980-01-01T00:00:00Z");
/** A file above this is never held in memory: it is packed as a stream, and packed anew each time. */
const STREAM_BYTES = 64 << 20;
/** From here on sizes may need Zip64, and a streamed entry's header is written before its size is known. */
const ZIP64_BYTES = 0xff000000;

/** Packs a folder and places it in the tree. Throws DataHubSyncError, or what Deno throws. */
export async function packFolder(options: PackOptions): Promise<PackReport> {
  const { folder, output, name, clock = Date.now, level = 6, keepHours = 24 } = options;
  const mirror = { dir: resolve(output), keepHours };
  const files = findFiles(options);
  const current = await currentPackage(mirror, name);
  const previousPath = options.previous ?? current?.path;
  using previous = previousPath === undefined
    ? undefined
    : await PreviousPackage.open(previousPath);
  // On the tree's own file system, so that it can be moved into place.
  const { staging } = mirrorPaths(mirror.dir);
  await Deno.mkdir(staging, { recursive: true });
  const packageFile = join(staging, `${crypto.randomUUID()}.packing`);
  try {
    const count = { reused: 0 };
    const total = await writeZip(packageFile, inputsOf(resolve(folder), files, previous, count), {
      level,
      mtime: ENTRY_TIME,
      ...(files.some(({ size }) => size >= ZIP64_BYTES) ? { zip64: true } : {}),
    });
    const fingerprint = await checkedFingerprint(packageFile, files.length);
    const version = options.version ?? versionOf(files, fingerprint, current);
    if (version === current?.version && fingerprint !== current.fingerprint) {
      throw new UsageError(`another package of ${name} has the version ${version} already`, {
        hint: "clients fetch nothing when the text is the same: give it a later one",
      });
    }
    const totalSize = files.reduce((sum, { size }) => sum + size, 0);
    await placeInMirror(mirror, {
      name,
      packageFile,
      take: "move",
      total,
      fingerprint,
      version,
      catalogEntry: { fileCount: files.length, totalSize },
    }, { clock });
    return { name, version, files: files.length, ...count, packageSize: total, fingerprint };
  } finally {
    await Deno.remove(packageFile).catch(() => {});
  }
}

function findFiles({ folder, exclude = [], warn = () => {} }: PackOptions): WalkedFile[] {
  const wanted = makeFilter({ include: [], exclude });
  const onOther = (path: string): void => {
    if (wanted(path)) warn(`${path} is no plain file and is left out`);
  };
  const files = walk(resolve(folder), { onOther }).filter(({ path }) => wanted(path));
  if (files.length === 0) {
    throw new UsageError(`there is no file to pack in ${folder}`, {
      path: folder,
      hint: "is the disk with the data mounted?",
    });
  }
  const tops = new Set(files.map(({ path }) => path.includes("/") ? path.split("/")[0] : null));
  if (tops.size === 1 && !tops.has(null)) {
    warn(`all files are in ${[...tops][0]}/, which clients take off unless told otherwise`);
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

function* inputsOf(
  folder: string,
  files: readonly WalkedFile[],
  previous: PreviousPackage | undefined,
  count: { reused: number },
): Generator<ZipInput | ZipStreamInput> {
  for (const { path, size } of files) {
    if (size > STREAM_BYTES) {
      yield { path, chunks: chunksOf(join(folder, path)) };
      continue;
    }
    const content = Deno.readFileSync(join(folder, path));
    const precompressed = previous?.packed(path, content);
    if (precompressed === undefined) yield { path, content };
    else {
      count.reused++;
      yield { path, precompressed };
    }
  }
}

function* chunksOf(path: string): Generator<Uint8Array> {
  using file = Deno.openSync(path, { read: true });
  while (true) {
    // The packing keeps chunks for a while, so each needs a buffer of its own.
    const buffer = new Uint8Array(1 << 20);
    const count = file.readSync(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

/** The fingerprint of a package that our client takes. */
async function checkedFingerprint(path: string, files: number): Promise<string> {
  using file = await Deno.open(path, { read: true });
  const directory = await directoryOf(file);
  const entries = checkEntries(directory, { stripPrefix: "", limits: DEFAULT_LIMITS });
  if (entries.length !== files) throw new Error(`packed ${entries.length} of ${files} files`);
  return directory.fingerprint;
}

/** Equal texts mean equal data to a client, so another package never gets the text of the one before. */
function versionOf(
  files: readonly WalkedFile[],
  fingerprint: string,
  current: MirroredPackage | undefined,
): string {
  if (current?.version != null && current.fingerprint === fingerprint) return current.version;
  const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
  const before = parseInstant(current?.version ?? null, "UTC") ?? -Infinity;
  // A file that was removed, or restored with its old time, makes no file newer.
  return new Date(newest > before ? newest : Math.floor(before) + 1000).toISOString();
}

function readArguments(args: string[]): PackOptions {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      output: text,
      name: text,
      level: { ...text, default: "6" },
      previous: text,
      exclude: { ...text, multiple: true, default: [] },
      version: text,
      "keep-hours": { ...text, default: "24" },
    },
  });
  const { output, name, previous, version, exclude } = values;
  const [folder, more] = positionals;
  if (folder === undefined || more !== undefined || output === undefined || name === undefined) {
    throw new UsageError("expected FOLDER --output DIR --name NAME");
  }
  const level = numberIn(values.level, { name: "--level", min: 1, max: 9 });
  const keepHours = numberIn(values["keep-hours"], { name: "--keep-hours", min: 0, max: 87_600 });
  return {
    folder,
    output,
    name,
    level,
    keepHours,
    exclude,
    ...(previous === undefined ? {} : { previous }),
    ...(version === undefined ? {} : { version }),
  };
}

function numberIn(text: string, range: { name: string; min: number; max: number }): number {
  const { name, min, max } = range;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`${name}: expected a whole number from ${min} to ${max}, found ${text}`);
}

if (import.meta.main) {
  try {
    const warn = (text: string): void => console.error(`warning: ${text}`);
    console.log(JSON.stringify(await packFolder({ ...readArguments(Deno.args), warn })));
  } catch (error) {
    console.error(`pack: ${messageOf(error)}`);
    if (error instanceof DataHubSyncError && error.hint) console.error(`hint: ${error.hint}`);
    const usage = error instanceof UsageError || error instanceof TypeError;
    process.exitCode = usage ? 2 : 1;
  }
}
