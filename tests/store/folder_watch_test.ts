/** A folder that is swapped while files are put into it. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { publish, type PublishStep } from "../../src/store/publish/publish.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { publishSnapshot } from "../../src/store/snapshot/snapshot.ts";
import { TempFolder } from "../support/temp.ts";
import {
  FIRST,
  firstVersion,
  layoutOf,
  OPTIONS,
  readTree,
  stage,
  writeTree,
} from "./dataset_folder.ts";

/** Whether the kernel tells where folders are that are held open. */
const holds = Deno.build.os === "linux";

const count = (folder: string): number => [...Deno.readDirSync(folder)].length;

/** Files `sub/0` … of one folder. */
function many(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`sub/${index}`, `content ${index}`]),
  );
}

/** Publishes, and swaps `which` for a link to `prey` at a step. */
async function swapped(
  temp: TempFolder,
  files: Record<string, string>,
  { at, which }: { at: PublishStep; which: string },
): Promise<unknown> {
  Deno.chmodSync(temp.path, 0o777); // anybody may swap what lies in it
  writeTree(temp.at("prey"), {});
  const layout = await layoutOf(temp);
  const plan = await stage(layout, files);
  const onStep = (step: PublishStep): void => {
    if (step !== at) return;
    Deno.renameSync(temp.at(which), temp.at("aside"));
    Deno.symlinkSync(temp.at("prey"), temp.at(which));
  };
  return await publish(layout, plan, { durable: false, onStep }).then(() => undefined, (e) => e);
}

function assertSwap(error: unknown, path: string): void {
  assert(error instanceof StoreError, String(error));
  assert.equal(error.code, "wrong_type");
  assert.match(error.message, /was swapped while it was in use$/);
  assert.equal(error.evidence.path, path);
}

Deno.test("publish() puts nothing into a folder that was swapped before the first rename", async () => {
  using temp = new TempFolder();
  const error = await swapped(temp, many(20), { at: "folders_made", which: "data/sub" });
  assertSwap(error, temp.at("data/sub"));
  assert.equal(count(temp.at("prey")), 0);
});

Deno.test("publish() notices a swap within a batch after it, and the next run finishes", async () => {
  using temp = new TempFolder();
  const files = many(20);
  const error = await swapped(temp, files, { at: "half_moved", which: "data/sub" });
  assertSwap(error, temp.at("data/sub"));
  assert.equal(count(temp.at("prey")), holds ? 0 : 10, "what one batch can lose");
  // Until somebody has looked at it, nothing more is written.
  const layout = await layoutOf(temp);
  await assert.rejects(recoverPublish(layout, { durable: false }), /remove the link|is a link/);
  Deno.removeSync(temp.at("data/sub"));
  Deno.renameSync(temp.at("aside"), temp.at("data/sub"));
  await recoverPublish(layout, { durable: false });
  const lost = Object.keys(readTree(temp.at("prey")));
  const whole = Object.entries(files).filter(([path]) => !lost.includes(path.slice(4)));
  assert.deepEqual(readTree(temp.at("data")), Object.fromEntries(whole.sort()));
});

Deno.test("publish() loses nothing to a folder that is swapped, or one batch at most", async () => {
  using temp = new TempFolder();
  const files = many(2100);
  const error = await swapped(temp, files, { at: "half_moved", which: "data/sub" });
  assertSwap(error, temp.at("data/sub"));
  const most = holds ? 0 : 512;
  assert(count(temp.at("prey")) <= most, `${count(temp.at("prey"))} files`);
});

for (const which of ["data", ".data.datahubsync/staging"]) {
  Deno.test(`publish() notices that ${which} itself is swapped`, async () => {
    using temp = new TempFolder();
    const error = await swapped(temp, many(20), { at: "half_moved", which });
    assert(error instanceof StoreError, String(error));
    assert.match(error.message, /was swapped|isn't there|gone/);
  });
}

for (const which of ["versions", "staging"]) {
  Deno.test({
    name: `publishSnapshot() takes and puts nothing where a link leads in the place of ${which}`,
    ignore: !holds,
    async fn() {
      using temp = new TempFolder();
      await firstVersion(temp);
      const layout = await layoutOf(temp);
      const plan = await stage(layout, { "a.csv": "one" });
      const folder = temp.at(".data.datahubsync", which);
      // The same names, with what is somebody's own.
      const prey = { "000001/a.csv": "private", [plan.moves[0]!.staged]: "private" };
      writeTree(temp.at("prey"), prey);
      const onStep = (at: string): void => {
        if (at !== "manifest_written") return;
        Deno.renameSync(folder, temp.at("aside"));
        Deno.symlinkSync(temp.at("prey"), folder);
      };
      const publishing = publishSnapshot(layout, plan, { ...OPTIONS, onStep });
      await assert.rejects(publishing, /was swapped while it was in use/);
      assert.deepEqual(readTree(temp.at("prey")), prey);
      Deno.removeSync(folder);
      Deno.renameSync(temp.at("aside"), folder);
      assert.deepEqual(readTree(temp.at("data")), FIRST);
      await publishSnapshot(await layoutOf(temp), plan, OPTIONS);
      assert.equal(readTree(temp.at("data"))["a.csv"], "one");
    },
  });
}
