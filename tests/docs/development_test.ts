/**
 * The developers' page gives a reason for each dependency, and what a machine needs.
 *
 * @module
 */
import assert from "node:assert/strict";
import { codesIn, read, rowsOf } from "./pages.ts";

Deno.test("docs/development.md gives a reason for every dependency", async () => {
  const text = await read("docs/development.md");
  const { imports } = JSON.parse(await read("deno.json"));
  const named = rowsOf(text, "`@zip-js/zip-js`").flatMap(([cell = ""]) => codesIn(cell));
  assert.deepEqual(named.sort(), Object.keys(imports).sort());
});

Deno.test("docs/development.md names the packages that bring all tests, and .ci/run installs them", async () => {
  const [readme, ci] = await Promise.all(
    ["docs/development.md", ".ci/run"].map((path) => read(path)),
  ) as [string, string];
  const named = /apt-get install --no-install-recommends \\\n([^`]*)```/.exec(readme)![1]!;
  const installed = /^packages=\(\n(.*?)^\)/ms.exec(ci)![1]!;
  const words = (text: string) => text.split(/[\s\\]+/).filter((word) => word !== "").sort();
  assert.deepEqual(words(named), words(installed));
});
