/** docs/check.md names every check. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, sources } from "../../support/sources.ts";

Deno.test("docs/check.md lists exactly the checks that the sources make", async () => {
  const made = new Set<string>();
  for (const { path, text } of await sources()) {
    if (!path.startsWith("src/cli/check/")) continue;
    for (
      const [, check] of text.matchAll(
        /"((?:program|config|network|hub|dataset|folder|state|log|notify|schedule)\.[a-z]+)"/g,
      )
    ) {
      made.add(check!);
    }
  }
  const told = new Set<string>();
  for (const line of (await Deno.readTextFile(join(ROOT, "docs", "check.md"))).split("\n")) {
    const words = [...(line.split("|")[1] ?? "").matchAll(/`([a-z.]+)`/g)].map(([, word]) => word!);
    const area = words[0]?.split(".")[0];
    for (const word of words) told.add(word.includes(".") ? word : `${area}.${word}`);
  }
  assert.deepEqual([...told].sort(), [...made].sort());
});
