/**
 * Picks the entries that patches build, and the file that each copies from.
 *
 * Guarantees: an entry is picked only if its old content is as the manifest records it, or isn't
 * needed. Files are looked up by the manifest's paths, so a patch can't name any other file.
 *
 * @module
 */
import type { Located } from "../../grown/estimate.ts";
import type { Segment } from "../../patch/compose.ts";
import type { OpenedPatches } from "./open_patches.ts";
import { type DiskFact, hasContent, type Step } from "../plan/step.ts";

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
