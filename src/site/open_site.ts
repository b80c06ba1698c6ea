/**
 * A site that is about to be changed.
 *
 * Guarantees: no folder of it, and nothing on the way to it, is a stranger's link: who may write into
 * a shared site could otherwise have files written where only this user may. It doesn't guard against
 * what is exchanged later.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { refuseStrangersLinksIn } from "../fs/strangers_links.ts";
import { type SitePaths, sitePaths } from "./site_paths.ts";

/** The paths of the site in `dir`, for changing the dataset of this name. Throws StoreError. */
export function openSite(dir: string, name = ""): SitePaths {
  const root = resolve(dir);
  const paths = sitePaths(root);
  const { catalog, packages, patches, digests, staging, packed } = paths;
  const ofDatasets = [packages, patches, digests].map((folder) => join(folder, name));
  refuseStrangersLinksIn(root, [dirname(catalog), ...ofDatasets, staging, packed]);
  return paths;
}
