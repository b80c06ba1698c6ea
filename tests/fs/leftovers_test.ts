/** What killed writers left behind is removed, and nothing else. */
import assert from "node:assert/strict";
import { removeLeftovers } from "../../src/fs/atomic_write.ts";
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

Deno.test("removeLeftovers() says nothing of a folder that isn't there", async () => {
  await using temp = await tempDir();
  await removeLeftovers(temp.at("none"), ["journal"]);
});
