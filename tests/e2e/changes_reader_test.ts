/** Who reads the list of changes, and takes their time, holds up nobody. */
import assert from "node:assert/strict";
import { binaryPath, configFor, workplace } from "../support/binary.ts";
import { PackedSite } from "../support/site.ts";

const NAME = "bars";

Deno.test("a list that somebody pages through holds up neither `changes` nor the next sync", async () => {
  await using site = await PackedSite.make(NAME);
  await using place = await workplace(configFor(site.url, [NAME], { dataset: ["changes: true"] }));
  // More lines than a pipe holds.
  const names = Array.from({ length: 1000 }, (_, n) => `${n}${"x".repeat(100)}.csv`);
  const row = new TextEncoder().encode("1\n");
  await site.publish(new Map(names.map((name) => [name, row])));
  assert.equal((await place.run("-q")).code, 0);
  const words = ["changes", "-c", place.at("config.yaml")];
  const pager = new Deno.Command(binaryPath(), { args: words, stdout: "piped" }).spawn();
  try {
    const reader = pager.stdout.getReader();
    await reader.read(); // it prints now, and goes on when more is read
    assert.deepEqual((await place.run("changes", "--last")).stdout, "1\n");
    assert.equal((await place.run("-q", "--changes", place.at("list"))).code, 0);
    await reader.cancel();
  } finally {
    pager.kill("SIGKILL");
    await pager.status;
  }
});
