/**
 * Decides whether a package must be fetched whole, so that the digest announced in the catalog can
 * be checked.
 *
 * Guarantees: the server that delivers the package has no say in it. If any of it came from another
 * origin than the catalog, it is fetched whole before any of it is published; so is a package of
 * which the folder holds nothing, and one of which nearly everything is needed (a stray byte
 * between entries makes no difference). While a proof is due, staged files count only if they came
 * from the very bytes that are proven, in the run that proves them. Where each entry is proven by its
 * own digest (content_proof.ts), a part is as good as the whole. If no proof is due, a part is
 * fetched, and the caller warns. The check itself reads the partial once, in bounded memory.
 *
 * @module
 */
import type { HubConfig } from "../../config/config.ts";
import type { CatalogEntry, Digest } from "../../types.ts";
import { SYNC } from "../../messages/sync.ts";
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { HubError } from "../../errors.ts";
import type { PartialPackage } from "../../store/partial.ts";

/** A plan's facts, before it is carried out. */
interface PlannedFetch {
  /** Whether bytes came from another origin than the catalog. */
  foreign: boolean;
  /** Whether each entry is compared with a list of digests. */
  byContent: boolean;
  /** Whether any of the package's paths exists in the folder. */
  holdsAny: boolean;
  /** Bytes of the package that the plan doesn't fetch. */
  left: number;
  /** The package's length in bytes. */
  total: number;
}

/** If less than this share would be left out, fetch it too, for the digest. */
const SMALL_REST = 0.1;

/** Whether the announced digest must be proven. */
export class Proof {
  readonly #listed: CatalogEntry;
  readonly #mode: HubConfig["digest"];
  #due: boolean;

  /** `mode` is `hub.digest`. */
  constructor(listed: CatalogEntry, mode: HubConfig["digest"]) {
    this.#listed = listed;
    this.#mode = mode;
    this.#due = listed.digest !== undefined && mode === "always";
  }

  /** Whether the whole package is needed. */
  get due(): boolean {
    return this.#due;
  }

  /** Takes into account a plan that changes something; returns whether that made the proof due. */
  judge(fetch: PlannedFetch): boolean {
    if (this.#due || this.#listed.digest === undefined || fetch.byContent) return false;
    const nearlyAll = fetch.left <= fetch.total * SMALL_REST;
    this.#due = !fetch.holdsAny || nearlyAll || (fetch.foreign && this.#mode === "auto");
    return this.#due;
  }
}

/**
 * Why an announced digest wasn't checked, for a warning. No warning if an announced fingerprint
 * proved the directory, and with it the CRC-32 of every entry.
 */
export function whyUnproven(
  { digest, fingerprint }: CatalogEntry,
  { moves, deletes }: { moves: readonly unknown[]; deletes: readonly unknown[] },
): string | undefined {
  if (digest === undefined || fingerprint !== undefined) return undefined;
  if (moves.length + deletes.length === 0) return undefined;
  return SYNC.digest_unchecked({ algorithm: digest.algorithm });
}

/** Bytes per read, into one buffer: with a new one for each, 236 MB took 75 MB of memory. */
const PIECE = 1 << 20;

/** Throws HubError `changed` if the partial, which holds the whole package, has another digest. */
export async function checkDigest(partial: PartialPackage, digest: Digest): Promise<void> {
  const hash = createHash(digest.algorithm);
  const { total } = partial.key;
  const buffer = new Uint8Array(PIECE);
  for (let start = 0; start < total; start += PIECE) {
    hash.update(partial.read({ start, end: Math.min(total, start + PIECE) }, buffer));
    await setImmediate(); // lets progress be drawn and signals be handled
  }
  const found = hash.digest("hex");
  if (found === digest.hex) return;
  const message = SYNC.wrong_digest({ algorithm: digest.algorithm });
  throw new HubError("changed", message, {
    expected: digest.hex,
    found,
    hint: SYNC.digest_hint(),
  });
}
