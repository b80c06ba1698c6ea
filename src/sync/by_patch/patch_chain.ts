/**
 * Chooses the patches that turn what a folder holds into what the catalog offers. Pure.
 *
 * Guarantees: a chain leads from one package to the other without a gap or a detour; there is none
 * if fetching the package's directory and the changes would cost fewer bytes.
 *
 * @module
 */
import type { CatalogEntry, PatchEntry } from "../../types.ts";
import { firstTailOf } from "../look/package_view.ts";

/** What the folder holds. */
export interface HeldPackage {
  /** The package's fingerprint; `null` = of no single package. */
  fingerprint: string | null;
  /** How many of its files the folder holds. */
  files: number;
}

/**
 * Tails and ends cost several times the new content; a filter that leaves few files makes up for
 * it.
 */
const RANGES_COST = 4;

/** The chain, oldest patch first; `undefined` = no patches fit, or they aren't worth it. */
export function chainFor(listed: CatalogEntry, held: HeldPackage): PatchEntry[] | undefined {
  const { patches = [], fingerprint } = listed;
  if (fingerprint === undefined || held.fingerprint === null) return undefined;
  if (held.fingerprint === fingerprint) return undefined;
  const chain = cheapestChain(patches, held.fingerprint, fingerprint);
  return chain !== undefined && isWorthIt(chain, listed, held) ? chain : undefined;
}

/** Picks the chain with the fewest bytes if there are several, as after a package was reverted. */
function cheapestChain(
  patches: readonly PatchEntry[],
  from: string,
  to: string,
): PatchEntry[] | undefined {
  const ways = new Map<string, PatchEntry[]>([[from, []]]);
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const patch of patches) {
      const before = ways.get(patch.from);
      const known = ways.get(patch.to);
      if (before === undefined) continue;
      if (known !== undefined && chainSize(known) <= chainSize(before) + patch.size) continue;
      ways.set(patch.to, [...before, patch]);
      isNew = true;
    }
  }
  return ways.get(to);
}

/** A chain's size in bytes. */
export function chainSize(chain: readonly PatchEntry[]): number {
  return chain.reduce((sum, { size }) => sum + size, 0);
}

/** Whether a chain costs less than the package, and than its directory with what changed of it. */
function isWorthIt(
  chain: readonly PatchEntry[],
  { packageSize, fileCount }: CatalogEntry,
  { files }: HeldPackage,
): boolean {
  const size = chainSize(chain);
  if (packageSize > 0 && size >= packageSize) return false;
  const share = fileCount > 0 ? Math.min(1, files / fileCount) : 1;
  return size <= firstTailOf(fileCount) + share * size * RANGES_COST;
}
