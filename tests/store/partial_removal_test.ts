/** What is left of a partial download once it is removed: neither file nor map, nor the room they took. */
import assert from "node:assert/strict";
import { ensureLayout, type Layout } from "../../src/store/layout.ts";
import { PartialPackage } from "../../src/store/partial.ts";
import { TempFolder } from "../support/temp.ts";
import { layoutOf } from "./dataset_folder.ts";

/** Hands a partial of this many bytes, and its layout, to `use`. */
async function withPartial(
  bytes: number,
  use: (partial: PartialPackage, at: { layout: Layout; temp: TempFolder }) => Promise<void>,
): Promise<void> {
  using temp = new TempFolder();
  const layout = await layoutOf(temp);
  await ensureLayout(layout);
  using partial = await PartialPackage.open(layout, { now: () => 0 });
  partial.begin({ fingerprint: "a".repeat(64), total: bytes });
  partial.write(0, new Uint8Array(bytes));
  await use(partial, { layout, temp });
}

Deno.test("PartialPackage.remove() leaves neither the file nor the map", () =>
  withPartial(10, async (partial, { layout }) => {
    partial.save();
    partial.remove();
    const left = await Array.fromAsync(Deno.readDir(layout.work));
    assert.deepEqual(left.map(({ name }) => name), ["staging"]);
    partial.remove();
  }));

Deno.test("PartialPackage.remove() gives the room back although others have the file open", () =>
  withPartial(1 << 20, async (partial, { layout }) => {
    using worker = await Deno.open(layout.partial);
    partial.remove();
    assert.equal((await worker.stat()).size, 0);
  }));

Deno.test("PartialPackage.remove() spares a file that was given away", async () => {
  for (const give of [Deno.link, Deno.rename]) {
    await withPartial(10, async (partial, { layout, temp }) => {
      await give(layout.partial, temp.at("given"));
      partial.remove();
      assert.equal((await Deno.stat(temp.at("given"))).size, 10);
    });
  }
});
