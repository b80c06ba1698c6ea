/** What a killed run left of trying the disk, or of a file half written, goes with the next one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ensureLayout, resolveLayout } from "../../src/store/layout.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { checkLinks } from "../../src/store/snapshot/snapshot_ability.ts";
import { TempFolder } from "../support/temp.ts";

Deno.test("recoverPublish() removes what trials of the disk and unfinished writes left", async () => {
  using temp = new TempFolder();
  const layout = await resolveLayout(temp.at("data"));
  await ensureLayout(layout);
  for (const trial of ["abilities", "links", "probe/full"]) {
    await Deno.mkdir(join(layout.work, trial), { recursive: true });
    await Deno.writeTextFile(join(layout.work, trial, "file"), "");
  }
  for (const name of [".pin.0123abcd.tmp", ".journal.0123abcd.tmp"]) {
    await Deno.writeTextFile(join(layout.work, name), "");
  }
  await recoverPublish(layout);
  assert.deepEqual([...Deno.readDirSync(layout.work)].map(({ name }) => name), ["staging"]);
});

Deno.test("checkLinks() takes a trial's folder over from a run that died, and removes it", () => {
  using temp = new TempFolder();
  const trial = temp.at("links");
  Deno.mkdirSync(trial);
  for (const name of ["file", "hard"]) Deno.writeTextFileSync(join(trial, name), "");
  checkLinks(temp.path, trial);
  assert.deepEqual(temp.names(), []);
});
