/** The reference of the commands can't drift from their definitions. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { cliReference } from "../../tools/cli_docs.ts";
import { ROOT } from "../support/sources.ts";

Deno.test("docs/cli.md is what tools/cli_docs.ts makes of the commands", async () => {
  const written = await Deno.readTextFile(join(ROOT, "docs", "cli.md"));
  assert.equal(written, cliReference(written), "run: deno run -A tools/cli_docs.ts");
});

Deno.test("docs/cli.md leaves hidden options out, and keeps what stands above the mark", async () => {
  const written = await Deno.readTextFile(join(ROOT, "docs", "cli.md"));
  const made = cliReference(`# Mine\n\n${written.slice(written.indexOf("<!-- Below"))}`);
  assert.match(made, /^# Mine\n\n<!-- Below/);
  assert.match(made, /## `datahubsync check`/);
  assert.doesNotMatch(made, /--engine/);
  assert.throws(() => cliReference("# Commands\n"), /has no line/);
});
