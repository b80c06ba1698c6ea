/**
 * One sync with everything that the engine tells about it, and packages made of plain trees.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FaultyHub, type FaultyHubOptions, type HubDataset } from "../support/faulty_hub/hub.ts";
import { buildZip, type ZipOptions } from "../support/zip_builder.ts";
import type { HubClientOptions } from "../../src/hub/hub_client.ts";
import { type PlanSummary, reporterOf } from "../../src/sync/sync_context.ts";
import type { DatasetResult } from "../../src/types.ts";
import type { EngineRig, RunOptions } from "../support/engine.ts";
import type { Tree } from "../support/tree.ts";

/** A sync, and what was told. */
export interface Watched {
  result: DatasetResult;
  /** The first plan; without it none was made. */
  plan: PlanSummary | undefined;
  /** Files that had to be read. */
  read: number;
  debug: string[];
}

/**
 * A client whose clock is 4 ms later at every look: an answer takes that long however busy the
 * machine is, so that plans don't depend on it. It makes a hub some 120 KB away.
 */
export function evenClock(): Partial<HubClientOptions> {
  let now = 0;
  return { clock: () => now += 4 };
}

/** Syncs once, on an even clock, and keeps what the engine tells. */
export async function watched(
  rig: EngineRig,
  url: string | string[],
  options: RunOptions = {},
): Promise<Watched> {
  const seen: Omit<Watched, "result"> = { plan: undefined, read: 0, debug: [] };
  const result = await rig.sync(url, {
    ...options,
    client: { ...evenClock(), ...options.client },
    context: {
      ...options.context,
      reporter: reporterOf({
        planned: ({ plan }) => void (seen.plan = plan),
        checking: ({ total }) => void (seen.read = Math.max(seen.read, total)),
        debug: ({ message }) => void seen.debug.push(message),
        warn: ({ message }) => void rig.warnings.push(message),
        retry: ({ cause, waitMs }) => void rig.waits.push([cause, waitMs]),
      }),
    },
  });
  return { result, ...seen };
}

/** The name that rigs follow. */
export const NAME = "stock-trading-data-pro";

/** A tree out of texts. */
export function treeOf(files: Record<string, string>): Tree {
  const entries = Object.entries(files).map(([path, text]): [string, Uint8Array] => [
    path,
    Buffer.from(text),
  ]);
  return new Map(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/** A package of a tree. */
export function zipOf(tree: Tree, options: ZipOptions = {}): Uint8Array {
  return buildZip([...tree].map(([path, content]) => ({ path, content })), options);
}

/** The version of a day in January 2026. */
export function versionOf(day: number): string {
  return `2026-01-${String(day).padStart(2, "0")}T20:15:00`;
}

/** A hub with one dataset under {@linkcode NAME}. */
export function hubWith(dataset: HubDataset, options: FaultyHubOptions = {}): FaultyHub {
  return new FaultyHub({ kind: "modern", ...options, datasets: { [NAME]: dataset } });
}

/** The requests for packages that a hub has seen. */
export function packageRequests(hub: FaultyHub): FaultyHub["requests"] {
  return hub.requests.filter(({ path }) => path.startsWith("/package/"));
}
