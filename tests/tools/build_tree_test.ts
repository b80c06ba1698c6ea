import assert from "node:assert/strict";
import { pruneConfig, pruneLock, withModules, withoutMap } from "../../tools/build_tree.ts";

const PACKAGES = [{ id: "@a/b@1.0.0_c@2.0.0", name: "@a/b", version: "1.0.0" }, {
  id: "c@2.0.0",
  name: "c",
  version: "2.0.0",
}];

Deno.test("pruneConfig() keeps the imports of the program and drops the tests'", () => {
  const config = pruneConfig({
    name: "n",
    version: "1",
    imports: { b: "npm:@a/b@1.0.0", driver: "npm:driver@9.0.0" },
    tasks: { x: "y" },
    permissions: {},
  }, PACKAGES);
  assert.deepEqual(config.imports, { b: "npm:@a/b@1.0.0" });
  assert.equal("tasks" in config, false);
});

Deno.test("pruneLock() keeps a package, what it needs, and their digests", () => {
  const lock = pruneLock({
    version: "5",
    specifiers: { "npm:@a/b@1.0.0": "1.0.0_c@2.0.0", "npm:driver@9.0.0": "9.0.0" },
    npm: {
      "@a/b@1.0.0_c@2.0.0": { integrity: "sha512-b", dependencies: ["c"] },
      "c@2.0.0": { integrity: "sha512-c" },
      "driver@9.0.0": { integrity: "sha512-d" },
    },
    workspace: { dependencies: ["npm:@a/b@1.0.0", "npm:driver@9.0.0"] },
  }, PACKAGES);
  assert.deepEqual(lock, {
    version: "5",
    specifiers: { "npm:@a/b@1.0.0": "1.0.0_c@2.0.0" },
    npm: {
      "@a/b@1.0.0_c@2.0.0": { integrity: "sha512-b", dependencies: ["c"] },
      "c@2.0.0": { integrity: "sha512-c" },
    },
    workspace: { dependencies: ["npm:@a/b@1.0.0"] },
  });
});

Deno.test("withModules() takes the export for Node.js away, and keeps the others", () => {
  const util = { types: "./u.d.ts", node: "./dist/u.js", default: "./browser/u.js" };
  const main = { types: "./i.d.ts", node: "./dist/i.js", default: "./browser/i.js" };
  const made = withModules({
    name: "yaml",
    type: "commonjs",
    exports: { ".": main, "./util": util },
  });
  assert.deepEqual(made, {
    name: "yaml",
    type: "commonjs",
    exports: { ".": { types: "./i.d.ts", default: "./browser/i.js" }, "./util": util },
  });
});

Deno.test("withoutMap() drops the comment that names a source map, and nothing else", () => {
  const script = 'const a = "//# sourceMappingURL=kept";\nexport { a };\n';
  for (const comment of ["//# sourceMappingURL=a.js.map", "//@ sourceMappingURL=/x/a.map"]) {
    assert.equal(withoutMap(script + comment), script);
    assert.equal(withoutMap(`${script}${comment}\n`), `${script}\n`);
  }
});
