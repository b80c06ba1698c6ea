/**
 * Opens a site for changing it.
 *
 * Guarantees: none of its folders, and none above it, is somebody else's link: otherwise anybody with
 * write access to a shared site could make this user write elsewhere. The paths have no links but, in
 * place of a dataset's folder, this user's or root's, which {@linkcode placeIn} follows; so whoever
 * exchanges a folder later is found out where a file is replaced or removed (`held_folder.ts`).
 *
 * @module
 */
import { basename, dirname, join, relative, resolve } from "node:path";
import { lookAt } from "../fs/if_there.ts";
import { judgedLink, realBelow, realOf } from "../fs/strangers_links.ts";
import { type SitePaths, sitePaths } from "./site_paths.ts";

/** The paths of the site in `dir`, for changing the dataset of this name. Throws StoreError. */
export function openSite(dir: string, name = ""): SitePaths {
  const root = realOf(resolve(dir));
  const real = (path: string): string => realBelow(root, relative(root, path));
  const within = (path: string): string => join(real(dirname(path)), basename(path));
  const { catalog, signed, packages, patches, digests, work, staging, packed } = sitePaths(root);
  const folders = [packages, patches, digests];
  for (const folder of folders) real(join(folder, name));
  const [realPackages, realPatches, realDigests] = folders.map(real);
  return {
    catalog: within(catalog),
    signed: within(signed),
    packages: realPackages!,
    patches: realPatches!,
    digests: realDigests!,
    work: real(work),
    lock: join(real(work), "lock"),
    staging: real(staging),
    packed: real(packed),
    replaced: join(real(work), "replaced.json"),
  };
}

/** A file's path without a link of this user's or root's in its folder's place. Throws StoreError. */
export function placeIn(path: string): string {
  const folder = dirname(path);
  if (!lookAt(folder, Deno.lstatSync)?.isSymlink) return path;
  const { target } = judgedLink(folder, { owner: null });
  return join(realOf(target), basename(path));
}
