/**
 * Where things lie in a site, the static tree that other machines use as their hub.
 *
 * ```text
 * api/datasets                    the catalog
 * api/datasets.signed             the same with a signature, where the site is signed
 * package/{name}/{16 hex}.zip     a package under the first half of its fingerprint: never changes
 * package/{name}.zip              the newest one, for clients that know no package_url
 * patch/{name}/{16 hex}-{16 hex}.patch   turns one version of the package into the next: never changes
 * digests/{name}/{16 hex}.sha256  SHA-256 of each entry, under the first half of its own: never changes
 * .datahubsync/                   work folder: the lock, staged packages, what was replaced when
 * ```
 *
 * Guarantees: pure; a name that would lead out of its folder, or into the work folder, is refused.
 *
 * @module
 */

import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { PACK } from "../messages/pack.ts";

/** How long a writer waits for another, which takes a few ms, or seconds on a slow disk. */
export const LOCK_WAIT_MS = 60_000;

/** The names of immutable files, below their dataset's name. */
export const PACKAGE_FILE: RegExp = /^[0-9a-f]{16}\.zip$/;
/** A patch's name. */
export const PATCH_FILE: RegExp = /^[0-9a-f]{16}-[0-9a-f]{16}\.patch$/;
/** The name of a list of digests. */
export const DIGESTS_FILE: RegExp = /^[0-9a-f]{16}\.sha256$/;

/** The paths of one site. */
export interface SitePaths {
  /** `api/datasets`. */
  catalog: string;
  /** `api/datasets.signed`. */
  signed: string;
  /** The folder of all packages. */
  packages: string;
  /** The folder of all patches. */
  patches: string;
  /** The folder of all lists of digests. */
  digests: string;
  /** The work folder; not for readers. */
  work: string;
  /** Held while the catalog is changed. */
  lock: string;
  /** Packages that aren't placed yet. */
  staging: string;
  /** The folder with the records of packed files. */
  packed: string;
  /** When each package was replaced. */
  replaced: string;
}

/** The paths of the site in `dir`. */
export function sitePaths(dir: string): SitePaths {
  const work = join(dir, ".datahubsync");
  return {
    catalog: join(dir, "api", "datasets"),
    signed: join(dir, "api", "datasets.signed"),
    packages: join(dir, "package"),
    patches: join(dir, "patch"),
    digests: join(dir, "digests"),
    work,
    lock: join(work, "lock"),
    staging: join(work, "staging"),
    packed: join(work, "packed"),
    replaced: join(work, "replaced.json"),
  };
}

/** The path below `package/` of one version of a dataset. Throws StoreError for an unfit name. */
export function versionedName(name: string, fingerprint: string): string {
  return `${checkedName(name)}/${fingerprint.slice(0, 16)}.zip`;
}

/** The path below `package/` of a dataset's newest package. Throws StoreError for an unfit name. */
export function newestName(name: string): string {
  return `${checkedName(name)}.zip`;
}

/**
 * The catalog's `package_url`: relative to the hub's root and without a leading slash,
 * so that a site may lie below a path, as in a bucket.
 */
export function packageUrl(name: string, fingerprint: string): string {
  const [folder, file] = versionedName(name, fingerprint).split("/") as [string, string];
  return `package/${encodeURIComponent(folder)}/${file}`;
}

/** The path below `patch/` of what turns one version of a dataset into another. */
export function patchName(name: string, { from, to }: { from: string; to: string }): string {
  return `${checkedName(name)}/${from.slice(0, 16)}-${to.slice(0, 16)}.patch`;
}

/** The catalog's `url` of a patch; as {@linkcode packageUrl}. */
export function patchUrl(name: string, versions: { from: string; to: string }): string {
  const [folder, file] = patchName(name, versions).split("/") as [string, string];
  return `patch/${encodeURIComponent(folder)}/${file}`;
}

/** The path below `digests/` of a list with this SHA-256. */
export function digestsName(name: string, sha256: string): string {
  return `${checkedName(name)}/${sha256.slice(0, 16)}.sha256`;
}

/** The catalog's `url` of a list; as {@linkcode packageUrl}. */
export function digestsUrl(name: string, sha256: string): string {
  const [folder, file] = digestsName(name, sha256).split("/") as [string, string];
  return `digests/${encodeURIComponent(folder)}/${file}`;
}

function checkedName(name: string): string {
  // A name that ends in .zip would need a folder where another dataset's newest package lies.
  // deno-lint-ignore no-control-regex -- no file should be called that
  if (!/^\.|[/\\\x00-\x1f]|\.zip$/i.test(name) && name !== "") return name;
  const shown = JSON.stringify(name);
  throw new StoreError("io", PACK.cant_place({ name: shown }), {
    expected: "a name without slashes that neither begins with a dot nor ends in .zip",
    found: shown,
    hint: PACK.another_name(),
  });
}
