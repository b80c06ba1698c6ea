/** What errors show. */
import assert from "node:assert/strict";
import { ArchiveError, HubError } from "../src/errors.ts";
import { REMEDY } from "../src/messages/remedy.ts";
import { redactUrl } from "../src/redact.ts";

Deno.test("an error has the hint of its code where it brings none", () => {
  assert.equal(new ArchiveError("overlap", "no", {}).hint, REMEDY.overlap());
  assert.equal(new ArchiveError("overlap", "no", { hint: "look" }).hint, "look");
  assert.equal(new HubError("redirect", "no").hint, REMEDY.redirect());
  assert.equal(new HubError("stalled", "no").hint, undefined);
});

Deno.test("redactUrl() shows letters as they are read, and nothing that could mislead", () => {
  const of = (path: string): string => redactUrl(`http://u:p@hub.example:8000${path}?sig=1#x`);
  const base = "http://hub.example:8000";
  assert.equal(of("/package/股票 日线.zip"), `${base}/package/股票%20日线.zip?…`);
  for (
    const path of [
      "/a%2Fb%3Fc%23d%25e",
      "/%0D%0Aerror:%1B[31m",
      "/%E2%80%AE%E2%80%8B%C2%A0", // direction, no width, a blank
      "/%D7%90%D7%91", // Hebrew turns what stands around it
      "/%FF%FE",
      "/%41",
    ]
  ) assert.equal(of(path), `${base}${path.replace("[", "[")}?…`);
  assert.equal(new URL(of("/股票.zip")).href, new URL(`${base}/股票.zip?…`).href);
});
