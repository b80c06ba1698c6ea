/** The monitoring page has every field of what programs read, in both languages. */
import assert from "node:assert/strict";
import { statusCommand } from "../../src/cli/status/status_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { FilesHub } from "../support/files_hub.ts";
import { tempDir } from "../support/temp.ts";
import { codesIn, read, rowsOf } from "./pages.ts";

/** What a sync leaves to be read. */
async function written(): Promise<{ status: string[]; history: string[]; metrics: string[] }> {
  await using temp = await tempDir();
  await using hub = FilesHub.of({ "a.csv": "1" });
  const config = temp.at("config.yaml");
  const datasets = "[{ name: d, local_dir: ./data, max_age: 30h }]";
  await Deno.writeTextFile(
    config,
    `{ hub: { url: "${hub.url}" }, datasets: ${datasets}, metrics: { textfile: ./metrics.prom } }`,
  );
  assert.equal(await syncCommand({ config, quiet: true }, fakeTerminal()), 0);
  const terminal = fakeTerminal();
  assert.equal(await statusCommand({ config, json: true }, terminal), 0);
  const history = await Deno.readTextFile(temp.at(".datahubsync/history.jsonl"));
  const metrics = await Deno.readTextFile(temp.at("metrics.prom"));
  return {
    status: Object.keys(JSON.parse(terminal.stdout()).datasets[0]),
    history: Object.keys(JSON.parse(history.split("\n")[0]!)),
    metrics: [...new Set([...metrics.matchAll(/^datahubsync_\w+/gm)].map(([name]) => name))],
  };
}

for (const page of ["docs/monitoring.md", "docs/monitoring.zh-CN.md"]) {
  Deno.test(`${page} has every field of the status, the history and the metrics`, async () => {
    const text = (await read(page)).replaceAll("`、`", "`, `");
    const named = (first: string): string[] =>
      rowsOf(text, first).flatMap(([cell = ""]) =>
        codesIn(cell).map((one) => one.replace(/\{.*/, ""))
      );
    const { status, history, metrics } = await written();
    assert.deepEqual(named("`dataset`, `local_dir`").sort(), status.sort());
    // Some are there only when there is something to say.
    for (
      const [names, first] of [[history, "`v`"], [
        metrics,
        "`datahubsync_build_info{version}`",
      ]] as const
    ) {
      const known = named(first);
      assert.deepEqual(names.filter((name) => !known.includes(name)), [], first);
    }
  });
}
