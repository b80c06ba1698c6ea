/**
 * The part of a sync that serves the mirror, the tree of packages for other machines. The mirror's
 * code is loaded only when there is one.
 *
 * @module
 */
import type { MirrorConfig } from "../config/config.ts";
import type { PartialPackage } from "../store/partial.ts";
import { messageOf } from "../errors.ts";
import type { ListedDataset, OfferedPatch, SignedBy } from "../types.ts";
import { fetchPatch } from "./by_patch/fetch_patch.ts";
import type { RetryOptions } from "../hub/retry/retry.ts";
import type { Gathered } from "./gather.ts";
import type { RunContext, SyncContext } from "./sync_context.ts";
import { SYNC } from "../messages/sync.ts";

/** What is placed in a mirror. */
interface FeedInput {
  partial: PartialPackage;
  gathered: Gathered;
  /** The upstream's list of midstates, where it was had. */
  midstates: Uint8Array | undefined;
  version: string | null;
  /** Whether the upstream signs: then its patches are the mirror's, too. */
  hubSigns: boolean;
  retry: RetryOptions;
}

/** Places the whole package; the partial is moved there. Throws StoreError, and HubError for patches. */
export async function feedMirror(
  mirror: MirrorConfig,
  listed: ListedDataset,
  { partial, gathered, midstates, version, hubSigns, retry }: FeedInput,
  context: SyncContext,
): Promise<void> {
  const { clock, sync: { durable }, reporter } = context;
  const { fingerprint, total, digestList } = gathered;
  const { placePackage } = await import("../site/place.ts");
  const patches = hubSigns
    ? await fetchPatches(listed, mirror.dir, { ...context, retry })
    : undefined;
  await placePackage(mirror, {
    name: listed.name,
    packageFile: partial.path,
    total,
    fingerprint,
    version,
    digests: digestList,
    midstates,
    patches,
    listed,
  }, {
    clock,
    durable,
    warn: (text) => reporter({ type: "warn", dataset: listed.name, message: text }),
  });
}

/** Brings the upstream's patches into the mirror, those that it hasn't yet. */
async function fetchPatches(
  listed: ListedDataset,
  dir: string,
  { hub, signal, retry, clock }: SyncContext & { retry: RetryOptions },
): Promise<OfferedPatch[]> {
  const { stageUpstreamPatch } = await import("../site/patch/place_patch.ts");
  for (const patch of listed.patches ?? []) {
    await using staged = await stageUpstreamPatch(dir, { name: listed.name, patch, now: clock() });
    if (staged === undefined) continue;
    await fetchPatch(staged.path, patch, {
      remote: hub.package(listed, patch.url),
      retry,
      signal,
      onReceived: () => {},
    });
    staged.take();
  }
  return listed.patches ?? [];
}

/**
 * Ends a run with a mirror: hands a signed upstream's catalog on, if all that it names is there, and
 * removes expired packages, even on days without a new version. What fails is a warning.
 */
export async function finishMirror(
  mirror: MirrorConfig,
  signed: SignedBy | undefined,
  { clock, sync: { durable }, reporter }: RunContext,
): Promise<void> {
  const warn = (message: string): void => reporter({ type: "warn", dataset: "", message });
  if (signed !== undefined) {
    try {
      const { handOn } = await import("../site/hand_on.ts");
      const why = await handOn(mirror.dir, signed, { durable, now: clock() });
      if (why !== undefined) warn(SYNC.signature_not_yet({ why }));
    } catch (error) {
      warn(SYNC.signature_not({ error: messageOf(error) }));
    }
  }
  try {
    const { pruneSite } = await import("../site/place.ts");
    await pruneSite(mirror, { clock, durable });
  } catch (error) {
    warn(SYNC.old_packages({ dir: mirror.dir, error: messageOf(error) }));
  }
}
