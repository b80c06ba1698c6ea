/**
 * Opens a site for changing it.
 *
 * Guarantees: none of its folders, and none above it, is somebody else's link: otherwise anybody with
 * write access to a shared site could make this user write elsewhere. It doesn't guard against folders
 * that are swapped later.
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
