/**
 * A disk that turns bad in the middle of a run, from one call on: each kind of error, in each phase of
 * a sync by patch or range. The error names the file and what to do, the old version or the new one is
 * there (or the journal, which the next run finishes), and the next run on a good disk is whole.
 *
 * @module
 */
import assert from "node:assert/strict";
import { LocalHub } from "../../src/client/local_hub.ts";
import { configFor, workplace } from "../support/binary.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { compareTrees, readTree } from "../support/tree.ts";
import { treeOf } from "../sync/watched.ts";

const day = (rows: number): Record<string, string> => ({
  ...Object.fromEntries(
    Array.from({ length: 5 }, (_, i) => [`s${i % 3}/${i}.csv`, `${i}\n`.repeat(rows)]),
  ),
  [`only_on/${rows}.csv`]: "1\n",
});
const [FIRST, NEXT] = [day(50), day(100)];

/** Each kind of error, each form of a folder, and the call from which all fail. */
const BAD = [
  ["EIO", 1, "files"],
  ["ENOSPC", 8, "snapshot"],
  ["EDQUOT", 20, "files"],
  ["EROFS", 45, "snapshot"],
  ["ESTALE", 60, "snapshot"],
  ["EIO", 55, "files"],
  ["ENOSPC", 65, "files"],
  ["EROFS", 75, "files"],
] as const;

for (const [error, moment, publish] of BAD) {
  Deno.test({
    name: `${error} from call ${moment} on is said, and the next run is whole (${publish})`,
    ignore: !canBeFaulty(),
    async fn() {
      await using disk = await mountFaulty();
      await using hub = await LocalHub.start({ d: FIRST });
      const yaml = configFor(hub.url, ["d"], {
        dataset: [`publish: ${publish}`, "delete_removed: true"],
      });
      await using place = await workplace(yaml.replace("./data/d", disk.at("d")));
      const began = await place.run("sync");
      assert.equal(began.code, 0, began.stderr);
      await hub.offer("d", NEXT);
      disk.faults(`any=${error}#${moment}`);
      const failed = await place.run("sync");
      disk.faults();
      assert.equal(failed.code, 3, failed.stderr);
      assert.match(failed.stderr, /^error: d: .*\(\/.*\): .+\nhint: .+\n$/);
      const live = await readTree(disk.at("d"));
      const isWhole = [FIRST, NEXT].some((files) => compareTrees(live, treeOf(files)).length === 0);
      if (!isWhole) Deno.statSync(disk.at(".d.datahubsync/journal"));
      const after = await place.run("sync");
      assert.deepEqual([after.code, after.stderr], [0, ""]);
      assert.deepEqual(compareTrees(await readTree(disk.at("d")), treeOf(NEXT)), []);
    },
  });
}
