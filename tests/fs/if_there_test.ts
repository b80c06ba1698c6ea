/** Acting on what may not be there. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import { ifThere, ifThereAsync, removeIfThere } from "../../src/fs/if_there.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("ifThere() gives nothing for a missing file, and what is found for one that is there", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("file"), "a");
  assert.equal(ifThere(() => Deno.statSync(temp.at("file")).size), 1);
  assert.equal(ifThere(() => Deno.statSync(temp.at("none"))), undefined);
  assert.equal(await ifThereAsync(() => Deno.readTextFile(temp.at("file"))), "a");
  assert.equal(await ifThereAsync(() => Deno.readTextFile(temp.at("none/below"))), undefined);
});

Deno.test("ifThere() hides no other error: it passes, or says what was attempted", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("file"), "a");
  const path = temp.at("file/below");
  const list = () => [...Deno.readDirSync(temp.at("file"))];
  assert.throws(() => ifThere(list), Deno.errors.NotADirectory);
  assert.throws(() => ifThere(list, { path, to: "list the folder" }), (error) => {
    assert(error instanceof StoreError);
    assert.equal(error.code, "wrong_type");
    assert.match(error.message, /list the folder/);
    return true;
  });
});

Deno.test("removeIfThere() removes what is there, and folders with their files when asked", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("folder"));
  await Deno.writeTextFile(temp.at("folder/file"), "a");
  const attempt = { path: temp.at("folder"), to: "remove the folder" };
  assert.throws(() => removeIfThere(attempt), StoreError);
  removeIfThere(attempt, { recursive: true });
  removeIfThere(attempt);
  assert.equal(ifThere(() => Deno.statSync(temp.at("folder"))), undefined);
});
