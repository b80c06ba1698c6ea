/**
 * Remembers the midstates of a dataset's files, so that a day that appends rows to each of them needn't
 * hash them from their start: with 5,300 files of 110 KB that is a fifth of the day's CPU time.
 *
 * Guarantees: the hub is asked for its list only if many midstates are unknown (after a first sync) or
 * a mirror offers it, once, and without retries. A failure costs only that day's time.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { loadMidstates, saveMidstates } from "../../store/memory/midstates.ts";
import type { Layout } from "../../store/layout.ts";
import type { DigestList } from "../../trust/digest_list.ts";
import { type Hashed, HASHED_AT_ONCE } from "../../trust/sha256.ts";
import type { Entry, ListedDataset } from "../../types.ts";
import type { Look } from "../look/look.ts";
import type { DiskFact } from "../on_disk/survey.ts";
import type { Step } from "../plan/strategy.ts";
import type { SyncContext } from "../sync_context.ts";
import { fetchDigests } from "./content_proof.ts";

/** Looks up from where to resume the hash of a step's old file; `undefined` = the hub has no digests. */
export async function hashesOf(
  { listed, layout, known }: Pick<RememberInput, "listed" | "layout"> & {
    known: (path: string) => DiskFact | undefined;
  },
): Promise<((step: Step) => Hashed | undefined) | undefined> {
  if (listed.digests === undefined) return undefined;
  const midstates = await loadMidstates(layout.midstates);
  return ({ entry, source = entry.path }) => {
    const { size = 0, sha256 = "" } = known(source) ?? {};
    const midstate = midstates.get(sha256);
    return midstate === undefined ? undefined : { size, sha256, midstate };
  };
}

/** A gathered package, and where its midstates are kept. */
interface RememberInput {
  listed: ListedDataset;
  layout: Layout;
  gathered: Pick<Look, "kinds"> & {
    digests: string | null;
    entries: readonly Entry[];
    onDisk: ReadonlyMap<string, DiskFact>;
    staged: ReadonlyMap<string, DiskFact>;
  };
  /** Whether the hub's list is needed as such: for a mirror. */
  wantsList: boolean;
}

/** Saves the midstates of the files that are now live; returns the hub's list if it was fetched. */
export async function rememberMidstates(
  { listed, layout, gathered, wantsList }: RememberInput,
  context: SyncContext,
): Promise<Uint8Array | undefined> {
  const { digests, entries, kinds, onDisk, staged } = gathered;
  if (digests === null || (staged.size === 0 && !wantsList)) return undefined;
  const before = await loadMidstates(layout.midstates);
  const factOf = (path: string) => staged.get(path) ?? onDisk.get(path);
  const known = (path: string): string | undefined => {
    const fact = factOf(path);
    return fact?.midstate ?? before.get(fact?.sha256 ?? "");
  };
  let lacking = 0;
  for (const { path, size } of entries) if (known(path) === undefined) lacking += size;
  const offered = listed.digests?.midstates;
  const asks = offered !== undefined && (wantsList || lacking >= HASHED_AT_ONCE);
  const fetched = asks ? await fetchList(listed, kinds.length, context) : undefined;
  const pairs = function* (): Generator<readonly [string, string]> {
    for (const { path, index } of entries) {
      const sha256 = factOf(path)?.sha256;
      const midstate = known(path) ?? fetched?.of(index);
      if (sha256 !== undefined && midstate !== undefined) yield [sha256, midstate];
    }
  };
  if (fetched !== undefined || before.size > 0) await saveMidstates(layout.midstates, pairs());
  return fetched?.bytes;
}

async function fetchList(
  listed: ListedDataset,
  entries: number,
  { hub, signal, random, sleep, reporter }: SyncContext,
): Promise<DigestList | undefined> {
  const offered = listed.digests!.midstates!;
  try {
    return await fetchDigests(offered, {
      kind: "midstates",
      remote: hub.package(listed, offered.url),
      entries,
      retry: { retries: 0, random, sleep },
      signal,
      onReceived: () => {},
    });
  } catch (error) {
    reporter({
      type: "debug",
      dataset: listed.name,
      message: `the list of midstates can't be had: ${messageOf(error)}`,
    });
    return undefined;
  }
}
