/**
 * A site that packs with patches, and a client that has its first day.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EngineRig } from "../support/engine.ts";
import { rows } from "../support/random_days.ts";
import type { PackedSite } from "../support/site.ts";
import { assertSameTree, type Tree } from "../support/tree.ts";

/** A folder whose files have a row more each day. */
export function day(number: number, files = 40): Tree {
  return new Map(
    Array.from(
      { length: files },
      (_, index) =>
        [`sh${600000 + index}.csv`, rows(index + 1, 200 + number)] as [string, Uint8Array],
    ),
  );
}

/** A client that has the first day. */
export async function started(
  site: PackedSite,
  tree: Tree = day(0),
  options = {},
): Promise<EngineRig> {
  await site.publish(tree);
  const rig = await EngineRig.make(options);
  const first = await rig.sync(site.url);
  assert.equal(first.status, "success", first.error);
  assertSameTree(await rig.tree(), tree);
  site.asked();
  return rig;
}
