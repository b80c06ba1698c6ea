/** A file is replaced whole or not at all, and nothing is left beside it. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { temporaryNameFor, writeFileAtomic } from "../../src/fs/atomic_write.ts";
import { run } from "../support/command.ts";
import { TempFolder } from "../support/temp.ts";

Deno.test("writeFileAtomic() replaces a file and leaves nothing beside it", async () => {
  using temp = new TempFolder();
  for (const durable of [true, false]) {
    await writeFileAtomic(temp.at("f"), `text 股 ${durable}`, { durable });
    assert.equal(Deno.readTextFileSync(temp.at("f")), `text 股 ${durable}`);
  }
  await writeFileAtomic(temp.at("f"), new Uint8Array([1, 2, 3]), { mode: 0o600 });
  assert.deepEqual([...Deno.readFileSync(temp.at("f"))], [1, 2, 3]);
  assert.equal(Deno.statSync(temp.at("f")).mode! & 0o777, 0o600);
  assert.deepEqual(temp.names(), ["f"]);
});

Deno.test("writeFileAtomic() gives a new inode, so that who reads the old one keeps it whole", async () => {
  using temp = new TempFolder();
  Deno.writeTextFileSync(temp.at("f"), "old content");
  using reader = Deno.openSync(temp.at("f"));
  await writeFileAtomic(temp.at("f"), "new");
  const buffer = new Uint8Array(100);
  assert.equal(
    new TextDecoder().decode(buffer.subarray(0, reader.readSync(buffer)!)),
    "old content",
  );
});

Deno.test("writeFileAtomic() leaves all as it was when it fails", async () => {
  using temp = new TempFolder();
  Deno.mkdirSync(temp.at("folder/x"), { recursive: true });
  await assert.rejects(writeFileAtomic(temp.at("folder"), "x"), { code: "wrong_type" });
  await assert.rejects(writeFileAtomic(temp.at("none/f"), "x"), { name: "StoreError" });
  assert.deepEqual(temp.names(), ["folder"]);
});

Deno.test("writeFileAtomic() replaces no pipe, socket or device, also where a link leads to one", async () => {
  using temp = new TempFolder();
  await run("mkfifo", [temp.at("pipe")]);
  using _socket = Deno.listen({ transport: "unix", path: temp.at("socket") });
  Deno.symlinkSync("pipe", temp.at("to a pipe"));
  Deno.symlinkSync("/dev/null", temp.at("to a device"));
  const before = temp.names();
  for (const name of before) {
    const seen = Deno.lstatSync(temp.at(name)).ino;
    await assert.rejects(writeFileAtomic(temp.at(name), "x"), {
      code: "wrong_type",
      message: /was not replaced by a file: it is (?:a pipe|neither a file nor a folder)$/,
    });
    assert.equal(Deno.lstatSync(temp.at(name)).ino, seen);
  }
  assert.deepEqual(temp.names(), before);
  // A link to a file, or to nothing, is replaced as ever.
  Deno.symlinkSync("nothing", temp.at("to nothing"));
  await writeFileAtomic(temp.at("to nothing"), "x");
  assert.equal(Deno.lstatSync(temp.at("to nothing")).isFile, true);
});

Deno.test("temporaryNameFor() is hidden, ends in .tmp and fits where the name itself fits", () => {
  for (const name of ["f.csv", ".last_sync.json", "x".repeat(255), "股".repeat(85)]) {
    const temporary = basename(temporaryNameFor(`/d/${name}`));
    assert.match(temporary, /^\.[^.].*\.tmp$/);
    assert.equal(new TextEncoder().encode(temporary).length <= 255, true);
  }
});
