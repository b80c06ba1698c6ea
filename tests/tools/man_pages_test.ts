/** The manual pages: that they are complete, and that `man` has nothing to say about them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { configKeys } from "../../src/config/known_keys.ts";
import { manPages } from "../../tools/man_pages.ts";
import { optionsOf, visibleCommands } from "../docs/pages.ts";
import { outcomeOf } from "../support/command.ts";
import { installed } from "../support/installed.ts";
import { tempDir } from "../support/temp.ts";
import { ROOT } from "../support/sources.ts";

const pages = await manPages(ROOT, new Date("2026-11-26"));

/** A page without its marks. */
function textOf(name: string): string {
  const page = pages.get(name);
  assert(page !== undefined, `there is no page ${name}`);
  return page.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-").replaceAll("\\&", "");
}

Deno.test("manPages() has a page for each command, and each names the command's options", () => {
  const expected = ["datahubsync.1", "datahubsync.yaml.5"];
  for (const command of visibleCommands()) {
    const name = `datahubsync-${command.name()}.1`;
    expected.push(name);
    const text = textOf(name);
    for (const flag of optionsOf(command)) assert(text.includes(flag), `${name}: ${flag}`);
    assert(textOf("datahubsync.1").includes(`datahubsync-${command.name()}(1)`));
  }
  assert.deepEqual([...pages.keys()].sort(), expected.sort());
  assert.doesNotMatch(textOf("datahubsync-sync.1"), /--engine/);
});

Deno.test("manPages() explains every config key", () => {
  const lines = textOf("datahubsync.yaml.5").split("\n");
  const explained = lines.flatMap((line, at) => lines[at - 1] === ".TP" ? line.split(", ") : []);
  assert.deepEqual(configKeys().filter((key) => !explained.includes(key)), []);
});

Deno.test({
  name: "man --warnings has nothing to say about the pages",
  ignore: !installed("man", "groff"),
  async fn() {
    await using temp = await tempDir();
    for (const [name, text] of pages) {
      await Deno.writeTextFile(temp.at(name), text);
      const { code, stdout, stderr } = await outcomeOf(
        "man",
        ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", join(temp.path, name)],
        { env: { LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFSEQ: "" } },
      );
      assert.deepEqual([code, stderr], [0, ""], name);
      assert(stdout.length > 500, name);
    }
  },
});
