/**
 * Both READMEs are short, name what exists, and lead nowhere that a release doesn't go.
 *
 * @module
 */
import assert from "node:assert/strict";
import { archiveFiles } from "../../tools/release.ts";
import { codesIn, flagsIn, optionsOf, read, visibleCommands } from "./pages.ts";
import { ROOT } from "../support/sources.ts";

/** Beyond this a README is a manual. */
const MOST_LINES = 200;

for (const name of ["README.md", "README.zh-CN.md"]) {
  const text = await read(name);

  Deno.test(`${name} has less than ${MOST_LINES} lines`, () => {
    assert(text.split("\n").length <= MOST_LINES);
  });

  Deno.test(`${name} names tasks that exist`, async () => {
    const { tasks } = JSON.parse(await read("deno.json"));
    const named = [...text.matchAll(/denow task ([\w:]+)/g)].map(([, task]) => task!);
    assert(named.includes("demo") && named.includes("test"));
    assert.deepEqual(named.filter((task) => !(task in tasks)), []);
  });

  Deno.test(`${name} leaves a place for the measured speed`, () => {
    assert.match(text, /<!-- speed -->.+<!-- \/speed -->/s);
  });

  Deno.test(`${name} names no file of the sources that a release doesn't hold`, () => {
    const held = archiveFiles(ROOT).map(([path]) => path);
    const named = codesIn(text.replaceAll(/```.*?```/gs, ""))
      .filter((code) => /^(?:src|tests|tools|bench|docs|\.ci)\//.test(code));
    assert.deepEqual(named.filter((path) => !held.includes(path)), []);
  });
}

// The pages that people type from.
for (
  const name of [
    ...["README.md", "README.zh-CN.md", "docs/configuration.md", "docs/configuration.zh-CN.md"],
    ...["docs/cli.md", "docs/cli.zh-CN.md", "docs/how-it-works.md", "docs/how-it-works.zh-CN.md"],
    ...["docs/troubleshooting.md", "docs/troubleshooting.zh-CN.md", "docs/check.md"],
  ]
) {
  Deno.test(`${name} has no flag of ours that doesn't exist`, async () => {
    const known = new Set(["--version", "--check", "--help"]);
    for (const command of visibleCommands()) {
      for (const flag of optionsOf(command)) known.add(flag);
    }
    const installer = await read("install_client.sh");
    for (const flag of flagsIn(await read(name))) {
      assert(known.has(flag) || installer.includes(`${flag})`), flag);
    }
  });
}
