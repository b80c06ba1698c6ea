/** Which versions a snapshot keeps, also after a rollback and after kills. */
import assert from "node:assert/strict";
import { Manifest } from "../../src/store/manifest.ts";
import { recoverPublish } from "../../src/store/recover.ts";
import { goToVersion, keptVersions } from "../../src/store/snapshot/rollback.ts";
import { publishSnapshot, SNAPSHOT_STEPS } from "../../src/store/snapshot/snapshot.ts";
import { listVersions } from "../../src/store/snapshot/versions.ts";
import { TempFolder } from "../support/temp.ts";
import {
  FIRST,
  firstVersion,
  layoutOf,
  OPTIONS,
  readTree,
  stage,
  versionsOf,
} from "./dataset_folder.ts";

Deno.test("publishSnapshot() keeps the version that it replaces, also one that somebody went back to", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  const bad = await layoutOf(temp);
  await publishSnapshot(bad, await stage(bad, { "a.csv": "bad" }), OPTIONS);
  const [good] = await keptVersions(await layoutOf(temp));
  await goToVersion(await layoutOf(temp), good!, {
    durable: true,
    lists: false,
    record: () => Promise.resolve(),
  });
  const next = await layoutOf(temp);
  await publishSnapshot(next, await stage(next, { "a.csv": "next" }), OPTIONS);
  assert.deepEqual(versionsOf(temp), ["000001", "000003"]);
});

for (const step of SNAPSHOT_STEPS) {
  Deno.test(`publishSnapshot() that dies at ${step} costs none of the versions to keep`, async () => {
    using temp = new TempFolder();
    await firstVersion(temp);
    const changed = { "a.csv": "one", "b/c.csv": "two" };
    const layout = await layoutOf(temp);
    const plan = await stage(layout, changed);
    plan.manifest.version = "v3";
    const onStep = (at: string): void => {
      if (at === step) throw new Error("killed");
    };
    await assert.rejects(publishSnapshot(layout, plan, { ...OPTIONS, onStep }), /killed/);
    const switched = SNAPSHOT_STEPS.indexOf(step) >= SNAPSHOT_STEPS.indexOf("switched");
    const after = await layoutOf(temp);
    const live = switched ? ["000002"] : [];
    assert.deepEqual(listVersions(after), ["000001", ...live]);
    await recoverPublish(after);
    // As a sync does: what the manifest has is not published again.
    const { version } = (await Manifest.load(after.manifest))!;
    assert.equal(version === "v3", switched);
    if (!switched) await publishSnapshot(after, await stage(after, changed), OPTIONS);
    const [first, second, ...more] = versionsOf(temp);
    assert.deepEqual(more, []);
    assert.deepEqual(readTree(temp.at(".data.datahubsync/versions", first!)), FIRST);
    assert.equal(Deno.readLinkSync(temp.at("data")), `.data.datahubsync/versions/${second}`);
    assert.deepEqual(readTree(temp.at("data")), { ...FIRST, ...changed });
  });
}

Deno.test("publishSnapshot() that fails at the link day after day leaves one version to spare at most", async () => {
  using temp = new TempFolder();
  await firstVersion(temp);
  for (const content of ["2", "3", "4"]) {
    const layout = await layoutOf(temp);
    const plan = await stage(layout, { "a.csv": content });
    const onStep = (at: string): void => {
      if (at === "folders_flushed") throw new Error("killed");
    };
    await assert.rejects(publishSnapshot(layout, plan, { ...OPTIONS, onStep }), /killed/);
    assert.deepEqual(versionsOf(temp), ["000001", "000002", "000002.next"]);
  }
});
