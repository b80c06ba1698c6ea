/**
 * The package that a site offers for a dataset.
 *
 * Guarantees: what is returned is there, with the length that the catalog says. Its content isn't read.
 *
 * @module
 */
import { join } from "node:path";
import type { OfferedDigests } from "../trust/digest_list.ts";
import type { OfferedPatch } from "../types.ts";
import { placedDigests } from "./place_digests.ts";
import { statOf } from "./public_file.ts";
import { digestsOf, patchesOf, readSiteCatalog } from "./site_catalog.ts";
import { sitePaths, versionedName } from "./site_paths.ts";

/** A package that a site offers. */
export interface SitePackage {
  /** The file, which never changes while it is there. */
  path: string;
  /** Of the package, in full. */
  fingerprint: string;
  /** In bytes. */
  total: number;
  /** In lower-case hex. */
  sha256: string;
  /** In the upstream's own text. */
  version: string | null;
  /** The SHA-256 of each entry. */
  digests?: OfferedDigests;
  /** What turns earlier versions into it, the oldest first. */
  patches: OfferedPatch[];
}

/**
 * The package that the site offers for a dataset; `undefined` when it has none. With the same
 * fingerprint nothing needs to be fetched for the site; with another one it is what a delta can
 * copy unchanged entries from. Throws StoreError.
 */
export async function currentPackage(
  site: { dir: string },
  name: string,
): Promise<SitePackage | undefined> {
  const paths = sitePaths(site.dir);
  const dataset = (await readSiteCatalog(paths.catalog)).get(name);
  const { fingerprint, last_updated: version, package_size: total, sha256 } = dataset ?? {};
  if (typeof fingerprint !== "string" || typeof sha256 !== "string") return undefined;
  const path = join(paths.packages, versionedName(name, fingerprint));
  const size = (await statOf(path))?.size;
  if (size === undefined || size !== total) return undefined;
  const digests = await placedDigests(paths, name, digestsOf(dataset));
  return {
    path,
    fingerprint,
    total: size,
    sha256,
    version: typeof version === "string" ? version : null,
    ...(digests !== undefined && { digests }),
    patches: patchesOf(dataset),
  };
}
