/**
 * Plans to be made of entries in a row, for hubs of all kinds.
 *
 * @module
 */
import { HubTraits } from "../../../src/sync/hubs/hub_traits.ts";
import { makePlan, type PlanInput } from "../../../src/sync/plan/plan.ts";
import type { Located } from "../../../src/grown/estimate.ts";
import type { DiskFact } from "../../../src/sync/on_disk/survey.ts";
import { locate } from "../../../src/sync/look/look.ts";
import type { Entry } from "../../../src/types.ts";

/** Entries in a row, each of a local header of 50 bytes and its data. */
export function entriesOf(sizes: readonly number[], more: Partial<Entry> = {}): Located[] {
  let offset = 0;
  const entries = sizes.map((compressedSize, index): Entry => {
    const entry = {
      path: `e${index}`,
      method: 8,
      flags: 0,
      crc: 1000 + index,
      compressedSize,
      size: compressedSize * 3,
      headerOffset: offset,
      index,
      nameCrc: 0,
      ...more,
    };
    offset += 50 + compressedSize;
    return entry;
  });
  const ends = Float64Array.from(sizes, (size, index) => entries[index]!.headerOffset + 50 + size);
  return locate(entries, ends);
}

export interface Traits {
  roundTripMs?: number;
  bytesPerMs?: number;
  serial?: boolean;
  multiRange?: boolean;
  ranges?: boolean;
  rangesPerRequest?: number;
}

export function traitsOf({ roundTripMs, bytesPerMs, ...can }: Traits): HubTraits {
  const traits = new HubTraits();
  if (roundTripMs !== undefined) {
    const bytes = 100e6;
    const durationMs = roundTripMs + bytes / (bytesPerMs ?? 20_000);
    traits.note({ firstByteMs: roundTripMs, durationMs, bytes });
  }
  return Object.assign(traits, can);
}

export type PlanWords = Partial<PlanInput> & { hub?: Traits };

export function planOf(located: readonly Located[], more: PlanWords = {}) {
  const { hub = {}, ...input } = more;
  return makePlan({
    located,
    onDisk: () => undefined,
    isStaged: () => false,
    guessFor: () => "ends",
    missing: (ranges) => [...ranges],
    traits: traitsOf(hub),
    connections: 1,
    ...input,
  });
}

export const right = ({ crc, size }: Entry): DiskFact => ({ crc, size, mtimeMs: 1 });

/** A file that was the entry some rows ago; its last block begins at 90 % of the new stream. */
export const grown = ({ size, compressedSize }: Entry): DiskFact => ({
  crc: 7,
  size: size - 30,
  mtimeMs: 1,
  block: { bit: Math.floor(compressedSize * 0.9) * 8 + 3, out: Math.floor(size * 0.85) },
});

export function disk(located: readonly Located[], factOf: (entry: Entry) => DiskFact | undefined) {
  const facts = new Map(located.map(({ entry }) => [entry.path, factOf(entry)]));
  return (path: string) => facts.get(path);
}
