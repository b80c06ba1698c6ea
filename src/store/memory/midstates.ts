/**
 * The midstates of one dataset's files, by the digest of their content: the hash of a file that grows
 * is resumed from its midstate. They are kept in the work folder because they can only be had from the
 * hub or by hashing a file from its start.
 *
 * Guarantees: what is loaded was saved; a missing, damaged or foreign file counts as empty, and
 * failing to write isn't an error. Only speed depends on it: a midstate is used only if resuming from
 * it gives the digest that it is stored under.
 *
 * @module
 */
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { list, openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import { DISK } from "../../messages/disk.ts";

const KIND: SealKind = { what: DISK.memory_of_midstates(), format: 1 };

/** The length of a digest in base64url, and of a midstate. */
const CHARACTERS = 43;

/** Loads what is remembered at `path`: midstates by digest, both in base64url. */
export async function loadMidstates(path: string): Promise<Map<string, string>> {
  const opened = await openSealed(path, KIND).catch(() => undefined);
  const rows = opened?.state === "sound" ? opened.value["midstates"] : undefined;
  const midstates = new Map<string, string>();
  for (const row of Array.isArray(rows) ? rows : []) {
    if (typeof row !== "string" || row.length !== 2 * CHARACTERS) continue;
    midstates.set(row.slice(0, CHARACTERS), row.slice(CHARACTERS));
  }
  return midstates;
}

/** Replaces the file with these pairs of a digest and its midstate. */
export async function saveMidstates(
  path: string,
  pairs: Iterable<readonly [string, string]>,
): Promise<void> {
  const rows = function* () {
    for (const [sha256, midstate] of pairs) yield JSON.stringify(sha256 + midstate);
  };
  const texts = function* () {
    yield `"midstates":`;
    yield* list(rows());
  };
  try {
    const options = { durable: false, mode: 0o600, inPlace: true };
    await writeFileAtomic(path, seal(KIND, texts()), options);
  } catch {
    // The next run hashes the files from their start.
  }
}
