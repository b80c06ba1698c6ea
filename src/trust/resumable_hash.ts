/**
 * SHA-256 of content together with its midstate, for whoever publishes: by the runtime's hash, and
 * beside it by one that goes on from an earlier state of the same file.
 *
 * Guarantees: the digest is the runtime's, over all of the content. A midstate is answered only if the
 * hash that went on from an earlier one comes to the same digest, so a file that was rewritten at the
 * same length or a greater one gets none, or was hashed from its start.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Hashed, Sha256, wholeBlocks } from "./sha256.ts";

/** A digest, and what lets it be gone on with; both in base64url. */
interface Digested {
  sha256: string;
  midstate?: string;
}

/** A running hash. */
export class ResumableHash {
  readonly #hash = createHash("sha256");
  readonly #resumable: Sha256;

  /** `before` is what was known of the file the last time. */
  constructor(before: Hashed | undefined) {
    const from = before && Sha256.from(before.midstate, wholeBlocks(before.size));
    this.#resumable = from?.fromTheStart() ?? new Sha256();
  }

  /** Takes more content. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#resumable.update(bytes);
  }

  /** What came so far. */
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
