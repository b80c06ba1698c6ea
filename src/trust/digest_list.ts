/**
 * A list of SHA-256 digests, one per entry of a package: they prove the content, where CRC-32 only shows
 * that it arrived undamaged. The list of midstates (sha256.ts) has the same form.
 *
 * ```text
 * 16 bytes    "datahubsync-sha\n", or "datahubsync-mid\n"
 * 32 bytes    SHA-256 of the content, for each entry in the order of the central directory
 * ```
 *
 * Guarantees: a list has exactly one form, so that a client that knows every digest can rebuild it and
 * compare its SHA-256 with the catalog's, without fetching it. A file of any other length or beginning
 * is refused. The catalog, not the list, states which package a list belongs to.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ArchiveError } from "../errors.ts";
import { TRUST } from "../messages/trust.ts";
import type { ListedDataset } from "../types.ts";

/** The lists that a hub offers for a package. */
export type OfferedDigests = NonNullable<ListedDataset["digests"]>;

/** What a list holds. */
export type ListKind = "sha256" | "midstates";

const encoder = new TextEncoder();
const MAGIC: Record<ListKind, Uint8Array> = {
  sha256: encoder.encode("datahubsync-sha\n"),
  midstates: encoder.encode("datahubsync-mid\n"),
};
const MAGIC_BYTES = 16;
const DIGEST_BYTES = 32;

/** The SHA-256 of no bytes: a folder's entry has it. */
export const EMPTY_DIGEST: string = createHash("sha256").digest("base64url");

/** A list's length in bytes. */
export function digestListSize(entries: number): number {
  return MAGIC_BYTES + DIGEST_BYTES * entries;
}

/**
 * Makes the list; digests are in base64url (43 characters), in the directory's order. `undefined` if
 * one isn't known, or isn't a digest.
 */
export function makeDigestList(
  digests: readonly (string | undefined)[],
  kind: ListKind = "sha256",
): Uint8Array | undefined {
  const list = new Uint8Array(digestListSize(digests.length));
  list.set(MAGIC[kind]);
  for (let index = 0, at = MAGIC_BYTES; index < digests.length; index++, at += DIGEST_BYTES) {
    const digest = digests[index];
    if (digest === undefined) return undefined;
    if (!decode(digest, list.subarray(at, at + DIGEST_BYTES))) return undefined;
  }
  return list;
}

/** In a fifth of the time of `Buffer.from`; `false` = it isn't 32 bytes in base64url. */
function decode(digest: string, into: Uint8Array): boolean {
  try {
    const { read, written } = into.setFromBase64(digest, { alphabet: "base64url" });
    return written === DIGEST_BYTES && read === digest.length;
  } catch {
    return false;
  }
}

/** A parsed list. */
export class DigestList {
  /** The list as a file. */
  readonly bytes: Uint8Array;

  /** Parses the list of a package with this many entries. Throws ArchiveError `bad_digests`. */
  constructor(bytes: Uint8Array, entries: number, kind: ListKind = "sha256") {
    const expected = digestListSize(entries);
    if (bytes.length !== expected) {
      throw badList({
        expected: `${expected} bytes for ${entries} entries`,
        found: `${bytes.length} bytes`,
      });
    }
    if (!MAGIC[kind].every((byte, index) => bytes[index] === byte)) {
      throw badList({ expected: "a list of digests", found: "another file" });
    }
    this.bytes = bytes;
  }

  /** The digest of the entry at this index of the directory, in base64url. */
  of(index: number): string {
    const start = MAGIC_BYTES + DIGEST_BYTES * index;
    const bytes = this.bytes.subarray(start, start + DIGEST_BYTES);
    if (bytes.length < DIGEST_BYTES) throw new RangeError(`no entry ${index}`);
    return Buffer.from(bytes).toString("base64url");
  }
}

/** The SHA-256 of bytes in lower-case hex. */
export function sha256Hex(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function badList(evidence: { expected: string; found: string }): ArchiveError {
  return new ArchiveError("bad_digests", TRUST.bad_list(), evidence);
}
