/** A release's signature, by a key that the test makes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { signSums, withoutCheckout } from "../../tools/release.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";
import { ROOT } from "../support/sources.ts";

Deno.test({
  name: "signSums() makes a signature that the documented command takes, and finds a forger by",
  ignore: !installed("ssh-keygen"),
  async fn() {
    await using temp = await tempDir();
    const sh = (script: string) =>
      new Deno.Command("sh", { args: ["-ec", script], cwd: temp.path, stdin: "null" }).output();
    await sh(
      "ssh-keygen -q -t ed25519 -N '' -f key && echo \"release $(cat key.pub)\" >allowed_signers",
    );
    await Deno.writeTextFile(temp.at("SHA256SUMS"), "abc  file\n");
    await signSums(temp.path, temp.at("key"));
    const install = await Deno.readTextFile(join(ROOT, "docs/install.md"));
    const command = /^ssh-keygen -Y verify .*$/m.exec(install)![0];
    assert.equal((await sh(command)).code, 0);
    // A second build replaces the signature without a question.
    await Deno.writeTextFile(temp.at("SHA256SUMS"), "abd  file\n");
    assert.notEqual((await sh(command)).code, 0);
    await signSums(temp.path, temp.at("key"));
    assert.equal((await sh(command)).code, 0);
  },
});

Deno.test("the archive's READMEs have no word of a checkout's commands", async () => {
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const text = await Deno.readTextFile(join(ROOT, name));
    assert.match(text, /denow/);
    const left = withoutCheckout(text);
    assert.doesNotMatch(left, /denow|checkout -->/, name);
    assert.match(left, /^## /m);
  }
});
