/** What tells one processor's program from another's. */

import assert from "node:assert/strict";
import { elfTarget } from "../../tools/runtime.ts";
import { tempDir } from "../support/temp.ts";

/** The first bytes of a program, as the ELF specification has them. */
function head(machine: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes.set([machine & 0xff, machine >> 8], 18);
  return bytes;
}

Deno.test("elfTarget() names the processor that a program is for", async () => {
  await using temp = await tempDir();
  const targets: (readonly [machine: number, target: string])[] = [
    [62, "x86_64-unknown-linux-gnu"],
    [183, "aarch64-unknown-linux-gnu"],
    [243, "elf243-unknown-linux-gnu"],
  ];
  for (const [machine, target] of targets) {
    await Deno.writeFile(temp.at("program"), head(machine));
    assert.equal(await elfTarget(temp.at("program")), target);
  }
});

Deno.test({
  name: "elfTarget() knows this machine's own Deno",
  ignore: Deno.build.os !== "linux",
  async fn() {
    assert.equal(await elfTarget(Deno.execPath()), Deno.build.target);
  },
});

Deno.test("elfTarget() knows nothing of a script, of nothing, and of what isn't there", async () => {
  await using temp = await tempDir();
  await Deno.writeTextFile(temp.at("script"), "#!/bin/sh\necho 'a script that is long enough'\n");
  await Deno.writeTextFile(temp.at("empty"), "");
  for (const name of ["script", "empty", "absent"]) {
    assert.equal(await elfTarget(temp.at(name)), undefined, name);
  }
});
