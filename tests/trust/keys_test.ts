/** Keys are made for their owner alone, and refused where others may read them. */
import assert from "node:assert/strict";
import { StoreError } from "../../src/errors.ts";
import {
  isPublicKey,
  keyFingerprint,
  loadSigningKey,
  makeKeyFile,
  verifies,
} from "../../src/trust/keys.ts";
import { canBeFaulty, mountFaulty } from "../support/faulty_fs.ts";
import { tempDir } from "../support/temp.ts";

const bytes = new TextEncoder().encode("some bytes");

Deno.test("makeKeyFile() makes a key that only its owner reads, and that signs", async () => {
  await using temp = await tempDir();
  const publicKey = await makeKeyFile(temp.at("hub.key"));
  assert(isPublicKey(publicKey));
  assert.equal((await Deno.stat(temp.at("hub.key"))).mode! & 0o777, 0o600);
  const key = await loadSigningKey(temp.at("hub.key"));
  assert.equal(key.publicKey, publicKey);
  const signature = await key.sign(bytes);
  assert(await verifies(publicKey, signature, bytes));
  signature[0]! ^= 1;
  assert(!await verifies(publicKey, signature, bytes));
  assert(!await verifies(`ed25519:${"_".repeat(42)}8`, signature, bytes));
});

Deno.test("makeKeyFile() writes over nothing, also not through a link", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("there"), "mine");
  await Deno.symlink(temp.at("there"), temp.at("link"));
  await Deno.symlink(temp.at("nothing"), temp.at("dangling"));
  for (const name of ["there", "link", "dangling"]) {
    await assert.rejects(makeKeyFile(temp.at(name)), /is there already/);
  }
  assert.equal(await Deno.readTextFile(temp.at("there")), "mine");
  await assert.rejects(Deno.stat(temp.at("nothing")), Deno.errors.NotFound);
});

for (const fault of ["write=ENOSPC", "write=EDQUOT", "fsync=EIO"]) {
  Deno.test({
    name: `makeKeyFile() leaves nothing in the way of the next after ${fault}`,
    ignore: !canBeFaulty(),
    async fn() {
      await using disk = await mountFaulty(fault);
      await assert.rejects(makeKeyFile(disk.at("hub.key")), StoreError);
      disk.faults();
      const publicKey = await makeKeyFile(disk.at("hub.key"));
      assert.equal((await loadSigningKey(disk.at("hub.key"))).publicKey, publicKey);
    },
  });
}

Deno.test("loadSigningKey() refuses a key that others may read, and what is no key", async () => {
  await using temp = await tempDir();
  await makeKeyFile(temp.at("key"));
  await Deno.chmod(temp.at("key"), 0o640);
  await assert.rejects(loadSigningKey(temp.at("key")), (error) => {
    assert(error instanceof StoreError && error.code === "unsafe_owner");
    assert.match(error.hint!, /^chmod 600 /);
    return true;
  });
  const pem = await Deno.readTextFile(temp.at("key"));
  const others = ["", "text", pem.replace("PRIVATE", "PUBLIC"), pem.slice(0, 60), `${pem}${pem}`];
  for (const [index, text] of others.entries()) {
    const path = temp.at(`other${index}`);
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    await assert.rejects(loadSigningKey(path), /holds no private key/);
  }
});

Deno.test("keyFingerprint() is five groups of four, another for another key", async () => {
  await using temp = await tempDir();
  const keys = [await makeKeyFile(temp.at("a")), await makeKeyFile(temp.at("b"))];
  const [one, other] = keys.map(keyFingerprint);
  assert.match(one!, /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/);
  assert.notEqual(one, other);
  // It stays: people have written it down.
  assert.equal(keyFingerprint(`ed25519:${"A".repeat(43)}`), KNOWN);
});

const KNOWN = "V11V-VQPZ-WBN0-XB2T-KXDX";

Deno.test("isPublicKey() takes one text per key", () => {
  assert(isPublicKey(`ed25519:${"A".repeat(43)}`));
  for (const text of [`ed25519:${"A".repeat(42)}B`, `ed25519:${"A".repeat(44)}`, "ed25519:", "A"]) {
    assert(!isPublicKey(text), text);
  }
});
