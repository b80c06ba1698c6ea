/**
 * Decides whether a package has to be fetched whole, so that the digest that its catalog announces
 * can be checked.
 *
 * Guarantees: whoever delivers the package doesn't decide it. Once any of it came from another
 * origin than the catalog, all of it is fetched before any of it is published; so is a package of
 * which the folder holds nothing, and one of which nearly all is wanted: a stray byte between the
 * entries makes no difference. While a proof is due, staged files count only if they came out of
 * the very bytes that are proven, in the run that proves them. Where the proof isn't due, a part is fetched, and a caller warns.
 *
 * @module
 */
import type { HubConfig } from "../config/config.ts";
import type { CatalogEntry } from "../types.ts";

/** What there is to know about a plan before it is carried out. */
export interface PlannedFetch {
  /** Whether bytes came from elsewhere than the catalog. */
  foreign: boolean;
  /** Whether the folder has a file for any of the package's paths. */
  holdsAny: boolean;
  /** Bytes of the package that would be missing in the end. */
  left: number;
  /** The package's length in bytes. */
  total: number;
}

/** With less than this share of a package left out, the rest is worth its digest. */
const SMALL_REST = 0.1;

/** Whether the announced digest is to be proven. */
export class Proof {
  readonly #entry: CatalogEntry;
  readonly #mode: HubConfig["digest"];
  #due: boolean;

  /** `mode` is `hub.digest`. */
  constructor(entry: CatalogEntry, mode: HubConfig["digest"]) {
    this.#entry = entry;
    this.#mode = mode;
    this.#due = entry.digest !== undefined && mode === "always";
  }

  /** Whether all of the package is wanted. */
  get due(): boolean {
    return this.#due;
  }

  /** Takes a plan that changes something into account; says whether that made the proof due. */
  look(fetch: PlannedFetch): boolean {
    if (this.#due || this.#entry.digest === undefined) return false;
    const nearlyAll = fetch.left <= fetch.total * SMALL_REST;
    this.#due = !fetch.holdsAny || nearlyAll || (fetch.foreign && this.#mode === "auto");
    return this.#due;
  }
}

/**
 * Why an announced digest wasn't checked: it is no reason to be silent. An announced fingerprint has
 * proven the directory, and by that the CRC-32 of every entry.
 */
export function whyUnproven(
  { digest, fingerprint }: CatalogEntry,
  { moves, deletes }: { moves: readonly unknown[]; deletes: readonly unknown[] },
): string | undefined {
  if (digest === undefined || fingerprint !== undefined) return undefined;
  if (moves.length + deletes.length === 0) return undefined;
  return `the announced ${digest.algorithm} wasn't checked, since only a part of the package was ` +
    "fetched; `hub.digest: always` fetches all of it every time";
}
