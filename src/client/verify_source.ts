/**
 * What a dataset is verified against: the hub's list, or the manifest where no list is needed or none
 * can be had.
 *
 * Guarantees: the hub is asked only if its answer decides something: not offline, and not for a pinned
 * version, which isn't the hub's newest. A hub that is away, or sends whole packages only, leaves the
 * manifest, if there is one; a hub that answers wrongly (another key, no such dataset) is an error.
 *
 * @module
 */
import type { DatasetConfig } from "../config/dataset_config.ts";
import { HubError } from "../errors.ts";
import type { DataHub } from "../hub/data_hub.ts";
import { isRetriable } from "../hub/retry/retriable.ts";
import { resolveLayout } from "../store/layout.ts";
import { Manifest } from "../store/manifest.ts";
import { pinned } from "../store/snapshot/rollback.ts";
import { type Source, sourcesOf } from "../sync/hubs/sources.ts";
import type { Catalog } from "../types.ts";

/** A hub, and its list if there is one to compare with. */
interface VerifySource extends Pick<Source, "hub" | "traits"> {
  /** Without one the files are compared with the manifest. */
  catalog: Catalog | undefined;
  /** Why the hub couldn't be asked. */
  away?: HubError;
}

/** Options for choosing. */
interface SourceChoice {
  hubs: readonly DataHub[];
  offline: boolean;
  /** A repair fetches from the hub, so it asks first. */
  repair: boolean;
  ask: () => Promise<VerifySource>;
}

/** Chooses. Throws HubError, InterruptedError. */
export async function verifySource(
  { localDir }: Pick<DatasetConfig, "localDir">,
  { hubs, offline, repair, ask }: SourceChoice,
): Promise<VerifySource> {
  const { hub, traits } = sourcesOf(hubs)[0]!;
  const unasked = { hub, traits, catalog: undefined };
  if (offline) return unasked;
  const isPinned = pinned(await resolveLayout(localDir)) !== undefined;
  if (isPinned && !repair) return unasked;
  try {
    return await ask();
  } catch (error) {
    return { ...unasked, away: await awayOrThrow(localDir, error) };
  }
}

/**
 * The error, if it says only that the hub is away or doesn't send parts of a package, so that the
 * directory alone can't be had, and there is a manifest to compare with; else throws it.
 */
export async function awayOrThrow(localDir: string, error: unknown): Promise<HubError> {
  if (!(error instanceof HubError)) throw error;
  if (!isRetriable(error) && error.code !== "wrong_range") throw error;
  const { manifest } = await resolveLayout(localDir);
  if (await Manifest.load(manifest) === undefined) throw error;
  return error;
}
