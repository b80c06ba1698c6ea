/** Commands that need another user's rights, as root and others type them, with sudo and without. */
import assert from "node:assert/strict";
import { asRoot, asUser } from "../src/as_root.ts";
import { outcomeOf } from "./support/command.ts";
import { has, installed } from "./support/installed.ts";

Deno.test("asRoot() adds nothing for root, sudo for others, and su where there is no sudo", () => {
  const words = "chown bob: '/a b'";
  for (const sudo of [true, false]) assert.equal(asRoot(words, { uid: 0, sudo }), words);
  assert.equal(asRoot(words, { uid: 7, sudo: true }), `sudo ${words}`);
  assert.equal(asRoot(words, { uid: 7, sudo: false }), String.raw`su -c 'chown bob: '\''/a b'\'''`);
});

Deno.test("asUser() takes sudo, else runuser, which is root's", () => {
  const words = "datahubsync sync";
  for (const uid of [0, 7]) {
    assert.equal(asUser("bob", words, { uid, sudo: true }), `sudo -u bob ${words}`);
  }
  assert.equal(asUser("bob", words, { uid: 0, sudo: false }), `runuser -u bob -- ${words}`);
  assert.equal(asUser("bob", words, { uid: 7, sudo: false }), `su -c 'runuser -u bob -- ${words}'`);
  assert.equal(asUser("70000", words, { uid: 7, sudo: true }), `sudo -u '#70000' ${words}`);
});

Deno.test({
  name: "what is printed where there is no sudo works when root types it",
  ignore: !installed("su", "runuser") || !has(Deno.uid() === 0, "root"),
  async fn() {
    const typed = async (command: string): Promise<string> =>
      (await outcomeOf("sh", ["-c", command])).stdout;
    const noSudo = { uid: 7, sudo: false };
    assert.equal(await typed(asRoot("echo 'a  b' && id -u", noSudo)), "a  b\n0\n");
    const nobody = await typed("id -u nobody");
    assert.equal(await typed(asUser("nobody", "id -u", noSudo)), nobody);
    assert.equal(await typed(asUser("nobody", "id -u", { uid: 0, sudo: false })), nobody);
  },
});
