/**
 * The hubs of a run: their catalogs, each requested once, whether a dataset may trust one, and how
 * long to retry a hub that doesn't answer.
 *
 * Guarantees: with several hubs, one that is switched off costs a few seconds, not the full retry
 * period: each is first asked with a short timeout until one answers. Only if none does are all
 * asked again, with full retries. A single hub is always asked with full retries. For a dataset, an
 * unreachable hub is retried for at least {@linkcode AWAY_MS}, once per run: a router that restarts
 * must not cost a night's data, nor a hub that is gone that time for every dataset. If there is another
 * hub, it is asked instead. With `hub.retries: 0` nothing is retried. A catalog is trusted with a
 * dataset that must be signed only if one of the dataset's own keys, or else of the hub's, has signed
 * it, and only if it states everything that determines the bytes: fingerprint, length, digests.
 *
 * @module
 */
import type { DatasetConfig } from "../../config/dataset_config.ts";
import { HubError, InterruptedError } from "../../errors.ts";
import { given } from "../../given.ts";
import type { DataHub } from "../../hub/data_hub.ts";
import type { OnRetry, RetryOptions } from "../../hub/retry/retry.ts";
import type { Catalog } from "../../types.ts";
import { HubTraits } from "./hub_traits.ts";
import type { SyncContext } from "../sync_context.ts";
import { keyFingerprint } from "../../trust/keys.ts";
import { SYNC } from "../../messages/sync.ts";

/** A hub and its state in this run. */
export interface Source {
  hub: DataHub;
  traits: HubTraits;
  /** Requested when first needed. */
  catalog?: Catalog;
  failure?: unknown;
  /** Milliseconds spent asking that aren't in any result yet. */
  askedMs: number;
}

type Context = Pick<SyncContext, "signal" | "clock" | "reporter">;

/** The sources for `hubs`; none is asked yet. */
export function sourcesOf(hubs: readonly DataHub[]): Source[] {
  return hubs.map((hub) => ({ hub, traits: new HubTraits(), askedMs: 0 }));
}

/** Asks several hubs in order, with a short timeout, until one returns its catalog. */
export async function findAnswering(sources: readonly Source[], context: Context): Promise<void> {
  if (sources.length < 2) return;
  for (const source of sources) {
    await ask(source, context, true);
    if (source.catalog !== undefined || context.signal.aborted) return;
  }
  for (const source of sources) source.failure = undefined;
}

/** Fetches a hub's catalog, once per run; returns how many milliseconds it took. */
export async function askCatalog(
  source: Source,
  { sources, ...context }: Context & { sources: readonly Source[] },
): Promise<number> {
  if (source.catalog === undefined && source.failure === undefined) {
    await ask(source, context, sources.some(({ catalog }) => catalog !== undefined));
  }
  const { askedMs } = source;
  source.askedMs = 0;
  return askedMs;
}

async function ask(source: Source, context: Context, hurry: boolean): Promise<void> {
  const { signal, clock, reporter } = context;
  const before = clock();
  try {
    if (signal.aborted) throw new InterruptedError(SYNC.interrupted_before_its_turn());
    source.catalog = await source.hub.catalog(signal, { hurry });
    for (const warning of source.catalog.warnings) {
      reporter({ type: "warn", dataset: "", message: warning });
    }
  } catch (error) {
    source.failure = error;
  }
  source.askedMs += Math.max(0, clock() - before);
}

type Keys = Pick<SyncContext, "publicKeys">;

/** The keys of which one must have signed; none = the dataset needn't be signed. */
function keysFor(dataset: DatasetConfig, { publicKeys }: Keys): readonly string[] {
  return dataset.source === undefined ? dataset.publicKeys ?? publicKeys : [];
}

/** Whether a dataset must be signed. */
export function mustBeSigned(dataset: DatasetConfig, keys: Keys): boolean {
  return keysFor(dataset, keys).length > 0;
}

/** Why a catalog isn't trusted with a dataset that must be signed; `undefined` = it is. */
export function whyUntrusted(
  { signed, datasets }: Catalog,
  dataset: DatasetConfig,
  hubKeys: Keys,
): HubError | undefined {
  const { name } = dataset;
  const keys = keysFor(dataset, hubKeys);
  if (keys.length === 0) return undefined;
  if (!signed?.by.some((key) => keys.includes(key))) {
    return new HubError("untrusted", SYNC.not_signed_for({ name }), {
      expected: keys.map(keyFingerprint).join(" or "),
      found: signed?.by.map(keyFingerprint).join(" and ") || "no such signature",
      hint: SYNC.look_at_public_key(),
    });
  }
  const listed = datasets.find((one) => one.name === name);
  if (listed === undefined || listed.ready === false) return undefined;
  if (listed.fingerprint && listed.digests && listed.packageSize > 0) return undefined;
  return new HubError("untrusted", SYNC.signed_without_content({ name }), {
    expected: "fingerprint, package_size and digests",
    found: Object.keys(listed).join(", "),
    hint: SYNC.pack_signed_again(),
  });
}

/**
 * When connecting fails at once, as on a machine whose own link is down, five retries took only 3
 * to 8 seconds; a router or a modem takes 20 to 60 to start.
 */
const AWAY_MS = 60_000;

/** Attempts in a row without a byte before the next hub of a list is asked. */
const RETRIES_BEFORE_ANOTHER = 2;

/** A hub that asks to wait longer than this, in ms, is left for the next one. */
const ASKED_BEFORE_ANOTHER_MS = 30_000;

/** The retry options of one dataset's sync. */
export function retryOptionsFor(context: SyncContext, onRetry: OnRetry): RetryOptions {
  const { random, sleep, traits, anotherHub = false } = context;
  const leastWaitMs = (error: unknown): number =>
    isAway(error) && !traits.unreachable && !anotherHub ? AWAY_MS : 0;
  // Spend the time on the next hub rather than waiting for this one.
  const retries = anotherHub ? Math.min(context.retries, RETRIES_BEFORE_ANOTHER) : context.retries;
  const mostAskedMs = anotherHub ? ASKED_BEFORE_ANOTHER_MS : undefined;
  return { retries, random, sleep, onRetry, leastWaitMs, ...given({ mostAskedMs }) };
}

/** Whether an error means that the hub can't be reached; a hub that answers nonsense can. */
export function isAway(error: unknown): boolean {
  return error instanceof HubError && error.code === "unreachable" &&
    /tcp connect error|dns error/.test(String(error.evidence.found));
}
