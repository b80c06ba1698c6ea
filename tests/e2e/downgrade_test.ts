/** An earlier program on what a newer one has written: it refuses before it writes anything. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { startHub } from "../support/hub.ts";
import { runProgram, writeConfig } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { readTree } from "../support/tree.ts";

Deno.test("a sync refuses a manifest of a newer program, and changes neither data nor state", async () => {
  await using temp = await tempDir();
  await using hub = startHub({ name: "bars" });
  const config = temp.at("config.yaml");
  await writeConfig(config, { url: hub.url, localDir: temp.at("bars"), name: "bars" });
  assert.equal((await runProgram(["sync", "-c", config, "-q"])).code, 0);
  const manifest = join(temp.path, ".bars.datahubsync", "manifest");
  const text = await Deno.readTextFile(manifest);
  // As a newer one writes it: another format, whose checksum only that one can make.
  const format = Number(/^\{"format":(\d+),/.exec(text)![1]);
  await Deno.writeTextFile(manifest, text.replace(/\d+/, String(format + 1)));
  hub.nextDay();
  const before = [
    await readTree(temp.at("bars")),
    await Deno.readTextFile(temp.at(".last_sync.json")),
  ];
  const { code, stderr } = await runProgram(["sync", "-c", config, "-q"]);
  assert.equal(code, 3);
  assert.match(
    stderr,
    new RegExp(`format version ${format + 1}; this program reads up to ${format}`),
  );
  assert.match(stderr, /written by a newer datahubsync/);
  const after = [
    await readTree(temp.at("bars")),
    await Deno.readTextFile(temp.at(".last_sync.json")),
  ];
  assert.deepEqual(after, before);
});
