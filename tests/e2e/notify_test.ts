/**
 * Messages about runs of the binary, to services on loopback.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, workplace } from "../support/binary.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { startReceiver } from "../support/receiver.ts";
import { receiveMail } from "../support/smtp_receiver.ts";
import { until } from "../support/until.ts";

const NAME = "stock-trading-data-pro";

function notifying(
  hub: TestHub,
  url: string,
  changes: { timeout?: number; dataset?: string[] } = {},
): string {
  const { timeout = 120, dataset = [] } = changes;
  const target = `{ type: webhook, url: "${url}/hook/SECRET" }`;
  const more = ["notify:", `  timeout: ${timeout}`, `  targets: [${target}]`];
  return configFor(hub.url, [NAME], { hub: ["retries: 0"], dataset, more });
}

Deno.test("a failure is told once, its repetition isn't, its end is told once", async () => {
  await using hub = startHub();
  await using receiver = startReceiver();
  await using place = await workplace(notifying(hub, receiver.url));
  const run = async (code: number): Promise<string[]> => {
    const ended = await place.run();
    assert.deepEqual([ended.code, ended.stdout], [code, ""]);
    return receiver.titles();
  };
  assert.deepEqual(await run(0), []);
  hub.nextDay();
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  const began = Date.now();
  const ended = await place.run();
  assert.equal(ended.code, 3);
  const [{ url, body }] = receiver.received as [typeof receiver.received[0]];
  assert.equal(url.pathname, "/hook/SECRET");
  const { events: [event], text, title } = body;
  assert.equal(title, `DataHubSync: sync of ${NAME} fails`);
  assert.deepEqual([event.event, event.dataset, event.outcome], [
    "failure",
    NAME,
    "download_failed",
  ]);
  assert.match(event.reason, /500/);
  assert(event.remedy.length > 0);
  const since = Date.parse(event.since);
  assert(began <= since && since <= Date.now(), event.since);
  assert.match(text, /since: .*\nreason: .*500.*\nremedy: /);
  receiver.received.length = 0;
  assert.deepEqual(await run(3), []);
  assert.deepEqual(await run(3), []);
  hub.hub.faults.clear();
  assert.deepEqual(await run(0), [`DataHubSync: ${NAME} has recovered`]);
  assert.deepEqual(await run(0), []);
});

Deno.test("stale data is told once, though every run goes well", async () => {
  await using hub = startHub(); // its data is of January 2026
  await using receiver = startReceiver();
  await using place = await workplace(notifying(hub, receiver.url, { dataset: ["max_age: 30h"] }));
  assert.equal((await place.run()).code, 0);
  assert.equal((await place.run()).code, 0);
  const [told] = receiver.received;
  assert.deepEqual(receiver.titles(), [`DataHubSync: data of ${NAME} is stale`]);
  assert.match(
    told!.body.events[0].reason,
    /^stale: \d+ d old, new data was due by 2026-01-07 02:15/,
  );
  const offered = hub.hub.datasets.get(NAME)!;
  hub.hub.setDataset(NAME, { ...offered, version: new Date().toISOString() });
  assert.equal((await place.run()).code, 0);
  assert.deepEqual(receiver.titles(), [`DataHubSync: ${NAME} has recovered`]);
});

Deno.test("a service that never answers costs a run no more than notify.timeout, and is told later", async () => {
  await using hub = startHub();
  const answer = Promise.withResolvers<Response>();
  let silent = true;
  await using receiver = startReceiver(() => silent ? answer.promise : Response.json({}));
  await using place = await workplace(notifying(hub, receiver.url, { timeout: 1 }));
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  const began = performance.now();
  const ended = await place.run("--json");
  const took = performance.now() - began;
  assert.equal(ended.code, 3);
  assert.equal(JSON.parse(ended.stdout).results.length, 1);
  assert(took >= 1000, `it waited for ${took} ms`);
  assert.match(
    (await place.log()).at(-1)!,
    /^WARN: can't notify webhook at 127\.0\.0\.1:\d+: no answer within 1 s$/,
  );
  silent = false;
  answer.resolve(Response.json({}));
  receiver.received.length = 0;
  assert.equal((await place.run()).code, 3);
  assert.deepEqual(receiver.titles(), [`DataHubSync: sync of ${NAME} fails`]);
});

Deno.test("Ctrl-C while a message is on its way ends the run at once", async () => {
  await using hub = startHub();
  const answer = Promise.withResolvers<Response>();
  await using receiver = startReceiver(() => answer.promise);
  await using place = await workplace(notifying(hub, receiver.url, { timeout: 300 }));
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  await using running = place.start();
  await until(() => receiver.received.length > 0);
  running.kill("SIGINT");
  assert.equal((await running.ended).code, 130);
  answer.resolve(Response.json({}));
});

Deno.test("a dead service and a folder that can't be written change neither exit code nor output", async () => {
  await using hub = startHub();
  await using place = await workplace(
    notifying(hub, "http://127.0.0.1:1", { dataset: ["max_age: 30h"] }) +
      "metrics:\n  textfile: ./in-the-way/sync.prom\n",
  );
  await Deno.writeTextFile(place.at("in-the-way"), "");
  await Deno.writeTextFile(place.at(".datahubsync"), "");
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
  const warnings = (await place.log()).filter((line) => line.startsWith("WARN: "));
  assert.deepEqual(warnings.map((line) => line.slice(6, 30)), [
    "Can't write the metrics:",
    "Can't write the history:",
    "Can't write the metrics:",
    "can't notify webhook at ",
    "can't remember who was n",
  ]);
  assert(!(await Deno.readTextFile(place.at("logs/sync.log"))).includes("SECRET"));
});

Deno.test("a dry run tells nobody and writes no history", async () => {
  await using hub = startHub();
  await using receiver = startReceiver();
  await using place = await workplace(
    notifying(hub, receiver.url, { dataset: ["max_age: 30h"] }) +
      "metrics:\n  textfile: ./sync.prom\n",
  );
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  assert.equal((await place.run("--dry-run")).code, 3);
  assert.deepEqual(receiver.received, []);
  const names = [...Deno.readDirSync(place.path)].map(({ name }) => name).sort();
  assert.deepEqual(names, ["config.yaml", "logs"]);
});

Deno.test("notify --test sends over HTTP and SMTP with the binary's own permissions", async () => {
  await using hub = startHub();
  await using receiver = startReceiver();
  await using mail = receiveMail();
  const targets = [
    `{ type: webhook, url: "${receiver.url}/hook/SECRET" }`,
    `{ type: email, host: 127.0.0.1, port: ${mail.port}, security: none, from: a@example.org, to: b@example.org }`,
  ];
  const more = ["notify:", "  timeout: 120", `  targets: [${targets.join(", ")}]`];
  await using place = await workplace(configFor(hub.url, [NAME], { more }));
  const both = await place.run("notify", "--test");
  assert.deepEqual([both.code, both.stderr], [0, ""], both.stdout);
  assert.match(
    both.stdout,
    /^✓ webhook at .*: took the test message\n✓ email at .*: took the test message\n$/,
  );
  assert.deepEqual(receiver.titles(), ["DataHubSync: test message"]);
  assert.match(mail.received[0]!.data, /Subject: DataHubSync: test message/);
  assert.equal((await place.run("notify", "--test", "email")).code, 0);
  assert.deepEqual(receiver.titles(), []);
  const without = await place.run("notify");
  assert.deepEqual([without.code, without.stdout], [2, ""]);
  assert.match(without.stderr, /'--test' not specified\nTry `.* notify --help`/);
  assert.deepEqual(hub.hub.requests, []);
});
