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

/** What an earlier run of a newer program may have left in the work folder, and who meets it. */
const LEFT: [file: string, command: string[]][] = [
  ["journal", ["sync", "-q"]],
  ["partial.map", ["sync", "-q"]],
  ["changes/000000007", ["changes"]],
];

for (const [file, command] of LEFT) {
  Deno.test(`${command[0]} refuses a ${file} of a newer program, and leaves it and all else as it is`, async () => {
    await using temp = await tempDir();
    await using hub = startHub({ name: "bars" });
    const config = temp.at("config.yaml");
    const dataset = { changes: true };
    await writeConfig(config, { url: hub.url, localDir: temp.at("bars"), name: "bars", dataset });
    assert.equal((await runProgram(["sync", "-c", config, "-q"])).code, 0);
    const path = join(temp.path, ".bars.datahubsync", file);
    const text = '{"format":999,"crc":"00000000","of":"a newer program"}\n';
    await Deno.writeTextFile(path, text, { mode: 0o600 });
    hub.nextDay();
    const kept = async (): Promise<unknown> => [
      await readTree(temp.at("bars")),
      await Deno.readTextFile(temp.at(".last_sync.json")),
      await Deno.readTextFile(path),
    ];
    const before = await kept();
    const { code, stderr } = await runProgram([...command, "-c", config]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /has format version 999; this program reads up to \d+/);
    assert.match(stderr, /written by a newer datahubsync/);
    assert.deepEqual(await kept(), before);
  });
}
