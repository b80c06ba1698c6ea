/**
 * The part of a sync that serves the mirror, the tree of packages for other machines. Without a
 * mirror it does nothing, and the mirror's code isn't loaded.
 *
 * @module
 */
import type { PartialPackage } from "../store/partial.ts";
import { messageOf } from "../errors.ts";
import type { CatalogEntry, PatchEntry, SignedBy } from "../types.ts";
import { fetchPatch } from "./by_patch/fetch_patch.ts";
import type { RetryOptions } from "./hubs/retry_options.ts";
import type { Gathered } from "./gather.ts";
import type { RunContext, SyncContext } from "./sync_context.ts";
import { SYNC } from "../messages/sync.ts";

/** What is placed in a mirror. */
interface FeedInput {
  partial: PartialPackage;
  gathered: Gathered;
  version: string | null;
  /** Whether the upstream signs: then its patches are the mirror's, too. */
  hubSigns: boolean;
  retry: RetryOptions;
}

/** Places the whole package; the partial is moved there. Throws StoreError, and HubError for patches. */
export async function feedMirror(
  listed: CatalogEntry,
  { partial, gathered, version, hubSigns, retry }: FeedInput,
  context: SyncContext,
): Promise<void> {
  const { mirror, clock, sync: { durable }, reporter } = context;
  if (mirror === undefined) return;
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
    ...(digestList !== undefined && { digests: digestList }),
    ...(patches !== undefined && { patches }),
    catalogEntry: listed,
  }, {
    clock,
    durable,
    warn: (text) => reporter({ type: "warn", dataset: listed.name, message: text }),
  });
}

/** Brings the upstream's patches into the mirror, those that it hasn't yet. */
async function fetchPatches(
  listed: CatalogEntry,
  dir: string,
  { hub, signal, retry, clock }: SyncContext & { retry: RetryOptions },
): Promise<PatchEntry[]> {
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
    await staged.take();
  }
  return listed.patches ?? [];
}

/** Hands a signed upstream's catalog on, once all that it names is in the mirror. */
export async function handOnSigned(
  signed: SignedBy | undefined,
  { mirror, clock, sync: { durable }, reporter }: RunContext,
): Promise<void> {
  if (mirror === undefined || signed === undefined) return;
  const { handOn } = await import("../site/hand_on.ts");
  try {
    const why = await handOn(mirror.dir, signed, { durable, now: clock() });
    if (why !== undefined) {
      reporter({ type: "warn", dataset: "", message: SYNC.signature_not_yet({ why }) });
    }
  } catch (error) {
    reporter({
      type: "warn",
      dataset: "",
      message: SYNC.signature_not({ error: messageOf(error) }),
    });
  }
}

/** What the mirror holds for a dataset; `undefined` = nothing, or there is no mirror. */
export async function mirroredPackage(
  name: string,
  { mirror }: SyncContext,
): Promise<{ fingerprint: string; version: string | null } | undefined> {
  if (mirror === undefined) return undefined;
  const { currentPackage } = await import("../site/current_package.ts");
  return await currentPackage(mirror, name);
}
