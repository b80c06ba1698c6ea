/** What is left of a partial download once it is removed: neither file nor map, nor the room they took. */
import assert from "node:assert/strict";
import { ensureLayout } from "../../src/store/layout.ts";
import { PartialPackage } from "../../src/store/partial.ts";
import { TempFolder } from "../support/temp.ts";
import { layoutOf } from "./dataset_folder.ts";

const KEY = { fingerprint: "a".repeat(64), total: 1000 };
const now = () => 0;

Deno.test("PartialPackage.remove() leaves neither the file nor the map", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  using partial = await PartialPackage.open(layout, { now });
  partial.begin(KEY);
  partial.write(0, new Uint8Array(10));
  partial.save();
  partial.remove();
  assert.deepEqual([...Deno.readDirSync(layout.work)].map(({ name }) => name), ["staging"]);
  partial.remove();
});

Deno.test("PartialPackage.remove() gives the room back although others have the file open", async () => {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  using partial = await PartialPackage.open(layout, { now });
  partial.begin(KEY);
  partial.write(0, new Uint8Array(1 << 20));
  using worker = await Deno.open(layout.partial);
  partial.remove();
  assert.equal((await worker.stat()).size, 0);
});

Deno.test("PartialPackage.remove() spares a file that was given away", async () => {
  for (const give of [Deno.link, Deno.rename]) {
    using temp = new TempFolder();
    const layout = await layoutOf(temp);
    await ensureLayout(layout);
    using partial = await PartialPackage.open(layout, { now });
    partial.begin(KEY);
    partial.write(0, new Uint8Array(10));
    await give(layout.partial, temp.at("given"));
    partial.remove();
    assert.equal((await Deno.stat(temp.at("given"))).size, 10);
  }
});
