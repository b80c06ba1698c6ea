/** The work folder, where others may have been before. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { makePrivate } from "../../src/store/private_folder.ts";
import { TempFolder } from "../support/temp.ts";

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o7777;

Deno.test("makePrivate() makes a folder for its owner, and closes one that others may write to", async () => {
  using temp = new TempFolder();
  await makePrivate(temp.at("new"));
  assert.equal(modeOf(temp.at("new")), 0o700);
  Deno.mkdirSync(temp.at("open"));
  Deno.chmodSync(temp.at("open"), 0o777);
  await makePrivate(temp.at("open"));
  assert.equal(modeOf(temp.at("open")), 0o700);
});

Deno.test("makePrivate() refuses a link and a file", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("else"), { mode: 0o777 });
  Deno.symlinkSync("else", temp.at("link"));
  Deno.writeTextFileSync(temp.at("file"), "");
  for (const name of ["link", "file"]) {
    await assert.rejects(makePrivate(temp.at(name)), StoreError);
  }
});

Deno.test({
  name: "makePrivate() refuses somebody else's folder where everybody may make one",
  ignore: Deno.build.os !== "linux" || Deno.uid() !== 0,
  async fn() {
    using temp = new TempFolder();
    Deno.mkdirSync(temp.at("work"));
    Deno.chownSync(temp.at("work"), 4343, 4343);
    // In a folder of root's alone, root gave it away.
    await makePrivate(temp.at("work"));
    Deno.chmodSync(temp.path, 0o1777);
    await assert.rejects(makePrivate(temp.at("work")), (error) => {
      assert(error instanceof StoreError && error.code === "unsafe_owner");
      assert.equal(error.hint, `mv ${temp.at("work")} ${temp.at("work")}.old`);
      return true;
    });
    Deno.renameSync(temp.at("work"), temp.at("work.old"));
    await makePrivate(temp.at("work"));
  },
});
