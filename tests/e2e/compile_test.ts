/** The build itself: reproducible, free of what the program doesn't need, and able to start alone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { compile } from "../../tools/compile.ts";
import { digestOf } from "../../tools/runtime.ts";
import { run } from "../support/command.ts";
import { tempDir } from "../support/temp.ts";
import { checkout } from "../support/sources.ts";

/** What compiling reads. */
const SOURCES = ["main.ts", "src", "deno.json", "deno.lock", "LICENSE", "CHANGELOG.md"];

Deno.test("compile() gives the same bytes in another folder, and a binary that starts alone", async () => {
  await using temp = await tempDir();
  const one = await checkout(temp.at("one"), SOURCES);
  const two = await checkout(temp.at("much", "further", "down", "two"), SOURCES);
  const old = new Date("2001-02-03T04:05:06Z");
  await Deno.utime(join(two, "main.ts"), old, old);
  await Deno.utime(join(two, "src", "errors.ts"), old, old);
  const first = await compile({ root: one, output: temp.at("a", "datahubsync") });
  const second = await compile({ root: two, output: temp.at("b", "other-name") });
  assert.equal(await digestOf(first.output), await digestOf(second.output));

  // Not what only the tests import, and no path of the machine that built it.
  const names = first.packages.map(({ name }) => name);
  assert(names.includes("yaml"), names.join());
  assert(!names.includes("playwright-core") && !names.includes("fast-check"), names.join());
  const text = new TextDecoder("latin1").decode((await Deno.readFile(first.output)).slice(-8e6));
  assert(text.includes("THE SOFTWARE IS PROVIDED"), "the licences are embedded");
  for (const trace of ["datahubsync-compile-", temp.path, "playwright"]) {
    assert(!text.includes(trace), trace);
  }

  const alone = { cwd: "/", env: {}, clearEnv: true };
  assert((await run(first.output, ["--version"], alone)).includes(first.info.version));
});

Deno.test("compile() leaves nothing under the output's name when it fails", async () => {
  await using temp = await tempDir();
  const root = await checkout(temp.at("broken"), SOURCES);
  await Deno.writeTextFile(join(root, "main.ts"), 'import "./src/not_there.ts";\n');
  const output = temp.at("datahubsync");
  await assert.rejects(compile({ root, output }), /not_there\.ts/);
  await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
});
