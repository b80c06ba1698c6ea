/**
 * Checks the digest that a hub announced for a whole package.
 *
 * Guarantees: reads the partial once, in bounded memory. Whether all of a package is downloaded for
 * it is decided in proof.ts; a delta rests on the directory's CRC-32s.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { HubError } from "../../errors.ts";
import type { PartialPackage } from "../../store/partial.ts";
import type { Digest } from "../../types.ts";
import { SYNC } from "../../messages/sync.ts";

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
