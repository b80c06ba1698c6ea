/**
 * Passes an upstream's signature on: a mirror's clients then trust the upstream's key, not the mirror.
 *
 * Guarantees: the upstream's file is written unchanged, and only while the mirror has each of its
 * datasets under the same fingerprint, digests and patches; until then the previous file stays, along
 * with the packages it names. A lower counter never replaces a higher one. The signature isn't checked
 * here: clients do that.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { waitForLock } from "../fs/file_lock.ts";
import { flushDirectories } from "../fs/flush.ts";
import { parseEnvelope } from "../trust/envelope.ts";
import { parseSignedCatalog } from "../trust/signed_catalog.ts";
import type { SignedBy } from "../types.ts";
import { PACK } from "../messages/pack.ts";
import { statOf, writePublicFile } from "./public_file.ts";
import { readSigned } from "./replaced_packages.ts";
import { digestsOf, patchesOf, readSiteCatalog } from "./site_catalog.ts";
import { openSite } from "./open_site.ts";
import { LOCK_WAIT_MS, packageUrl, type SitePaths } from "./site_paths.ts";

/** Writes the envelope; returns a sentence if it wasn't written. Throws StoreError, LockedError. */
export async function handOn(
  dir: string,
  { counter, envelope }: Pick<SignedBy, "counter" | "envelope">,
  options: { durable: boolean; now: number },
): Promise<string | undefined> {
  const paths = openSite(dir);
  if (await statOf(paths.catalog) === undefined) return undefined;
  using _lock = await waitForLock(paths.lock, LOCK_WAIT_MS);
  const before = await readSigned(paths.signed);
  if (before?.text === envelope) return undefined;
  if (before !== undefined && before.counter > counter) return undefined;
  const signed = parseSignedCatalog(parseEnvelope(envelope).payload).datasets;
  const plain = await readSiteCatalog(paths.catalog);
  for (const entry of signed as Record<string, unknown>[]) {
    const name = String(entry?.["name"]);
    const own = plain.get(name);
    if (own === undefined) continue;
    const lacking = await lackingOf(entry, { name, own, paths });
    if (lacking !== undefined) return `${name}: ${lacking}`;
  }
  await writePublicFile(paths.signed, envelope, options);
  if (options.durable) await flushDirectories([dirname(paths.signed)]);
  return undefined;
}

/** Which part of a signed dataset differs in the mirror. */
async function lackingOf(
  entry: Record<string, unknown>,
  { name, own, paths }: { name: string; own: Record<string, unknown>; paths: SitePaths },
): Promise<string | undefined> {
  const { fingerprint, package_url: url } = entry;
  if (own["fingerprint"] !== fingerprint) return PACK.other_package();
  if (url !== packageUrl(name, String(fingerprint))) return PACK.other_address();
  const { digests, patches: patch } = paths;
  for (const file of [digestsOf(entry), ...patchesOf(entry)]) {
    if (file === undefined) return PACK.lacks_digests();
    const [, kind, below] = /^(digests|patch)\/([^/]+\/[0-9a-f-]+\.(?:sha256|patch))$/
      .exec(file.url) ?? [];
    const there = below === undefined
      ? undefined
      : await statOf(join(kind === "patch" ? patch : digests, decodeURIComponent(below)));
    if (there?.size !== file.size) return PACK.not_in_mirror({ path: file.url });
  }
  return undefined;
}
