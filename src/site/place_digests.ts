/**
 * The lists of digests and midstates beside the package that they describe.
 *
 * Guarantees: the list holds the SHA-256 of each entry's content. A package with an entry that can't
 * be unpacked here gets no list, but is placed. A list is named by its own SHA-256, so it never
 * changes. Midstates are placed only if the caller has them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ArchiveError } from "../errors.ts";
import { flushDirectories } from "../fs/flush.ts";
import type { OfferedFile } from "../types.ts";
import {
  EMPTY_DIGEST,
  makeDigestList,
  type OfferedDigests,
  sha256Hex,
} from "../trust/digest_list.ts";
import { isDirectory } from "../zip/directory/package_directory.ts";
import { PackageFile } from "../zip/read/package_file.ts";
import { PACK } from "../messages/pack.ts";
import { makePublicFolder, statOf, writePublicFile } from "./public_file.ts";
import { digestsName, digestsUrl, type SitePaths } from "./site_paths.ts";

/** A list that is in the site, or with its bytes one that isn't yet. */
interface PreparedList {
  listed: OfferedFile;
  path: string;
  bytes: Uint8Array | undefined;
}

/** The lists of one package. */
interface PreparedDigests {
  digests: PreparedList;
  midstates: PreparedList | undefined;
}

/** Content above this is read as a stream, in bytes. */
const STREAM_FROM = 16 << 20;

/** Makes the lists of a package, unless the caller has them. Throws the disk's errors. */
export async function prepareDigests(
  paths: SitePaths,
  { name, packagePath, digests, midstates, warn }: {
    name: string;
    packagePath: string;
    digests?: Uint8Array | undefined;
    midstates?: Uint8Array | undefined;
    warn: (message: string) => void;
  },
): Promise<PreparedDigests | undefined> {
  const prepare = async (bytes: Uint8Array): Promise<PreparedList> => {
    const sha256 = sha256Hex(bytes);
    const path = join(paths.digests, digestsName(name, sha256));
    const isThere = (await statOf(path))?.size === bytes.length;
    const listed = { url: digestsUrl(name, sha256), size: bytes.length, sha256 };
    return { listed, path, bytes: isThere ? undefined : bytes };
  };
  try {
    return {
      digests: await prepare(digests ?? await digestsOfPackage(packagePath)),
      midstates: midstates && await prepare(midstates),
    };
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    warn(PACK.no_digests({ name, why: error.message }));
    return undefined;
  }
}

/** Gives the lists their names; returns their part of the catalog. Needs the site's lock. */
export async function placeDigests(
  paths: SitePaths,
  { digests, midstates }: PreparedDigests,
  options: { durable: boolean; now: number },
): Promise<OfferedDigests> {
  for (const { path, bytes } of midstates === undefined ? [digests] : [digests, midstates]) {
    if (bytes === undefined) continue;
    await makePublicFolder(dirname(path));
    await writePublicFile(path, bytes, options);
    if (options.durable) await flushDirectories([dirname(path), paths.digests]);
  }
  return { ...digests.listed, ...(midstates && { midstates: midstates.listed }) };
}

/** The lists that a catalog names and the site has. */
export async function placedDigests(
  paths: SitePaths,
  name: string,
  listed: OfferedDigests | undefined,
): Promise<OfferedDigests | undefined> {
  const isThere = async ({ sha256, size }: OfferedFile): Promise<boolean> =>
    (await statOf(join(paths.digests, digestsName(name, sha256))))?.size === size;
  if (listed === undefined || !await isThere(listed)) return undefined;
  const { midstates, ...digests } = listed;
  return midstates && await isThere(midstates) ? { ...digests, midstates } : digests;
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
