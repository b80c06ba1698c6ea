/**
 * Proves a gathered package: by the digest that the catalog announces for all of it, or by those of
 * its entries.
 *
 * Guarantees: while the digest of the whole is due, nothing counts as gathered that didn't come from
 * the very bytes that are checked. A package with another digest leaves nothing behind.
 *
 * @module
 */
import type { HubConfig } from "../../config/config.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { markUnproven, unmarkUnproven } from "../../store/staging.ts";
import type { CatalogEntry } from "../../types.ts";
import type { Look } from "../look/look.ts";
import type { Stock } from "../on_disk/stock.ts";
import type { ContentProof } from "./content_proof.ts";
import { checkDigest, Proof } from "./proof.ts";

/** The package, and what is known of it. */
interface PackageProofInput {
  listed: CatalogEntry;
  layout: Layout;
  /** Whether bytes came from another origin than the catalog. */
  remote: { readonly foreign: boolean };
  /** How many files would be removed. */
  deletesFor: (look: Look) => number;
}

/** The proof of one package in one run. */
export class PackageProof {
  readonly #input: PackageProofInput;
  readonly #ofWhole: Proof;
  readonly #content: ContentProof;
  readonly #stock: Stock;
  #wholeIsProven = false;

  /** `mode` is `hub.digest`; entries that fail are dropped from `stock`. */
  constructor(
    input: PackageProofInput,
    { mode, content, stock }: { mode: HubConfig["digest"]; content: ContentProof; stock: Stock },
  ) {
    this.#input = input;
    this.#ofWhole = new Proof(input.listed, mode);
    this.#content = content;
    this.#stock = stock;
  }

  /** Whether the whole package has to be fetched and checked. */
  get due(): boolean {
    return this.#ofWhole.due;
  }

  /** Whether `files` changed files need a proof that nothing has given yet; then nothing stays staged. */
  needs(
    look: Look,
    { files, ...amounts }: { files: number; holdsAny: boolean; left: number },
  ): boolean {
    const { remote: { foreign }, deletesFor } = this.#input;
    if (files === 0 && deletesFor(look) === 0) return false;
    const byContent = this.#content.offered;
    if (!this.#ofWhole.judge({ foreign, byContent, total: look.total, ...amounts })) return false;
    this.#stock.dropStaged();
    return true;
  }

  /**
   * Whether everything gathered is what the hub vouches for, where that must be proven; if it
   * isn't, what fails no longer counts as there.
   */
  async holds(look: Look): Promise<boolean> {
    // Bytes may have come from elsewhere only after a plan that trusted the catalog's own server.
    const files = this.#stock.staged.size;
    if (this.needs(look, { files, holdsAny: true, left: look.total })) return false;
    if (await this.#content.holds(look, (path) => this.#stock.factOf(path))) return true;
    this.#stock.dropUnlike(look.located);
    return false;
  }

  /** Says on the disk, before the download, that what is staged isn't proven yet. */
  begin(): void {
    markUnproven(this.#input.layout);
  }

  /** Checks the announced digest, once all of the package is there. Throws HubError `changed`. */
  async check(partial: PartialPackage): Promise<void> {
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

  /** What is proven, once the package holds. */
  get result(): { proven: boolean; digests: string | null; digestList: Uint8Array | undefined } {
    const { offered, provenList: digests, bytes: digestList } = this.#content;
    return { proven: this.#wholeIsProven || offered, digests, digestList };
  }
}
