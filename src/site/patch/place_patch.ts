/**
 * A patch beside the package that it leads to: makes it, places it, and decides which earlier ones
 * are still worth keeping.
 *
 * Guarantees: the patches that are listed lead to the new package, each earlier package by one way,
 * and that way is smaller than the package. Making one needs no lock, so other datasets are placed
 * meanwhile; it gets its name under the lock, so that it isn't taken for a replaced one. A patch that
 * can't be made costs nothing but itself: the package is placed all the same.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { messageOf } from "../../errors.ts";
import { flushAll, flushDirectories } from "../../fs/flush.ts";
import { renameInPlace } from "../../fs/held_folder.ts";
import type { OfferedPatch } from "../../types.ts";
import { PACK } from "../../messages/pack.ts";
import { type MadePatch, makePatch } from "./make_patch.ts";
import type { GrownFiles } from "../grown_files.ts";
import type { SitePool } from "../site_pool.ts";
import { makePublic, makePublicFolder, statOf } from "../public_file.ts";
import { sha256Of } from "../stage_package.ts";
import { openSite } from "../open_site.ts";
import { patchName, patchUrl, type SitePaths } from "../site_paths.ts";

/** The most patches that are listed: a client that was away longer takes the package. */
const MOST_PATCHES = 14;

interface PatchInput {
  /** The dataset's name. */
  name: string;
  /** The package that was offered so far, and its patches. */
  before: { path: string; patches: readonly OfferedPatch[] };
  /** The package that replaces it: where it lies now, and its length in bytes. */
  package: { path: string; total: number };
  /** Where it is made. */
  folder: string;
  /** What grew in between, as far as it was noted. */
  grown: GrownFiles | undefined;
  /** Where it is made; default: threads of its own. */
  pool: SitePool | undefined;
  /** Ms since the epoch. */
  now: number;
  durable: boolean;
  /** Called with the reason, in one sentence, if there is no patch. */
  warn: (message: string) => void;
}

/** A patch that isn't placed yet: disposing of it removes its file. */
export interface PreparedPatch extends AsyncDisposable {
  /** Gives it its name; returns the patches to list. Needs the site's lock. Never throws. */
  place(): Promise<OfferedPatch[]>;
}

/** Makes the patch. Never throws: without patches everybody still gets the package. */
export async function preparePatch(paths: SitePaths, input: PatchInput): Promise<PreparedPatch> {
  const { name, before, durable } = input;
  const made = await orWarn(input, async () => {
    const { pool, grown } = input;
    const patch = await makePatch(before.path, input.package.path, input.folder, { pool, grown });
    if (patch !== undefined && durable) await flushAll([patch.path]);
    return patch;
  });
  return {
    place: async () =>
      made === undefined ? [] : await orWarn(input, async () => {
        await nameIt(paths, made, input);
        return patchesTo(listed(name, made), before.patches, input.package.total);
      }) ?? [],
    [Symbol.asyncDispose]: async () => {
      if (made !== undefined) await Deno.remove(made.path).catch(() => {});
    },
  };
}

async function orWarn<T>(
  { name, warn }: PatchInput,
  make: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    warn(PACK.no_patch({ name, why: messageOf(error) }));
    return undefined;
  }
}

async function nameIt(
  paths: SitePaths,
  made: MadePatch,
  { name, now, durable }: PatchInput,
): Promise<void> {
  const path = join(paths.patches, patchName(name, made));
  await makePublicFolder(dirname(path));
  makePublic(made.path, Math.floor(now / 1000));
  renameInPlace(made.path, path);
  if (durable) await flushDirectories([dirname(path), paths.patches]);
}

/**
 * The new patch with those before it, the oldest first: as many as lead to its package for fewer bytes
 * than that has. Where a package was offered twice, the patches between are a detour and left out.
 */
export function patchesTo(
  last: OfferedPatch,
  before: readonly OfferedPatch[],
  packageSize: number,
): OfferedPatch[] {
  const bytesFrom = new Map([[last.to, 0]]);
  const kept: OfferedPatch[] = [];
  for (const patch of [last, ...before.toReversed()]) {
    const rest = bytesFrom.get(patch.to);
    if (kept.length === MOST_PATCHES) break;
    if (rest === undefined || bytesFrom.has(patch.from)) continue;
    if (rest + patch.size >= packageSize) continue;
    bytesFrom.set(patch.from, rest + patch.size);
    kept.unshift(patch);
  }
  return kept;
}

function listed(name: string, { from, to, size, sha256 }: MadePatch): OfferedPatch {
  return { from, to, url: patchUrl(name, { from, to }), size, sha256 };
}

/** Room for an upstream's patch in a site: disposing of it removes it where it wasn't taken. */
interface StagedPatch extends AsyncDisposable {
  /** Where to write it. */
  path: string;
  /** Gives it its name. Throws StoreError. */
  take(): void;
}

/** Where an upstream's patch is written; `undefined` = the site has it. Throws StoreError. */
export async function stageUpstreamPatch(
  dir: string,
  { name, patch, now }: { name: string; patch: OfferedPatch; now: number },
): Promise<StagedPatch | undefined> {
  const paths = openSite(dir, name);
  const placed = join(paths.patches, patchName(name, patch));
  if ((await statOf(placed))?.size === patch.size && await sha256Of(placed) === patch.sha256) {
    return undefined;
  }
  for (const folder of [paths.staging, dirname(placed)]) await makePublicFolder(folder);
  const path = join(paths.staging, `${crypto.randomUUID()}.tmp`);
  return {
    path,
    take: () => {
      makePublic(path, Math.floor(now / 1000));
      renameInPlace(path, placed);
    },
    [Symbol.asyncDispose]: () => Deno.remove(path).catch(() => {}),
  };
}
