/** `sync --every`: a process that keeps the folder up to date, and ends in order when it is asked to. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { startHub } from "../support/hub.ts";
import { endOf, startProgram, writeConfig } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

Deno.test("sync --every takes what the hub has later, says nothing, and ends at SIGTERM with 143", async () => {
  await using temp = await tempDir();
  await using hub = startHub({ name: "bars" });
  const config = temp.at("config.yaml");
  const localDir = temp.at("data/bars");
  await writeConfig(config, { url: hub.url, localDir, name: "bars", durable: false });
  const child = startProgram(["sync", "-c", config, "--every", "1s", "-q"]);
  const end = endOf(child);
  // Written last.
  const recorded = () => Deno.stat(temp.at(".last_sync.json")).then(() => true, () => false);
  await until(recorded);
  await Deno.remove(localDir, { recursive: true });
  await Deno.remove(temp.at(".last_sync.json"));
  // The next round puts it there again: it is the same process, with a new look at everything.
  await until(async () => await recorded() && existsSync(localDir));
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
