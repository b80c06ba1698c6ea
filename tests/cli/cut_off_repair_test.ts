/**
 * A repair that is cut off at its end, after the files are live: it says so, `verify` says what is left
 * and changes nothing, and the next repair finishes it and finds nothing to do, without the hub, too.
 *
 * @module
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { verifyCommand } from "../../src/cli/data/verify_command.ts";
import { statusCommand } from "../../src/cli/status/status_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { FilesHub } from "../support/files_hub.ts";
import { assertSameTree, readTree } from "../support/tree.ts";
import { treeOf } from "../sync/watched.ts";

const FILES = { "a.csv": "1\n", "s/b.csv": "2\n" };
const WORK = ".d.datahubsync";

/** What the full disk fails at: steps after which the repaired files are live. */
const LAST_STEPS: readonly [what: string, fault: string, publish: string, unfinished: boolean][] = [
  ["putting the manifest in place", `rename=ENOSPC@${WORK}/manifest`, "files", true],
  ["putting a snapshot's manifest in place", `rename=ENOSPC@${WORK}/manifest`, "snapshot", true],
  ["removing the journal", `unlink=ENOSPC@${WORK}/journal`, "files", true],
  ["recording the version", "rename=ENOSPC@.last_sync.json", "files", false],
];

for (const [what, fault, publish, unfinished] of LAST_STEPS) {
  Deno.test({
    name:
      `verify --repair on a disk that is full at ${what} says that the files are in place (${publish})`,
    ignore: !canBeFaulty(),
    async fn() {
      await using disk = await mountFaulty();
      await using hub = FilesHub.of(FILES);
      const config = disk.at("config.yaml");
      await Deno.writeTextFile(
        config,
        `hub: {url: "${hub.url}", retries: 0}\n` +
          `datasets: [{name: d, local_dir: ./d, publish: ${publish}}]\n`,
      );
      const verify = async (options: { repair?: boolean; offline?: boolean } = {}) => {
        const terminal = fakeTerminal();
        const code = await verifyCommand([], { config, json: true, ...options }, terminal);
        return { code, ...JSON.parse(terminal.stdout()).results[0] };
      };
      assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
      await Deno.remove(disk.at("d", "a.csv"));
      // What the state has lost is written by the repair.
      if (!unfinished) await Deno.remove(disk.at(".last_sync.json"));

      disk.faults(fault);
      const failed = await verify({ repair: true });
      disk.faults();
      assert.deepEqual([failed.code, failed.ok, failed.repaired], [3, false, 1]);
      assert.match(failed.error, /no space/);
      assert.match(
        failed.hint,
        /^the new files are in place and the next run records them; free some/,
      );
      assertSameTree(await readTree(disk.at("d")), treeOf(FILES));

      const looked = await verify();
      assert.deepEqual([looked.code, looked.missing, looked.damaged], [0, [], []]);
      if (unfinished) assert.match(looked.hint, /^a publish isn't finished here; .* finishes it$/);
      else assert.equal(looked.hint, undefined);

      const again = await verify({ repair: true, offline: true });
      assert.deepEqual([again.code, again.repaired, again.hint], [0, 0, undefined], again.error);
      assert(!existsSync(disk.at(WORK, "journal")));
      if (!unfinished) return;
      const terminal = fakeTerminal();
      assert.equal(await statusCommand({ config, json: true }, terminal), 0);
      const [row] = JSON.parse(terminal.stdout()).datasets;
      assert.equal(row.disk, "as_recorded", terminal.stdout());
    },
  });
}
