/**
 * Which file of a site a URL's path names.
 *
 * Guarantees: only files of the site's tree are found: the catalogs, packages, patches and lists of
 * digests. Nothing hidden, nothing outside the site, nothing through a link, even one that is swapped in
 * during a request. Pure, except {@linkcode openSiteFile}.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { NotPlainError, openPlain } from "../plain_file.ts";
import { join } from "node:path";
import { errnoOf } from "../fs/disk_error.ts";
import { wasOpenedAt } from "./opened_path.ts";
import { DIGESTS_FILE, PACKAGE_FILE, PATCH_FILE } from "../site/site_paths.ts";

/** A file to serve. */
export interface SiteFile {
  /** Its path below the site, `/` between the parts. */
  path: string;
  type: "application/json" | "application/zip" | "application/octet-stream";
  /** Its `Cache-Control`. */
  cacheControl: string;
}

/** An open file. */
export interface OpenFile {
  file: Deno.FsFile;
  /** What it was then. */
  info: Deno.FileInfo;
}

/** Immutable: the name identifies the content. */
const FOREVER = "public, max-age=2592000, immutable, no-transform";

/** The plain catalog, and the signed one. */
const CATALOGS = new Set(["datasets", "datasets.signed"]);

/** The file that a URL's path names; `undefined` = none. */
export function siteFileOf(pathname: string): SiteFile | undefined {
  const parts = decoded(pathname);
  if (parts === undefined) return undefined;
  const [top, name = "", file, more] = parts;
  const path = parts.join("/");
  if (more !== undefined || !isName(name)) return undefined;
  if (top === "api" && CATALOGS.has(name) && file === undefined) {
    return { path, type: "application/json", cacheControl: "no-cache" };
  }
  if (top === "package" && file === undefined && name.endsWith(".zip")) {
    return { path, type: "application/zip", cacheControl: "no-cache, no-transform" };
  }
  if (top === "package" && PACKAGE_FILE.test(file ?? "")) {
    return { path, type: "application/zip", cacheControl: FOREVER };
  }
  if (top === "patch" && PATCH_FILE.test(file ?? "")) {
    return { path, type: "application/octet-stream", cacheControl: FOREVER };
  }
  if (top === "digests" && DIGESTS_FILE.test(file ?? "")) {
    return { path, type: "application/octet-stream", cacheControl: FOREVER };
  }
  return undefined;
}

/** How often a file may be replaced while it is being opened. */
const MOST_REPLACED = 10;

/** Opens a file of a site; `undefined` if there is no regular file. */
export async function openSiteFile(
  site: string,
  { path }: SiteFile,
): Promise<OpenFile | undefined> {
  const whole = join(site, path);
  for (let tries = 0; tries < MOST_REPLACED; tries++) {
    const opened = await openOnce(whole);
    if (opened !== "replaced") return opened;
  }
  return undefined;
}

async function openOnce(whole: string): Promise<OpenFile | "replaced" | undefined> {
  let file: Deno.FsFile | undefined;
  let isReplaced = false;
  try {
    file = openPlain(whole, { follow: false });
    const info = await file.stat();
    // A link anywhere below the site would lead elsewhere. Looked at when the file is open: a link
    // that was there a moment ago opened another file than the name now has.
    const named = await Deno.lstat(whole);
    const isNamed = named.dev === info.dev && named.ino === info.ino && named.isFile;
    const hasLink = await Deno.realPath(whole) !== whole;
    // A folder above it may have been a link until now, which only the kernel knows.
    const isThere = isNamed && !hasLink && wasOpenedAt(whole, info);
    if (isThere) return { file, info };
    isReplaced = named.isFile && (!isNamed || !hasLink);
  } catch (error) {
    file?.close();
    const absent = [
      Deno.errors.NotFound,
      Deno.errors.NotADirectory,
      Deno.errors.InvalidData,
      Deno.errors.IsADirectory,
      Deno.errors.FilesystemLoop,
      NotPlainError,
    ];
    if (absent.some((kind) => error instanceof kind) || errnoOf(error) === "ENAMETOOLONG") {
      return undefined;
    }
    throw error;
  }
  file.close();
  return isReplaced ? "replaced" : undefined;
}

/** The parts of a path, decoded; `undefined` where it can't name anything. */
function decoded(pathname: string): string[] | undefined {
  if (!pathname.startsWith("/")) return undefined;
  return orElse(() => pathname.slice(1).split("/").map(decodeURIComponent), undefined);
}

function isName(name: string): boolean {
  // deno-lint-ignore no-control-regex -- no dataset is called that
  return name !== "" && !/^\.|[/\\\x00-\x1f]/.test(name);
}
