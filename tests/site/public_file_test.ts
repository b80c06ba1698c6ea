/** Folders of a site, made with those above them, and names for one file that readers see replaced at once. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { linkOver, makePublicFolder } from "../../src/site/public_file.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
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

for (const error of ["EPERM", "EACCES", "EMLINK", "EXDEV", "ENOSYS", "ENOTSUP", "EINVAL"]) {
  Deno.test({
    name: `linkOver() makes a copy where a link fails with ${error}, and flushes it`,
    ignore: !canBeFaulty(),
    async fn() {
      await using disk = await mountFaulty();
      const [from, to] = [disk.at("new.zip"), disk.at("newest.zip")];
      await Deno.writeTextFile(from, "new");
      await Deno.writeTextFile(to, "old");
      disk.faults(`link=${error}`, "fsync=EIO");
      await assert.rejects(linkOver(from, to, { durable: true }), /device failed/);
      assert.equal(await Deno.readTextFile(to), "old");
      await linkOver(from, to, { durable: false });
      assert.equal(await Deno.readTextFile(to), "new");
      assert.equal([...Deno.readDirSync(disk.path)].length, 2);
    },
  });
}

Deno.test({
  name: "linkOver() makes no copy on a disk that fails",
  ignore: !canBeFaulty(),
  async fn() {
    await using disk = await mountFaulty("link=EIO");
    await Deno.writeTextFile(disk.at("new.zip"), "new");
    const linked = linkOver(disk.at("new.zip"), disk.at("newest.zip"), { durable: true });
    await assert.rejects(linked, /device failed/);
    assert.deepEqual([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["new.zip"]);
  },
});
