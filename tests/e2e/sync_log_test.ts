/**
 * What the binary's log says, word for word, and what never stands in it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, workplace } from "../support/binary.ts";
import type { Ended } from "../support/command.ts";
import { startHub } from "../support/hub.ts";

const NAME = "stock-trading-data-pro";

Deno.test("the log has exactly the lines that people grep for, with local time and zone", async () => {
  await using hub = startHub();
  const config = configFor(hub.url, [NAME, "gone"], { hub: ["retries: 0"] });
  await using place = await workplace(config, { env: { TZ: "Asia/Shanghai" } });
  await place.run();
  await place.run();
  const text = await Deno.readTextFile(place.at("logs/sync.log"));
  for (const line of text.trimEnd().split("\n")) {
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00 (INFO|WARN|ERROR): \S/);
  }
  const missing = 'ERROR: Failed to download gone: the hub doesn\'t list a dataset named "gone"';
  const lines = (await place.log()).map((line) => line.startsWith(missing) ? missing : line);
  assert.deepEqual(lines, [
    `INFO: Starting sync for dataset: ${NAME}`,
    `INFO: Successfully synced dataset: ${NAME}`,
    "INFO: Starting sync for dataset: gone",
    missing,
    `INFO: Starting sync for dataset: ${NAME}`,
    `WARN: Dataset ${NAME} up to date`,
    "INFO: Starting sync for dataset: gone",
    missing,
  ]);
});

Deno.test("a failed download's line ends with the reason", async () => {
  await using hub = startHub();
  hub.hub.faults.add({ name: "status_500", times: Infinity });
  await using place = await workplace(configFor(hub.url, [NAME], { hub: ["retries: 0"] }));
  assert.equal((await place.run()).code, 3);
  assert.match(
    (await place.log()).at(-1)!,
    /^ERROR: Failed to download stock-trading-data-pro: .*500/,
  );
});

Deno.test("no secret is in a log, an output, the state or an error, at the most talkative level", async () => {
  const token = "tok-4711-SECRET";
  const header = "hdr-0815-SECRET";
  await using hub = startHub();
  hub.hub.faults.add({ name: "require_auth", path: "/", token });
  const config = configFor(hub.url, [NAME], {
    hub: ["retries: 0", "token: ${DATAHUBSYNC_TOKEN}", `headers: { X-Key: ${header} }`],
    level: "DEBUG",
  });
  const said: Ended[] = [];
  await using place = await workplace(config, { env: { DATAHUBSYNC_TOKEN: token } });
  said.push(await place.run("-v"), await place.run("--force", "--json"));
  assert.deepEqual(said.map(({ code }) => code), [0, 0]);
  hub.hub.faults.add({ name: "html", html: `<p>${token}</p>`, path: "/api/", times: Infinity });
  said.push(await place.run("--json"));
  hub.hub.faults.clear();
  hub.hub.faults.add({ name: "require_auth", path: "/", token: "another" });
  said.push(await place.run("-v"));
  await place.configure(config.replace("http://", "http://user:hdr-0815-SECRET@"));
  said.push(await place.run("-v"));
  assert.deepEqual(said.slice(2).map(({ code }) => code), [3, 3, 2]);
  const log = await Deno.readTextFile(place.at("logs/sync.log"));
  const state = await Deno.readTextFile(place.at(".last_sync.json"));
  for (const text of [log, state, ...said.flatMap(({ stdout, stderr }) => [stdout, stderr])]) {
    assert(!text.includes("SECRET"), text);
  }
  assert(log.includes("DEBUG: "));
});
