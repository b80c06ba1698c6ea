/**
 * A list of digests beside the package that it describes.
 *
 * Guarantees: what is listed is the SHA-256 of what each entry unpacks to. A package with an entry
 * that can't be unpacked here gets no list, and is placed all the same. A list has its own SHA-256 as
 * its name, so it never changes.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ArchiveError } from "../errors.ts";
import { flushDirectories } from "../fs/flush.ts";
import type { OfferedFile } from "../types.ts";
import { EMPTY_DIGEST, makeDigestList, sha256Hex } from "../trust/digest_list.ts";
import { isDirectory } from "../zip/directory/package_directory.ts";
import { PackageFile } from "../zip/read/package_file.ts";
import { PACK } from "../messages/pack.ts";
import { makePublicFolder, statOf, writePublicFile } from "./public_file.ts";
import { digestsName, digestsUrl, type SitePaths } from "./site_paths.ts";

/** A list that isn't in the site yet, or one that is. */
type PreparedDigests = OfferedFile & { name?: string; bytes?: Uint8Array };

/** Content above this is read as a stream, in bytes. */
const STREAM_FROM = 16 << 20;

/** Makes the list of a package, or takes the one that is known. Throws the disk's errors. */
export async function prepareDigests(
  paths: SitePaths,
  { name, packagePath, list, warn }: {
    name: string;
    packagePath: string;
    list: Uint8Array | undefined;
    warn: (message: string) => void;
  },
): Promise<PreparedDigests | undefined> {
  try {
    const bytes = list ?? await digestsOfPackage(packagePath);
    const sha256 = sha256Hex(bytes);
    const there = await statOf(join(paths.digests, digestsName(name, sha256)));
    const listed = { url: digestsUrl(name, sha256), size: bytes.length, sha256 };
    return there?.size === bytes.length ? listed : { ...listed, name, bytes };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    warn(PACK.no_digests({ name, why: error.message }));
    return undefined;
  }
}

/** Gives a list its name; answers what the catalog is to say. Needs the site's lock. */
export async function placeDigests(
  paths: SitePaths,
  { name, bytes, ...listed }: PreparedDigests,
  options: { durable: boolean; now: number },
): Promise<OfferedFile> {
  if (name === undefined || bytes === undefined) return listed;
  const path = join(paths.digests, digestsName(name, listed.sha256));
  await makePublicFolder(dirname(path));
  await writePublicFile(path, bytes, options);
  if (options.durable) await flushDirectories([dirname(path), paths.digests]);
  return listed;
}

/** The list that a catalog names, if its file is there. */
export async function placedDigests(
  paths: SitePaths,
  name: string,
  listed: OfferedFile | undefined,
): Promise<OfferedFile | undefined> {
  if (listed === undefined) return undefined;
  const there = await statOf(join(paths.digests, digestsName(name, listed.sha256)));
  return there?.size === listed.size ? listed : undefined;
}

/** Unpacks every entry. Throws ArchiveError. */
async function digestsOfPackage(path: string): Promise<Uint8Array> {
  using file = await PackageFile.open(path);
  const digests: string[] = [];
  for (const entry of file.directory.entries) {
    if (isDirectory(entry)) {
      digests.push(EMPTY_DIGEST);
      continue;
    }
    const hash = createHash("sha256");
    if (entry.size > STREAM_FROM) {
      for await (const chunk of file.contentChunks(entry)) hash.update(chunk);
    } else hash.update(file.content(entry));
    digests.push(hash.digest("base64url"));
  }
  return makeDigestList(digests)!;
}
