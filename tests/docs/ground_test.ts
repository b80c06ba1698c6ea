/** What the documents say that a machine needs is what CI installs on one. */

import assert from "node:assert/strict";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname!, "..", "..");

for (const name of ["README.md", "README.zh-CN.md"]) {
  Deno.test(`${name} names the packages that bring all tests, and .ci/run installs them`, async () => {
    const [readme, ci] = await Promise.all(
      [name, ".ci/run"].map((path) => Deno.readTextFile(join(ROOT, path))),
    ) as [string, string];
    const named = /apt-get install --no-install-recommends \\\n([^`]*)```/.exec(readme)![1]!;
    const installed = /^packages=\(\n(.*?)^\)/ms.exec(ci)![1]!;
    const words = (text: string) => text.split(/[\s\\]+/).filter((word) => word !== "").sort();
    assert.deepEqual(words(named), words(installed));
  });
}
