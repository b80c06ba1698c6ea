/** What killed writers left behind is removed, and nothing else. */
import assert from "node:assert/strict";
import { removeLeftovers, temporaryNameFor, writeFileAtomic } from "../../src/fs/atomic_write.ts";
import { resolveLayout } from "../../src/store/layout.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("removeLeftovers() takes what writers of these files left, and nothing else", async () => {
  await using temp = await tempDir();
  const left = [".journal.0123abcd.tmp", ".last_sync.json.89abcdef.tmp"];
  const others = [".other.0123abcd.tmp", "journal", ".journal.tmp", ".journal.0123abcg.tmp"];
  for (const name of [...left, ...others]) await Deno.writeTextFile(temp.at(name), "");
  await removeLeftovers(temp.path, ["journal", ".last_sync.json"]);
  const names = [...Deno.readDirSync(temp.path)].map(({ name }) => name);
  assert.deepEqual(names.sort(), others.sort());
});

Deno.test("removeLeftovers() takes what was left of files with the longest of names", async () => {
  await using temp = await tempDir();
  for (const name of ["股".repeat(85), "x".repeat(255), `.${"🦀".repeat(63)}`]) {
    await Deno.writeTextFile(temporaryNameFor(temp.at(name)), "");
    await removeLeftovers(temp.path, [name]);
    assert.deepEqual([...Deno.readDirSync(temp.path)], []);
  }
});

Deno.test("removeLeftovers() says nothing of a folder that isn't there", async () => {
  await using temp = await tempDir();
  await removeLeftovers(temp.at("none"), ["journal"]);
});

Deno.test("writeFileAtomic() removes what a writer of the file left ten minutes ago, by the disk's clock", async () => {
  await using temp = await tempDir();
  const paths = [".places.0123abcd.tmp", ".places.89abcdef.tmp", ".other.0123abcd.tmp"];
  for (const name of paths) await Deno.writeTextFile(temp.at(name), "");
  const dead = (await Deno.stat(temp.at(paths[1]!))).mtime!.getTime() - 601_000;
  for (const name of paths.slice(1)) await Deno.utime(temp.at(name), dead / 1000, dead / 1000);
  await writeFileAtomic(temp.at("places"), "text");
  const names = [...Deno.readDirSync(temp.path)].map(({ name }) => name);
  assert.deepEqual(names.sort(), [paths[2], paths[0], "places"]);
  assert.equal(await Deno.readTextFile(temp.at("places")), "text");
});

Deno.test("a folder that was made to try the one above, and was left, goes with the next try", async () => {
  await using temp = await tempDir();
  const trial = temp.at(".datahubsync.0123abcd.tmp");
  await Deno.mkdir(trial);
  await Deno.mkdir(temp.at("d"));
  await resolveLayout(temp.at("d"));
  assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["d"]);
});
