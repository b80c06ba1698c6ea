/**
 * A patch beside the package that it leads to: makes it, places it, and decides which earlier ones
 * are still worth keeping.
 *
 * Guarantees: the patches that are listed are a chain that ends in the new package, and together
 * they are smaller than it. A patch that can't be made costs nothing but itself: the package is
 * placed all the same.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { messageOf } from "../errors.ts";
import { flushAll, flushDirectories } from "../fs/flush.ts";
import { type MadePatch, makePatch } from "./make_patch.ts";
import { makePublic, makePublicFolder } from "./public_file.ts";
import type { SitePatch } from "./site_catalog.ts";
import { patchName, patchUrl, type SitePaths } from "./site_paths.ts";

/** A chain is as long as this at most: a client that was away longer takes the package. */
const LONGEST_CHAIN = 14;

/** Between which packages, and how. */
export interface PatchInput {
  /** The dataset's name. */
  name: string;
  /** The package that was offered so far, and its patches. */
  before: { path: string; patches: readonly SitePatch[] };
  /** The package that takes its place: where it lies now, and its length in bytes. */
  package: { path: string; total: number };
  /** Ms since the epoch. */
  now: number;
  durable: boolean;
  /** Told in one sentence why there is no patch. */
  warn: (message: string) => void;
}

/**
 * Makes the patch and gives it its name; answers the chain that the catalog is to list. Never
 * throws: without patches everybody still gets the package.
 */
export async function placePatch(paths: SitePaths, input: PatchInput): Promise<SitePatch[]> {
  const { name, before, now, durable, warn } = input;
  try {
    const made = await makePatch(before.path, input.package.path, paths.staging);
    if (made === undefined) return [];
    const path = join(paths.patches, patchName(name, made));
    await makePublicFolder(dirname(path));
    if (durable) await flushAll([made.path]);
    makePublic(made.path, Math.floor(now / 1000));
    await Deno.rename(made.path, path);
    if (durable) await flushDirectories([dirname(path), paths.patches]);
    return chainTo(listed(name, made), before.patches, input.package.total);
  } catch (error) {
    warn(`No patch was made for ${name}: ${messageOf(error)}`);
    return [];
  }
}

/** The new patch with those before it, as many as are worth their bytes. */
export function chainTo(
  last: SitePatch,
  before: readonly SitePatch[],
  packageSize: number,
): SitePatch[] {
  const chain = [last];
  let bytes = last.size;
  while (chain.length < LONGEST_CHAIN) {
    const earlier = before.find(({ to }) => to === chain[0]!.from);
    if (earlier === undefined || chain.includes(earlier)) break;
    bytes += earlier.size;
    if (bytes >= packageSize) break;
    chain.unshift(earlier);
  }
  return chain;
}

function listed(name: string, { from, to, size, sha256 }: MadePatch): SitePatch {
  return { from, to, url: patchUrl(name, { from, to }), size, sha256 };
}
