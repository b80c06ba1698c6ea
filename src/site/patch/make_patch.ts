/**
 * Makes the patch that turns one package into the next, out of both.
 *
 * Guarantees: whoever has the old package's files gets the new package's files by it, and it was
 * read back, whole, before it is offered. An entry that can't be unpacked here (another method,
 * damaged) is left out of it: clients fetch that one from the package. It is made only where it is
 * small beside the package. Bounded memory, whatever an entry's size.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { join } from "node:path";
import { collectGarbage } from "../../garbage.ts";
import { readPatch } from "../../patch/read_patch.ts";
import { type EntryChange, parseRecipe } from "../../patch/recipe.ts";
import { type Compress, writePatch } from "../../patch/write_patch.ts";
import { PackageFile } from "../../zip/read/package_file.ts";
import { Comparison } from "./comparison.ts";
import type { GrownFiles } from "../grown_files.ts";
import { SitePool } from "../site_pool.ts";
import { sha256Of } from "../stage_package.ts";

/** A patch on its way in. */
export interface MadePatch {
  path: string;
  /** Fingerprints of both packages. */
  from: string;
  to: string;
  /** In bytes. */
  size: number;
  /** In lower-case hex. */
  sha256: string;
}

/** A patch is offered where it is at most this part of the package. */
const LARGEST_PART = 0.1;
/**
 * Makes a patch in `folder`; `undefined` where none is worth it. Throws ArchiveError for a package
 * that can't be read, and what writing throws.
 */
export async function makePatch(
  oldPackage: string,
  newPackage: string,
  folder: string,
  options: { pool?: SitePool | undefined; grown?: GrownFiles | undefined } = {},
): Promise<MadePatch | undefined> {
  using now = await PackageFile.open(newPackage);
  const { fingerprint: to, total } = now.directory;
  const path = join(folder, `${crypto.randomUUID()}.tmp`);
  const dataPath = `${path}.data`;
  using data = Deno.openSync(dataPath, { read: true, write: true, createNew: true, mode: 0o600 });
  using own = options.pool === undefined ? new SitePool() : undefined;
  const pool = options.pool ?? own!;
  let kept = false;
  try {
    const { grown } = options;
    tidy(pool);
    const compared = await compare(oldPackage, now, { data, pool, grown, newPackage });
    if (compared === undefined) return undefined;
    tidy(pool);
    const { from, changes, dataSize } = compared;
    const size = await writePatch(path, {
      from,
      to,
      packageSize: total,
      directory: await now.directoryBytes(),
      changes,
      data,
      dataSize,
    }, { compress: compressIn(pool), atOnce: pool.ahead });
    if (size > total * LARGEST_PART) return undefined;
    tidy(pool);
    await readBack(path, now);
    kept = true;
    return { path, from, to, size, sha256: await sha256Of(path) };
  } finally {
    for (const one of kept ? [dataPath] : [dataPath, path]) await Deno.remove(one).catch(() => {});
  }
}

/** Between the steps, which each take memory: 4 MB of 5,600 entries, 25 MB of a few big ones. */
function tidy(pool: SitePool): void {
  pool.rest();
  collectGarbage(1, { worth: 1, giveBack: true });
}

/** Compares two packages; the old one's directory is garbage afterwards. `undefined` = none is worth it. */
async function compare(
  oldPackage: string,
  now: PackageFile,
  { data, pool, grown, newPackage }: {
    data: Deno.FsFile;
    pool: SitePool;
    grown: GrownFiles | undefined;
    newPackage: string;
  },
): Promise<{ from: string; changes: EntryChange[]; dataSize: number } | undefined> {
  using old = await PackageFile.open(oldPackage);
  const { fingerprint: from } = old.directory;
  const { fingerprint: to, total: most } = now.directory;
  if (from === to) return undefined;
  const paths = { old: oldPackage, now: newPackage };
  const comparison = new Comparison(old, now, { data, most, pool, grown, paths });
  const changes = await comparison.run();
  return changes && { from, changes, dataSize: comparison.dataSize };
}

/** Compresses blocks on the pool's threads. */
function compressIn(pool: SitePool): Compress {
  return async (content, quality) => {
    const { length, buffer } = content;
    const done = await pool.order<"brotli">({ kind: "brotli", length, quality }, { buffer });
    return { bytes: done.bytes.subarray(0, done.result), buffer: done.bytes.buffer };
  };
}

/** Reads a patch as a client does. Throws ArchiveError. */
async function readBack(path: string, { directory: { entries } }: PackageFile): Promise<void> {
  using file = openPlain(path);
  const limits = { maxDirectorySize: Infinity };
  await readPatch(file, limits, ({ header: { dataSize }, recipe }) => {
    parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
    return Promise.resolve({ writeSync: (bytes) => bytes.length });
  });
}
