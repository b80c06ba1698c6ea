/**
 * SHA-256 of content together with its midstate, for publishers: by the runtime's hash and, in
 * parallel, by one resumed from the midstate of the file's earlier content.
 *
 * Guarantees: the digest is the runtime's, over all of the content. A midstate is returned only if the
 * resumed hash gives the same digest, so a file that was rewritten at the same or a greater length
 * gets none, or was hashed from its start.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Hashed, Sha256, wholeBlocks } from "./sha256.ts";

/** A digest and the midstate to resume its hash from, both in base64url. */
interface Digested {
  sha256: string;
  midstate?: string;
}

/** A running hash. */
export class ResumableHash {
  readonly #hash = createHash("sha256");
  readonly #resumable: Sha256;

  /** `before` is the file's content as it was last hashed. */
  constructor(before: Hashed | undefined) {
    const from = before && Sha256.from(before.midstate, wholeBlocks(before.size));
    this.#resumable = from?.fromTheStart() ?? new Sha256();
  }

  /** Hashes more content. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#resumable.update(bytes);
  }

  /** The digest of the content so far. */
  digest(): Digested {
    const sha256 = this.#hash.digest("base64url");
    const { midstate } = this.#resumable;
    return this.#resumable.digest() === sha256 ? { sha256, midstate } : { sha256 };
  }
}

/** The same for content in memory, which always gets its midstate. */
export function digestOf(content: Uint8Array, before: Hashed | undefined): Required<Digested> {
  for (const known of [before, undefined]) {
    const hash = new ResumableHash(known);
    hash.update(content);
    const { sha256, midstate } = hash.digest();
    if (midstate !== undefined) return { sha256, midstate };
  }
  throw new Error("two ways to compute SHA-256 differ");
}
