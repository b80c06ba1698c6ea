/** Every link between documents leads somewhere: in the checkout and in a release. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { walk } from "../../src/fs/walk.ts";
import { archiveFiles } from "../../tools/release.ts";
import { tempDir } from "../support/temp.ts";
import { deadLinks } from "./dead_links.ts";
import { ROOT } from "../support/sources.ts";

Deno.test("every link of the documents leads somewhere in the checkout", async () => {
  const files = ["docs", "bench"].flatMap((folder) =>
    walk(join(ROOT, folder)).map(({ path }) => `${folder}/${path}`)
  );
  for (const { name, isFile } of Deno.readDirSync(ROOT)) if (isFile) files.push(name);
  assert(files.includes("docs/install.md") && files.includes("AGENTS.md"));
  assert.deepEqual(await deadLinks(ROOT, files), []);
});

Deno.test("every link of a release's documents leads to a file of the release", async () => {
  const files = archiveFiles(ROOT).map(([path]) => path);
  assert(files.includes("README.zh-CN.md") && files.includes("docs/install.md"));
  assert.deepEqual(await deadLinks(ROOT, files), []);
});

Deno.test("deadLinks() finds missing files, headings and pictures, and nothing in code", async () => {
  await using temp = await tempDir();
  await Deno.mkdir(temp.at("docs"));
  await Deno.writeTextFile(
    temp.at("README.md"),
    "# One\n[a](docs/a.md#what-is-it) [b](docs/b.md) ![p](p.png) [w](https://example.com) " +
      '[f](docs) `[c](c.md)`\n\n```text\n[d](d.md)\n```\n<img src="q.png">\n\n[r]: gone.md\n',
  );
  await Deno.writeTextFile(
    temp.at("docs/a.md"),
    "## What is `it`?\n[up](../README.md#one) [no](#nothing) [zh](#中文)\n\n# 中文\n",
  );
  assert.deepEqual(await deadLinks(temp.path, ["README.md", "docs/a.md"]), [
    "README.md: docs/b.md",
    "README.md: p.png",
    "README.md: q.png",
    "README.md: gone.md",
    "docs/a.md: #nothing",
  ]);
});
