/** Every test that `docs/security.md` and `docs/guarantees.md` name as proof is there. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readDoc } from "./code_block.ts";
import { ROOT } from "../support/sources.ts";

for (const name of ["security.md", "guarantees.md"]) {
  Deno.test(`docs/${name} names tests that are there`, async () => {
    const named = [...(await readDoc(name)).matchAll(/`(tests\/[^`*]+)`/g)].map(([, path]) =>
      path!
    );
    assert(named.length > 5);
    for (const path of new Set(named)) {
      await assert.doesNotReject(Deno.stat(join(ROOT, path)), `${name}: ${path}`);
    }
  });
}
