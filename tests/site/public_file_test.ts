/** Folders of a site: made with those above them, or an error where something is in their place. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { makePublicFolder } from "../../src/site/public_file.ts";
import { TempFolder } from "../support/temp.ts";

for (
  const [what, leadsTo] of [["a link that leads nowhere", "gone"], ["a loop", "link"]] as const
) {
  for (const below of ["", "/a", "/a/b"]) {
    Deno.test(`makePublicFolder() ends with an error at ${what}, asked for "link${below}"`, async () => {
      using temp = new TempFolder();
      await Deno.symlink(temp.at(leadsTo), temp.at("link"));
      await assert.rejects(makePublicFolder(temp.at("link") + below), StoreError);
    });
  }
}

Deno.test("makePublicFolder() makes folders below a link to a folder", async () => {
  using temp = new TempFolder();
  await Deno.mkdir(temp.at("folder"));
  await Deno.symlink(temp.at("folder"), temp.at("link"));
  await makePublicFolder(temp.at("link", "a", "b"));
  assert((await Deno.stat(temp.at("folder", "a", "b"))).isDirectory);
});
