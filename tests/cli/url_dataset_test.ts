/** The commands with a dataset that has an address of its own, alone and beside a hub's. */
import assert from "node:assert/strict";
import { listCommand } from "../../src/cli/setup/list_command.ts";
import { reportCommand } from "../../src/cli/setup/report_command.ts";
import { statusCommand } from "../../src/cli/status/status_command.ts";
import { syncCommand } from "../../src/cli/sync/sync_command.ts";
import { verifyCommand } from "../../src/cli/data/verify_command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { type FileServer, startFileServer } from "../support/file_server.ts";
import { startHub } from "../support/hub.ts";
import { startReceiver } from "../support/receiver.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { treeOf, zipOf } from "../sync/watched.ts";

const zip = (text: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipOf(treeOf({ "a.csv": text, "b.csv": "b" })));
const WRITTEN = "Sun, 22 Nov 2026 06:02:38 GMT";
const surroundings = { root: "/nonexistent", home: undefined, env: () => undefined };

async function configOf(temp: TempDir, server: FileServer, more: object = {}): Promise<string> {
  const config = temp.at("config.yaml");
  const dataset = { name: "facts", url: server.url, local_dir: "./facts" };
  await Deno.writeTextFile(config, JSON.stringify({ datasets: [dataset], ...more }));
  return config;
}

Deno.test("list, status, verify and mirror treat a url dataset like any other", async () => {
  await using server = startFileServer({ bytes: zip("1"), lastModified: WRITTEN });
  await using temp = await tempDir();
  const config = await configOf(temp, server, { mirror: { dir: "./mirror" } });
  assert.equal(await syncCommand({ config }, fakeTerminal()), 0);

  const listed = fakeTerminal();
  assert.equal(await listCommand({ config, json: true }, listed), 0);
  const list = JSON.parse(listed.stdout());
  assert.deepEqual([list.hub, list.not_on_hub], [null, []]);
  const [{ name, version, package_size, followed }] = list.datasets;
  const size = server.state.bytes.length;
  assert.deepEqual([name, version, package_size, followed], [
    "facts",
    "2026-11-22T06:02:38Z",
    size,
    true,
  ]);

  const shown = fakeTerminal();
  assert.equal(await statusCommand({ config, json: true }, shown, surroundings), 0);
  const [row] = JSON.parse(shown.stdout()).datasets;
  assert.deepEqual([row.step, row.local_version, row.last_outcome], [
    "up_to_date",
    "2026-11-22T06:02:38Z",
    "success",
  ]);

  await Deno.writeTextFile(temp.at("facts", "a.csv"), "?");
  assert.equal(await verifyCommand([], { config }, fakeTerminal()), 3);
  assert.equal(await verifyCommand(["facts"], { config, repair: true }, fakeTerminal()), 0);
  assert.equal(await Deno.readTextFile(temp.at("facts", "a.csv")), "1");

  // Whoever follows the mirror sees another content as another version.
  const announced = async (): Promise<string> =>
    JSON.parse(await Deno.readTextFile(temp.at("mirror", "api", "datasets"))).datasets[0]
      .last_updated;
  assert.equal(await announced(), "2026-11-22T06:02:38Z");
  server.state.bytes = zip("22");
  assert.equal(await syncCommand({ config }, fakeTerminal()), 0);
  assert.notEqual(await announced(), "2026-11-22T06:02:38Z");
});

Deno.test("the report, metrics and messages treat a url dataset like any other", async () => {
  await using server = startFileServer({ bytes: zip("1"), lastModified: WRITTEN });
  await using told = startReceiver();
  await using temp = await tempDir();
  const config = await configOf(temp, server, {
    metrics: { textfile: "./facts.prom" },
    notify: { targets: [{ type: "webhook", url: told.url }] },
  });
  assert.equal(await syncCommand({ config }, fakeTerminal()), 0);
  const metrics = await Deno.readTextFile(temp.at("facts.prom"));
  assert.match(metrics, /^datahubsync_last_attempt_success\{dataset="facts"\} 1$/m);
  assert.match(metrics, /^datahubsync_package_bytes\{dataset="facts"\} \d+$/m);
  const output = temp.at("report.html");
  assert.equal(await reportCommand({ config, output }, fakeTerminal()), 0);
  const page = await Deno.readTextFile(output);
  assert.match(page, /facts/);
  assert(page.includes(new URL(server.url).host));
  server.state.bytes = new TextEncoder().encode("<!DOCTYPE html><p>gone</p>");
  assert.equal(await syncCommand({ config }, fakeTerminal()), 3);
  assert.match(JSON.stringify(told.received.map(({ body }) => body)), /facts/);
});

Deno.test("one address that doesn't answer is said, and leaves the others alone", async () => {
  await using server = startFileServer({ bytes: zip("1"), lastModified: WRITTEN });
  await using hub = startHub();
  await using temp = await tempDir();
  const config = await configOf(temp, server, {
    hub: { url: hub.url, retries: 0 },
    datasets: [
      { name: "gone", url: `${server.origin}/gone.zip`, local_dir: "./gone" },
      { name: "facts", url: server.url, local_dir: "./facts" },
      { name: hub.name, local_dir: "./pro" },
    ],
  });
  const synced = fakeTerminal();
  assert.equal(await syncCommand({ config }, synced), 3);
  assert.match(synced.stderr(), /^error: gone: .*gone\.zip answered 404/);
  assert.equal(await Deno.readTextFile(temp.at("facts", "a.csv")), "1");

  const listed = fakeTerminal();
  assert.equal(await listCommand({ config }, listed), 3);
  assert.match(listed.stderr(), /^warning: gone: .*answered 404/);
  assert.match(listed.stdout(), /^facts .* yes\s*$/m);
  assert.match(listed.stdout(), /^stock-trading.* yes\s*$/m);

  const shown = fakeTerminal();
  assert.equal(await statusCommand({ config, json: true }, shown, surroundings), 3);
  const status = JSON.parse(shown.stdout());
  assert.match(status.hub.error, /404/);
  assert.deepEqual(status.datasets.map(({ step }: { step: string }) => step), [
    "never_synced",
    "up_to_date",
    "up_to_date",
  ]);

  const verified = fakeTerminal();
  assert.equal(await verifyCommand([], { config }, verified), 3);
  assert.match(verified.stdout(), /✗ gone: .*404[\s\S]*✓ facts[\s\S]*✓ stock-trading/);
});
