/**
 * What is recorded about the package in a folder that follows an address: where it came from and
 * what the server said about it.
 *
 * Guarantees: a file that is missing, damaged or from another program is no memory; then the
 * package's directory is read. It may hold a secret (a signed address), so it is its owner's alone.
 *
 * @module
 */
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import type { TakenPackage } from "../../types.ts";
import { DISK } from "../../messages/disk.ts";

const KIND: SealKind = { what: DISK.memory_of_an_address(), format: 1 };

/** What is recorded, if anything. */
export async function loadTaken(path: string): Promise<TakenPackage | undefined> {
  const opened = await openSealed(path, KIND).catch(() => undefined);
  const taken = opened?.state === "sound" ? opened.value["taken"] as Partial<TakenPackage> : null;
  if (typeof taken?.url !== "string" || typeof taken.version !== "string") return undefined;
  const { url, version, etag, lastModified, total, at } = taken;
  if (!Number.isSafeInteger(total) || !Number.isSafeInteger(at)) return undefined;
  const text = (value: unknown): string | null => typeof value === "string" ? value : null;
  return {
    url,
    version,
    etag: text(etag),
    lastModified: text(lastModified),
    total: total!,
    at: at!,
  };
}

/** Records it. Where it can't be written, the next run reads the directory. */
export async function saveTaken(path: string, taken: TakenPackage): Promise<void> {
  const bytes = seal(KIND, `"taken":${JSON.stringify(taken)}`);
  const options = { durable: false, mode: 0o600, inPlace: true };
  await writeFileAtomic(path, bytes, options).catch(() => {});
}
