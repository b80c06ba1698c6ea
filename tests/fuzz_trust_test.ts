/** A short run of the task that feeds broken catalogs, envelopes and lists. */
import assert from "node:assert/strict";
import { fuzzTrust } from "./fuzz_trust.ts";

Deno.test("broken catalogs, envelopes and lists end in a typed error, or in what was signed", async () => {
  const { cases, refused, opened, read } = await fuzzTrust({ cases: 1000 });
  assert.equal(cases, 1000);
  // Each kind is reached.
  assert(refused["untrusted"]! > 100 && refused["bad_digests"]! > 100 && read > 100, `${opened}`);
});
