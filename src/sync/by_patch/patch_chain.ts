/**
 * A chain of patches that turns what a folder holds into what the catalog offers: which one to use,
 * and, once it is fetched, the new package's directory and how to build each changed entry from which
 * file.
 *
 * Guarantees: a chain leads from one package to the other without a gap or a detour; there is none if
 * fetching the package's directory and the changes would cost fewer bytes. The directory belongs to
 * the package that the chain leads to, by its fingerprint; the instructions add up to its sizes. All
 * data is in one file that takes no more space than the directories' entries. An entry is built only
 * if its old content is as the manifest records it, or isn't needed. Files are looked up by the
 * manifest's paths, so a patch can't name any other file.
 *
 * @module
 */
import { dirname } from "node:path";
import { ArchiveError } from "../../errors.ts";
import { replaceWithNew } from "../../fs/new_file.ts";
import { collectGarbage } from "../../garbage.ts";
import type { Located } from "../../grown/estimate.ts";
import { compose, type Instructions, type Link, type Segment } from "../../patch/compose.ts";
import { readPatch, readPatchHeader } from "../../patch/read_patch.ts";
import { parseRecipe } from "../../patch/recipe.ts";
import { openPlain } from "../../plain_file.ts";
import type { ListedDataset, OfferedPatch } from "../../types.ts";
import { readDirectory } from "../../zip/directory/directory.ts";
import type { FilenameEncoding } from "../../zip/directory/entry_name.ts";
import type { Limits } from "../../zip/directory/limits.ts";
import type { PackageDirectory } from "../../zip/directory/package_directory.ts";
import { checkRoom } from "../../store/room.ts";
import type { LookInput } from "../look/look.ts";
import { firstTailOf } from "../look/package_view.ts";
import { type DiskFact, hasContent } from "../on_disk/survey.ts";
import type { Step } from "../plan/strategy.ts";
import { SYNC } from "../../messages/sync.ts";

type HeldPackage = Pick<LookInput["held"], "fingerprint" | "files">;

/**
 * Tails and ends cost several times the new content; a filter that leaves few files makes up for
 * it.
 */
const RANGES_COST = 4;

/** The chain, oldest patch first; `undefined` = no patches fit, or they aren't worth it. */
export function chainFor(listed: ListedDataset, held: HeldPackage): OfferedPatch[] | undefined {
  const { patches = [], fingerprint } = listed;
  if (fingerprint === undefined || held.fingerprint === null) return undefined;
  if (held.fingerprint === fingerprint) return undefined;
  const chain = cheapestChain(patches, held.fingerprint, fingerprint);
  return chain !== undefined && isWorthIt(chain, listed, held) ? chain : undefined;
}

/** Picks the chain with the fewest bytes if there are several, as after a package was reverted. */
function cheapestChain(
  patches: readonly OfferedPatch[],
  from: string,
  to: string,
): OfferedPatch[] | undefined {
  const ways = new Map<string, OfferedPatch[]>([[from, []]]);
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const patch of patches) {
      const before = ways.get(patch.from);
      const known = ways.get(patch.to);
      if (before === undefined) continue;
      if (known !== undefined && chainSize(known) <= chainSize(before) + patch.size) continue;
      ways.set(patch.to, [...before, patch]);
      isNew = true;
    }
  }
  return ways.get(to);
}

/** A chain's size in bytes. */
export function chainSize(chain: readonly OfferedPatch[]): number {
  return chain.reduce((sum, { size }) => sum + size, 0);
}

/** Whether a chain costs less than the package, and than its directory with what changed of it. */
function isWorthIt(
  chain: readonly OfferedPatch[],
  { packageSize, fileCount }: ListedDataset,
  { files }: HeldPackage,
): boolean {
  const size = chainSize(chain);
  if (packageSize > 0 && size >= packageSize) return false;
  const share = fileCount > 0 ? Math.min(1, files / fileCount) : 1;
  return size <= firstTailOf(fileCount) + share * size * RANGES_COST;
}

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
  files: readonly { path: string; patch: OfferedPatch }[],
  options: {
    dataPath: string;
    filenameEncoding: FilenameEncoding;
    /** As in `checkRoom`. */
    reserve: number | "auto";
    /** The largest directory to accept. */
    limits: Limits;
    /** Called with each patch before it is read, to know which one was at fault. */
    onPatch: (patch: OfferedPatch) => void;
  },
): Promise<OpenedPatches> {
  const { dataPath, filenameEncoding, reserve, limits } = options;
  using data = replaceWithNew(dataPath, 0o600);
  const links: Link[] = [];
  let last: Pick<OpenedPatches, "directory" | "tail"> | undefined;
  let dataOffset = 0;
  for (const { path, patch } of files) {
    options.onPatch(patch);
    if (links.length > 0) collectGarbage(1, { worth: 1 }); // what the patch before has left
    using file = openPlain(path);
    checkEnds(readPatchHeader(file).header, patch);
    await readPatch(file, limits, async ({ header, directory: bytes, recipe }) => {
      const { packageSize: total, dataSize } = header;
      const offset = total - bytes.length;
      const result = await readDirectory(bytes, {
        tailOffset: offset,
        total,
        filenameEncoding,
        limits,
      });
      if (result.kind === "need") throw notFor(patch, SYNC.a_directory_that_isnt_whole());
      const { directory } = result;
      if (directory.fingerprint !== patch.to) throw notFor(patch, directory.fingerprint);
      const { entries } = directory;
      const changes = parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
      // Only now is it known that the entries need this much.
      await checkRoom(dirname(dataPath), { bytes: dataSize, files: 0 }, reserve);
      links.push({ changes, nameOf: (index) => entries[index]!.name, dataOffset });
      dataOffset += dataSize;
      last = { directory, tail: { bytes, offset } };
      return data;
    });
  }
  if (last === undefined) throw new RangeError("no patches");
  return { ...last as Pick<OpenedPatches, "directory" | "tail">, instructions: compose(links) };
}

function checkEnds(header: { from: string; to: string }, patch: OfferedPatch): void {
  if (header.from === patch.from && header.to === patch.to) return;
  throw notFor(patch, `${header.from} to ${header.to}`);
}

function notFor({ from, to }: OfferedPatch, found: string): ArchiveError {
  return new ArchiveError("bad_patch", SYNC.patch_for_another(), {
    expected: `${from} to ${to}`,
    found,
  });
}

/** What the folder holds. */
export interface PatchStock {
  located: readonly Located[];
  onDisk: ReadonlyMap<string, DiskFact>;
  staged: ReadonlyMap<string, DiskFact>;
  /** Looks at recorded files that the package may no longer have. */
  survey: (
    files: readonly { path: string; size: number }[],
  ) => Promise<ReadonlyMap<string, DiskFact>>;
}

/** The entries to build, by what the patches say and by the manifest's record of each file. */
export async function patchSteps(
  { located, onDisk, staged, survey }: PatchStock,
  { directory, instructions }: Pick<OpenedPatches, "directory" | "instructions">,
  known: (path: string) => DiskFact | undefined,
): Promise<Step[]> {
  const nothing = { start: 0, end: 0 };
  const steps = located.flatMap(({ entry, end }): Step[] => {
    const fact = onDisk.get(entry.path);
    if (hasContent(fact, entry)) return [];
    const { name } = directory.entries[entry.index]!;
    const segments = instructions.get(name);
    if (segments === undefined || staged.has(entry.path)) return [];
    const oldName = segments.find((segment) => segment.name !== undefined)?.name;
    if (oldName === undefined) return [{ entry, end, needs: nothing, segments }];
    const source = pathOf(oldName, { name, path: entry.path });
    return source === undefined ? [] : [{ entry, end, needs: nothing, segments, source }];
  });
  const recorded = [...new Set(steps.flatMap(({ source }) => source ?? []))]
    .flatMap((path) => {
      const size = known(path)?.size;
      return size === undefined ? [] : [{ path, size }];
    });
  const elsewhere = recorded.length > 0 ? await survey(recorded) : undefined;
  return steps.filter(({ entry: { path }, segments = [], source = path }) => {
    const fact = source === path ? onDisk.get(path) : elsewhere?.get(source);
    return fits(segments, fact, known(source));
  });
}

function fits(
  segments: readonly Segment[],
  fact: DiskFact | undefined,
  recorded: DiskFact | undefined,
): boolean {
  const old = segments.filter(({ from }) => from === "old");
  if (old.length === 0) return true;
  if (fact?.crc === undefined || recorded === undefined) return false;
  if (recorded.crc !== fact.crc || recorded.size !== fact.size) return false;
  return old.every(({ offset, length }) => offset + length <= fact.size);
}

/**
 * Where the file of an old name lies: beside a new one, as far as the same folder is taken off both
 * names. `undefined` where that can't be known.
 */
function pathOf(oldName: string, now: { name: string; path: string }): string | undefined {
  if (!now.name.endsWith(now.path)) return undefined;
  const stripped = now.name.slice(0, now.name.length - now.path.length);
  return oldName.startsWith(stripped) ? oldName.slice(stripped.length) : undefined;
}
