/**
 * Syncs by patches: fetches what turns the folder's package into the catalog's, and builds each
 * changed entry from its old file and the patch data.
 *
 * Guarantees: the entries built are in staging with the directory's CRC-32 and size; an entry that
 * a patch doesn't fit (changed by hand, left out by the settings, damaged) is left to the plan. A
 * patch that is missing, damaged or for another package is reported once, remembered and not
 * requested again; the run goes on without patches.
 *
 * @module
 */
import { ArchiveError, HubError, InterruptedError, messageOf, StoreError } from "../../errors.ts";
import { collectGarbage, MANY_FILES } from "../../garbage.ts";
import { isRetriable } from "../../hub/retry/retriable.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { PatchFolder } from "../../store/patch_folder.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import type { StagingNames } from "../../store/staging.ts";
import type { OfferedPatch } from "../../types.ts";
import { openExtraction } from "../fetch/fetch_entries.ts";
import { fetchPatch } from "./fetch_patch.ts";
import { limitsFor, type LookInput } from "../look/look.ts";
import {
  chainFor,
  chainSize,
  type OpenedPatches,
  openPatches,
  patchSteps,
  type PatchStock,
} from "./patch_chain.ts";
import { checkRoom } from "../../store/room.ts";
import type { DiskFact } from "../on_disk/survey.ts";
import { contentOf, type Step } from "../plan/strategy.ts";
import { hashesOf } from "../proof/midstates.ts";
import type { SyncContext } from "../sync_context.ts";
import { SYNC } from "../../messages/sync.ts";

/** Chains that are tried, where a catalog lists several ways to its package. */
const MOST_CHAINS = 3;

/** Options for patching. */
export interface PatchingInput extends LookInput {
  layout: Layout;
  /** The manifest's record of a file. */
  known: (path: string) => DiskFact | undefined;
}

/** The entries to build by patches. */
interface PatchWork extends PatchStock {
  names: StagingNames;
  partial: PartialPackage;
  onVerified: (step: Step, fact: DiskFact) => void;
}

/** The patches of one dataset in one run. */
export class Patching {
  /** What patches cost and made so far, for the plan's summary. */
  readonly tally = { bytes: 0, requests: 0, made: 0 };
  readonly #input: PatchingInput;
  readonly #context: SyncContext;
  readonly #folder: PatchFolder;
  /** What patches made, by path. */
  readonly #built = new Map<string, DiskFact>();
  #opened: OpenedPatches | undefined;
  #isForeseen = false;
  /** The last one of the chain that was opened. */
  #last: OfferedPatch | undefined;
  /** Patches that failed in this run, whatever the next one will make of them. */
  readonly #useless = new Set<string>();
  /** Whether no other chain can help, either. */
  #isOver = false;

  constructor(input: PatchingInput, context: SyncContext) {
    this.#input = input;
    this.#folder = new PatchFolder(input.layout);
    this.#context = context;
  }

  /** The chain to use; `undefined` = none. */
  async chain(): Promise<OfferedPatch[] | undefined> {
    const { listed, held } = this.#input;
    const refused = await this.#folder.refused();
    const isUsable = ({ sha256 }: OfferedPatch) =>
      !refused.has(sha256) && !this.#useless.has(sha256);
    return chainFor({ ...listed, patches: listed.patches?.filter(isUsable) ?? [] }, held);
  }

  /** Counts the patches that a sync would fetch, and fetches none. */
  async foresee(): Promise<void> {
    const chain = await this.chain();
    if (chain === undefined) return;
    this.tally.bytes = chainSize(chain);
    this.tally.requests = chain.length;
    this.#isForeseen = true;
  }

  /** Whether foreseen patches make the file at `path`: it is new, or still as it was recorded. */
  wouldMake(path: string, fact: DiskFact | undefined): boolean {
    if (!this.#isForeseen) return false;
    const recorded = this.#input.known(path);
    return recorded?.crc === fact?.crc && recorded?.size === fact?.size;
  }

  /** Of staged files, those that patches made: a refused one may have come by another way. */
  countIn(staged: ReadonlyMap<string, DiskFact>): number {
    return [...this.#built].filter(([path, fact]) => staged.get(path) === fact).length;
  }

  /** Fetches and opens the patches; `undefined` = the package must be looked at instead. */
  async open(): Promise<OpenedPatches | undefined> {
    for (let attempt = 0; attempt < MOST_CHAINS && !this.#isOver; attempt++) {
      const chain = await this.chain();
      if (chain === undefined) return undefined;
      this.#last = chain.at(-1)!;
      this.#opened = await this.#openChain(chain);
      if (this.#opened !== undefined) return this.#opened;
    }
    return undefined;
  }

  async #openChain(chain: OfferedPatch[]): Promise<OpenedPatches | undefined> {
    const { layout, dataset, held } = this.#input;
    const { diskReserve: reserve } = this.#context.sync;
    const folder = this.#folder;
    folder.prepare(chain.map(({ sha256 }) => sha256));
    let current = chain[0]!;
    try {
      const needed = { bytes: chainSize(chain), files: chain.length + 1 };
      await checkRoom(layout.work, needed, reserve);
      const files: { path: string; patch: OfferedPatch }[] = [];
      for (const patch of chain) {
        current = patch;
        const path = folder.pathOf(patch.sha256);
        const fetching = this.#fetch(path, patch);
        fetching.catch(() => {}); // awaited below, unless no thread can be started
        this.#context.pool().start(); // its threads start while the patch arrives
        await fetching;
        files.push({ path, patch });
      }
      const { filenameEncoding } = dataset;
      const limits = limitsFor(dataset, held);
      const onPatch = (patch: OfferedPatch) => void (current = patch);
      const { data: dataPath } = folder;
      return await openPatches(files, { dataPath, filenameEncoding, reserve, limits, onPatch });
    } catch (error) {
      await this.#refuse(current, error);
      return undefined;
    }
  }

  /**
   * Looks at an opened directory, or refuses its patch. The fingerprint doesn't cover the end record,
   * so a directory refused here may still be valid in the package.
   */
  async orRefuse<T>(look: () => T): Promise<T | undefined> {
    try {
      return look();
    } catch (error) {
      await this.#refuse(this.#last!, error);
      return undefined;
    }
  }

  /**
   * Builds the entries that the patches fit, into staging; leaves out those that fail verification.
   */
  async apply(work: PatchWork): Promise<void> {
    const { layout, dataset: { name: dataset } } = this.#input;
    const { sync, signal, reporter } = this.#context;
    const steps = await patchSteps(work, this.#opened!, this.#input.known);
    if (steps.length === 0) return;
    const bytes = contentOf(steps);
    await checkRoom(layout.work, { bytes, files: steps.length }, sync.diskReserve);
    const hashedOf = await hashesOf(this.#input);
    const blocks = new StagedBlocks(layout);
    let fatal: Error | undefined;
    const data = this.#folder.data;
    const source = { ...this.#input, ...work, data, hashedOf };
    const extraction = openExtraction(steps, source, this.#context, {
      onVerified: (step, fact, staged) => {
        const block = this.#blockOf(step, work);
        if (block !== undefined) blocks.note(staged, block);
        this.tally.made++;
        const built = block === undefined ? fact : { ...fact, block };
        this.#built.set(step.entry.path, built);
        work.onVerified(step, built);
      },
      onBad: ({ error: { message } }) =>
        reporter({ type: "debug", dataset, message: SYNC.by_patch({ message }) }),
      onFatal: (error) => {
        fatal ??= error;
        stop();
      },
    });
    const stop = (): void => void extraction.stop();
    signal.addEventListener("abort", stop);
    try {
      const settled = extraction.settle();
      collectGarbage(steps.length, { worth: MANY_FILES }); // the other thread has begun
      await settled;
    } finally {
      signal.removeEventListener("abort", stop);
      blocks.save();
    }
    if (signal.aborted) throw new InterruptedError("interrupted", { cause: signal.reason });
    if (fatal !== undefined) throw fatal;
  }

  /** The start of the old last block: unchanged in a stream that only grew. */
  #blockOf({ entry, segments, source }: Step, { onDisk }: PatchWork): DiskFact["block"] {
    const [first] = segments ?? [];
    const block = source === undefined ? onDisk.get(entry.path)?.block : undefined;
    if (block === undefined || first?.from !== "old" || first.offset !== 0) return undefined;
    return first.length >= block.out ? block : undefined;
  }

  async #fetch(path: string, patch: OfferedPatch): Promise<void> {
    const { listed, retry, onReceived } = this.#input;
    const { hub, signal } = this.#context;
    const remote = hub.package(listed, patch.url);
    this.tally.requests++;
    await fetchPatch(path, patch, {
      remote,
      retry,
      signal,
      onReceived: (bytes) => {
        this.tally.bytes += bytes;
        onReceived(bytes);
      },
    });
  }

  /** Reports why there is no patch; remembers it if the next run would fail too. */
  async #refuse(patch: OfferedPatch, error: unknown): Promise<void> {
    const { signal, reporter } = this.#context;
    if (signal.aborted) throw error;
    const isNoRoom = error instanceof StoreError && error.code === "disk_full";
    if (!(error instanceof HubError || error instanceof ArchiveError || isNoRoom)) throw error;
    const message = SYNC.patch_unusable({ error: messageOf(error) });
    reporter({ type: "warn", dataset: this.#input.dataset.name, message });
    this.#folder.clear();
    this.#useless.add(patch.sha256);
    this.#isOver ||= isNoRoom;
    // Free space may differ tomorrow, and the plan checks for itself whether there is enough.
    if (!isRetriable(error) && !isNoRoom) await this.#folder.refuse(patch.sha256);
  }
}
