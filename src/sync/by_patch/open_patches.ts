/**
 * Opens a chain of fetched patches: the new package's directory, and how to build each changed entry.
 *
 * Guarantees: the directory belongs to the package that the chain leads to, by its fingerprint; the
 * instructions add up to its sizes. All data is in one file that takes no more space than the
 * directories' entries.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { dirname } from "node:path";
import { ArchiveError } from "../../errors.ts";
import { replaceWithNew } from "../../fs/new_file.ts";
import { compose, type Instructions, type Link } from "../../patch/compose.ts";
import { readPatch, readPatchHeader } from "../../patch/read_patch.ts";
import { parseRecipe } from "../../patch/recipe.ts";
import type { PatchEntry } from "../../types.ts";
import { readDirectory } from "../../zip/directory/directory.ts";
import type { FilenameEncoding } from "../../zip/directory/entry_name.ts";
import { DEFAULT_LIMITS, type Limits } from "../../zip/directory/limits.ts";
import type { PackageDirectory } from "../../zip/directory/package_directory.ts";
import { checkRoom } from "../../store/room.ts";
import { SYNC } from "../../messages/sync.ts";

/** An open chain. */
export interface OpenedPatches {
  directory: PackageDirectory;
  /** The package's bytes from its directory to the end, and their offset. */
  tail: { bytes: Uint8Array; offset: number };
  /** By the name in the directory. */
  instructions: Instructions;
}

/** Opens a chain; all its data goes to `dataPath`. Throws ArchiveError, or the disk's error. */
export async function openPatches(
  files: readonly { path: string; patch: PatchEntry }[],
  options: {
    dataPath: string;
    filenameEncoding: FilenameEncoding;
    /** As in `checkRoom`. */
    reserve: number | "auto" | undefined;
    /** The largest directory to accept. */
    limits?: Limits;
    /** Called with each patch before it is read, to know which one was at fault. */
    onPatch?: (patch: PatchEntry) => void;
  },
): Promise<OpenedPatches> {
  using data = replaceWithNew(options.dataPath, 0o600);
  const links: Link[] = [];
  let last: Pick<OpenedPatches, "directory" | "tail"> | undefined;
  let dataOffset = 0;
  const { limits: most = DEFAULT_LIMITS } = options;
  for (const { path, patch } of files) {
    options.onPatch?.(patch);
    using file = openPlain(path);
    checkEnds(readPatchHeader(file).header, patch);
    await readPatch(file, most, async ({ header, directory: bytes, recipe }) => {
      const { packageSize: total, dataSize } = header;
      const offset = total - bytes.length;
      const { filenameEncoding } = options;
      const result = await readDirectory(bytes, {
        tailOffset: offset,
        total,
        filenameEncoding,
        limits: most,
      });
      if (result.kind === "need") throw notFor(patch, SYNC.a_directory_that_isnt_whole());
      const { directory } = result;
      if (directory.fingerprint !== patch.to) throw notFor(patch, directory.fingerprint);
      const { entries } = directory;
      const changes = parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
      // Only now is it known that the entries need this much.
      await checkRoom(dirname(options.dataPath), { bytes: dataSize, files: 0 }, options.reserve);
      links.push({ changes, nameOf: (index) => entries[index]!.name, dataOffset });
      dataOffset += dataSize;
      last = { directory, tail: { bytes, offset } };
      return data;
    });
  }
  if (last === undefined) throw new RangeError("no patches");
  return { ...last as Pick<OpenedPatches, "directory" | "tail">, instructions: compose(links) };
}

function checkEnds(header: { from: string; to: string }, patch: PatchEntry): void {
  if (header.from === patch.from && header.to === patch.to) return;
  throw notFor(patch, `${header.from} to ${header.to}`);
}

function notFor({ from, to }: PatchEntry, found: string): ArchiveError {
  return new ArchiveError("bad_patch", SYNC.patch_for_another(), {
    expected: `${from} to ${to}`,
    found,
  });
}
