/**
 * One round of downloading and extracting: fills the holes of the partial and hands every entry to
 * the workers as soon as its bytes are there.
 *
 * Guarantees: when it returns, no request or worker is still running, and the partial's map is saved.
 *
 * @module
 */
import { InterruptedError } from "../../errors.ts";
import { flushAtOnceFrom } from "../../fs/flush.ts";
import { hasReflinks } from "../../fs/reflink.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import type { Layout } from "../../store/layout.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { StagedBlocks } from "../../store/staged_blocks.ts";
import type { StagingNames } from "../../store/staging.ts";
import type { CatalogEntry } from "../../types.ts";
import { type BadEntry, contentOf, type Step } from "../plan/step.ts";
import type { DiskFact } from "../on_disk/survey.ts";
import { Extraction, type ExtractionContext } from "./extraction.ts";
import { fill } from "./fill.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import { PlanAgain } from "./range_request.ts";
import type { Plan } from "../plan/plan.ts";
import type { SyncContext } from "../sync_context.ts";

/** A package, and where it goes. */
interface ExtractedPackage {
  /** What the catalog says of it. */
  listed: CatalogEntry;
  layout: Layout;
  partial: PartialPackage;
  names: StagingNames;
  /** The file with the data of patches, where they are applied. */
  data?: string;
}

interface RoundInput extends ExtractedPackage {
  plan: Plan;
  remote: RemotePackage;
  /** The strong ETag that answers must have, or `null`. */
  etag: string | null;
  retry: RetryOptions;
  onReceived: (bytes: number) => void;
  onVerified: (step: Step, fact: DiskFact) => void;
  /** Called after a wrong guess; returns whether to send no further requests and plan again. */
  onWrongGuess: (step: Step) => boolean;
}

/** How a round ended. */
interface RoundOutcome {
  /** Entries that failed verification. */
  bad: BadEntry[];
  /** What ended the round early: a HubError, or PlanAgain. */
  stopped?: unknown;
}

/** Runs a round. Throws InterruptedError, and StoreError and others that end the sync. */
export async function fetchEntries(input: RoundInput, context: SyncContext): Promise<RoundOutcome> {
  const { plan, partial } = input;
  const { signal } = context;
  const stop = new AbortController();
  const bad: BadEntry[] = [];
  let fatal: Error | undefined;
  let planAgain = false;
  const blocks = new StagedBlocks(input.layout);
  const extraction = openExtraction(plan.steps, input, context, {
    onVerified: (step, fact, staged) => {
      if (fact.block !== undefined) blocks.note(staged, fact.block);
      input.onVerified(step, fact);
    },
    onBad: (one) => {
      bad.push(one);
      if (one.step.tail !== undefined && input.onWrongGuess(one.step)) planAgain = true;
    },
    onFatal: (error) => {
      fatal ??= error;
      stop.abort(error);
    },
  });
  try {
    await fill(plan.ranges, {
      remote: input.remote,
      partial,
      pace: context.pace,
      etag: input.etag,
      connections: context.connections,
      countsOnManyRanges: plan.countsOnManyRanges,
      retry: input.retry,
      signal: AbortSignal.any([signal, stop.signal]),
      isEnough: () => planAgain,
      onBytes: (start, end) => {
        input.onReceived(end - start);
        extraction.grew(start, end);
      },
    });
    await extraction.settle();
    if (!stop.signal.aborted) {
      blocks.save(); // from here on a kill loses nothing: the next run has it all
      return planAgain ? { bad, stopped: new PlanAgain() } : { bad };
    }
  } catch (error) {
    if (!stop.signal.aborted) stop.abort(error);
  }
  await extraction.stop();
  partial.save();
  blocks.save();
  const stopped = fatal ?? stop.signal.reason;
  if (signal.aborted) throw new InterruptedError("interrupted", { cause: stopped });
  if (fatal !== undefined) throw fatal;
  return { bad, stopped };
}

/** Opens the workers on a package's partial, and what hands them its entries as they arrive. */
export function openExtraction(
  steps: readonly Step[],
  { listed, layout, partial, names, data }: ExtractedPackage,
  context: Pick<SyncContext, "pool" | "sync">,
  outcomes: Pick<ExtractionContext, "onVerified" | "onBad" | "onFatal">,
): Extraction {
  const pool = context.pool();
  pool.expect({ files: steps.length, bytes: contentOf(steps) });
  pool.open({
    partial: partial.path,
    ...(data !== undefined && { data }),
    flushFrom: flushAtOnceFrom(layout.staging, context.sync),
    reflinks: hasReflinks(layout.staging),
    total: partial.key.total,
  });
  const digests = listed.digests !== undefined;
  return new Extraction(steps, { layout, names, have: partial.have, pool, digests, ...outcomes });
}
