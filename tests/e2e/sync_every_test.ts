/** `sync --every`: a process that keeps the folder up to date, and ends in order when it is asked to. */

import assert from "node:assert/strict";
import { startHub } from "../support/hub.ts";
import { endOf, startProgram, writeConfig } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { readTree } from "../support/tree.ts";

Deno.test("sync --every takes what the hub has later, says nothing, and ends at SIGTERM with 143", async () => {
  await using temp = await tempDir();
  await using hub = startHub({ name: "bars" });
  const config = temp.at("config.yaml");
  const localDir = temp.at("data/bars");
  await writeConfig(config, { url: hub.url, localDir, name: "bars", durable: false });
  const child = startProgram(["sync", "-c", config, "--every", "1s", "-q"]);
  const end = endOf(child);
  await until(async () => (await filesIn(localDir)) > 0);
  await Deno.remove(temp.at(".last_sync.json"));
  await Deno.remove(localDir, { recursive: true });
  // The next round puts it there again: it is the same process, with a new look at everything.
  await until(async () => (await filesIn(localDir)) > 0);
  await until(() => Deno.stat(temp.at(".last_sync.json")).then(() => true, () => false));
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await end;
  assert.deepEqual({ code, stdout, stderr }, { code: 143, stdout: "", stderr: "" });
});

Deno.test("sync --every refuses what makes no sense with it", async () => {
  for (const more of [["--json"], ["--dry-run"]]) {
    const { code, stderr } = await endOf(startProgram(["sync", "--every", "1h", ...more]));
    assert.equal(code, 2);
    assert.match(stderr, /--every goes with neither --dry-run nor --json/);
  }
});

async function filesIn(folder: string): Promise<number> {
  return (await readTree(folder).catch(() => new Map())).size;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await holds())) {
    assert(Date.now() < end, "it didn't happen");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
