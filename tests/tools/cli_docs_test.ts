/** The reference of the commands can't drift from their definitions. */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { cliReference } from "../../tools/cli_docs.ts";

const ROOT = resolve(import.meta.dirname!, "..", "..");

Deno.test("docs/cli.md is what tools/cli_docs.ts makes of the commands", async () => {
  const written = await Deno.readTextFile(join(ROOT, "docs", "cli.md"));
  assert.equal(written, cliReference(), "run: deno run -A tools/cli_docs.ts");
});

Deno.test("docs/cli.md leaves hidden commands out", () => {
  assert.match(cliReference(), /## `datahubsync check`/);
  assert.doesNotMatch(cliReference(), /--engine/);
});
