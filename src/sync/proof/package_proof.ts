/**
 * Proves a gathered package: by the digest that the catalog announces for all of it, or by those of
 * its entries. Decides whether the package must be fetched whole for that.
 *
 * Guarantees: the server that delivers the package has no say in the proof. A package is fetched whole
 * before any of it is published if any of it came from another origin than the catalog, if the folder
 * holds nothing of it, or if nearly all of it is needed anyway. While a proof is due, staged files count
 * only if this run made them from the very bytes that it proves. Where each entry is proven by its own
 * digest (content_proof.ts), no package is fetched whole for a proof. If no proof is due, only a part is
 * fetched, and the caller warns. A package with another digest leaves nothing behind.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { HubConfig } from "../../config/config.ts";
import { HubError } from "../../errors.ts";
import { SYNC } from "../../messages/sync.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { markUnproven, unmarkUnproven } from "../../store/staging.ts";
import type { Digest, ListedDataset } from "../../types.ts";
import type { Look } from "../look/look.ts";
import type { Stock } from "../on_disk/stock.ts";
import type { ContentProof } from "./content_proof.ts";

/** The package, and what is known of it. */
interface PackageProofInput {
  listed: ListedDataset;
  layout: Layout;
  /** Whether bytes came from another origin than the catalog. */
  remote: { readonly foreign: boolean };
  /** How many files would be removed. */
  deletesFor: (look: Look) => number;
}

/** A plan's facts, before it is carried out. */
interface PlannedFetch {
  /** How many files change. */
  files: number;
  /** Whether any of the package's paths exists in the folder. */
  holdsAny: boolean;
  /** Bytes of the package that the plan doesn't fetch. */
  left: number;
}

/** If less than this share would be left out, fetch it too, for the digest. */
const SMALL_REST = 0.1;

/** Bytes per read, into one buffer: with a new one for each, 236 MB took 75 MB of memory. */
const PIECE = 1 << 20;

/** The proof of one package in one run. */
export class PackageProof {
  readonly #input: PackageProofInput;
  readonly #mode: HubConfig["digest"];
  readonly #content: ContentProof;
  readonly #stock: Stock;
  #due: boolean;
  #wholeIsProven = false;

  /** `mode` is `hub.digest`; entries that fail are dropped from `stock`. */
  constructor(
    input: PackageProofInput,
    { mode, content, stock }: { mode: HubConfig["digest"]; content: ContentProof; stock: Stock },
  ) {
    this.#input = input;
    this.#mode = mode;
    this.#content = content;
    this.#stock = stock;
    this.#due = input.listed.digest !== undefined && mode === "always";
  }

  /** Whether the whole package must be fetched and checked. */
  get due(): boolean {
    return this.#due;
  }

  /** Makes a proof due if a plan needs it, and drops what is staged; returns whether it did. */
  becomesDue(look: Look, { files, holdsAny, left }: PlannedFetch): boolean {
    const { listed, remote: { foreign }, deletesFor } = this.#input;
    if (files === 0 && deletesFor(look) === 0) return false;
    if (this.#due || listed.digest === undefined || this.#content.offered) return false;
    const nearlyAll = left <= look.total * SMALL_REST;
    this.#due = !holdsAny || nearlyAll || (foreign && this.#mode === "auto");
    if (this.#due) this.#stock.dropStaged();
    return this.#due;
  }

  /** Checks each gathered entry by its digest, if there are any; drops those that fail. */
  async checkEntries(look: Look): Promise<boolean> {
    // Bytes may have come from elsewhere only after a plan that trusted the catalog's own server.
    const files = this.#stock.staged.size;
    if (this.becomesDue(look, { files, holdsAny: true, left: look.total })) return false;
    if (await this.#content.checkEntries(look, (path) => this.#stock.factOf(path))) return true;
    this.#stock.dropUnlike(look.located);
    return false;
  }

  /** Marks on the disk, before the download, that what is staged isn't proven yet. */
  begin(): void {
    markUnproven(this.#input.layout);
  }

  /** Checks the package by the announced digest, once all of it is there. Throws HubError `changed`. */
  async checkWhole(partial: PartialPackage): Promise<void> {
    const { listed: { digest }, layout } = this.#input;
    const all = [{ start: 0, end: partial.key.total }];
    if (digest === undefined || partial.have.missing(all).length > 0) return;
    try {
      await checkDigest(partial, digest);
      this.#wholeIsProven = true;
      unmarkUnproven(layout);
    } catch (error) {
      partial.drop();
      this.#stock.dropStaged();
      throw error;
    }
  }

  /** What is proven, after the checks. */
  get result(): { proven: boolean; digests: string | null; digestList: Uint8Array | undefined } {
    const { offered, digests, bytes: digestList } = this.#content;
    return { proven: this.#wholeIsProven || offered, digests, digestList };
  }
}

/**
 * Why an announced digest wasn't checked, for a warning. No warning if an announced fingerprint
 * proved the directory, and with it the CRC-32 of every entry.
 */
export function whyUnproven(
  { digest, fingerprint }: ListedDataset,
  { moves, deletes }: { moves: readonly unknown[]; deletes: readonly unknown[] },
): string | undefined {
  if (digest === undefined || fingerprint !== undefined) return undefined;
  if (moves.length + deletes.length === 0) return undefined;
  return SYNC.digest_unchecked({ algorithm: digest.algorithm });
}

/** Throws HubError `changed` if the partial, which holds the whole package, has another digest. */
async function checkDigest(partial: PartialPackage, digest: Digest): Promise<void> {
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
