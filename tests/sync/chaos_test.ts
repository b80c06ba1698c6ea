/**
 * Random days, hubs and accidents together. After every run the folder holds a whole day of the hub's:
 * the new one after a success, the one before after a failure. One quiet run always fixes the rest.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Fault } from "../support/faulty_hub/hub.ts";
import { assertHonestManifest, EngineRig, syncConfig } from "../support/engine.ts";
import { runSeed } from "../support/random.ts";
import { assertSameTree, compareTrees, type Tree } from "../support/tree.ts";
import { csvRows } from "../support/deflate_streams.ts";
import { hubWith, NAME, zipOf } from "./watched.ts";

const FILES = 14;

/** Files whose content follows from these figures. */
interface DayPlan {
  /** For each file: rows appended, or what else becomes of it. */
  files: ("same" | "grows" | "rewritten" | "gone")[];
  faults: Fault[];
  /** Stops the run at this step. */
  stopAt: string | undefined;
  connections: number | "auto";
  durable: boolean;
}

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    name: fc.constantFrom("reset" as const, "replace_package" as const),
    after: fc.nat(600_000),
  }),
  fc.record({ name: fc.constant("bit_flip" as const), offset: fc.nat(400_000) }),
  fc.record({
    name: fc.constantFrom(
      "status_500" as const,
      "status_503" as const,
      "status_429" as const,
      "status_416" as const,
      "not_found" as const,
      "html" as const,
      "gzip" as const,
      "full_for_range" as const,
      "other_range" as const,
      "wrong_content_range" as const,
      "content_length_long" as const,
      "content_length_short" as const,
      "no_length" as const,
      "garbage_after" as const,
      "bit_flip_directory" as const,
      "cut_package" as const,
    ),
    times: fc.integer({ min: 1, max: 4 }),
  }),
);
const day: fc.Arbitrary<DayPlan> = fc.record({
  files: fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constant("grows" as const) },
      { weight: 2, arbitrary: fc.constant("same" as const) },
      { weight: 1, arbitrary: fc.constant("rewritten" as const) },
      { weight: 1, arbitrary: fc.constant("gone" as const) },
    ),
    { minLength: FILES, maxLength: FILES },
  ),
  faults: fc.array(fault, { maxLength: 4 }),
  stopAt: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom("viewed", "planned", "downloaded", "published") },
  ),
  connections: fc.constantFrom(1, 2, "auto" as const),
  durable: fc.boolean(),
});

/** Goes on from day to day. */
class Days {
  readonly #rows = new Array<number>(FILES).fill(0).map((_, index) => 20 + index * 60);
  readonly #seeds = [...new Array<number>(FILES).keys()];

  next(changes: DayPlan["files"]): Tree {
    const tree: Tree = new Map([["note.txt", new Uint8Array(3)]]);
    for (const [index, change] of changes.entries()) {
      if (change === "grows") this.#rows[index]! += 1;
      if (change === "rewritten") this.#seeds[index]! += 100;
      if (change === "gone") continue;
      tree.set(`d${index % 3}/f${index}.csv`, csvRows(this.#seeds[index]!, this.#rows[index]!));
    }
    return new Map([...tree].sort(([a], [b]) => a < b ? -1 : 1));
  }
}

class Crash extends Error {}

Deno.test("whatever happens, a folder holds a whole day, and the next quiet run brings the newest", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("deployed" as const, "modern" as const, "no_ranges" as const),
      fc.array(day, { minLength: 1, maxLength: 4 }),
      async (kind, plans) => {
        await using hub = hubWith({ version: null }, { kind });
        await using rig = await EngineRig.make({ dataset: { stripPrefix: "" } });
        const days = new Days();
        let before: Tree = new Map();
        for (const [index, plan] of plans.entries()) {
          const { files, faults, stopAt, connections, durable } = plan;
          const after = days.next(files);
          const version = `2026-02-${String(index + 1).padStart(2, "0")}T20:15:00`;
          hub.setDataset(NAME, { version, package: zipOf(after) });
          hub.reset();
          hub.faults.add(...faults);
          const result = await rig.sync(hub.url, {
            context: {
              connections,
              sync: syncConfig({ durable }),
              onStep: (step) => {
                if (step === stopAt) throw new Crash(step);
              },
            },
          });
          const crashed = result.status === "error";
          if (crashed) assert.equal(result.error, stopAt, "an error that isn't the crash");
          const found = await rig.tree();
          if (result.status === "success") assertSameTree(found, after);
          else if (compareTrees(found, after).length > 0) assertSameTree(found, before);
          await assertHonestManifest(rig.dataset.localDir);
          hub.reset();
          const quiet = await rig.sync(hub.url);
          assert(quiet.success, `${quiet.status}: ${quiet.error}`);
          assertSameTree(await rig.tree(), after);
          await assertHonestManifest(rig.dataset.localDir);
          assert.equal(await rig.recorded(), version);
          before = after;
        }
      },
    ),
    { numRuns: 25, seed: runSeed() },
  );
});
