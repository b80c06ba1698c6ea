/** Which spellings are taken for which words. @module */

import assert from "node:assert/strict";
import { nearest } from "../../src/config/near_miss.ts";

const KEYS = ["local_dir", "sync", "hub", "timeout"];

Deno.test("nearest() sees through style, swaps and slips", () => {
  for (const word of ["localDir", "local-dir", "LOCAL_DIR", "loacl_dir", "lcal_dri"]) {
    assert.equal(nearest(word, KEYS), "local_dir", word);
  }
  assert.equal(nearest("hubs", KEYS), "hub");
  assert.equal(nearest("snyc", KEYS), "sync");
  assert.equal(nearest("tiemout", KEYS), "timeout");
});

Deno.test("nearest() leaves other words alone", () => {
  for (const word of ["sink", "x", "", "description", "proxy", "s".repeat(10_000)]) {
    assert.equal(nearest(word, KEYS), undefined, word);
  }
});
