/** The tree that is compiled calls each package by the name that the program uses. */
import assert from "node:assert/strict";
import { namesOf } from "../../tools/build_tree.ts";

Deno.test("namesOf() gives a package its own name and the one that the program calls it by", () => {
  const one = { id: "@a/b@1.0.0_c@2.0.0", name: "@a/b", version: "1.0.0" };
  const imports = { b: "npm:@a/b@1.0.0", "@a/b": "npm:@a/b@1.0.0", old: "npm:@a/b@0.9.0" };
  assert.deepEqual(namesOf(one, imports), ["@a/b", "b"]);
  assert.deepEqual(namesOf({ id: "c@2.0.0", name: "c", version: "2.0.0" }, imports), ["c"]);
});
