/**
 * The binary's log as `docs/logging.md` describes it.
 *
 * @module
 */
import assert from "node:assert/strict";
import { configFor, type Workplace, workplace } from "../support/binary.ts";
import { run } from "../support/command.ts";
import { startHub, type TestHub } from "../support/hub.ts";

const NAME = "stock-trading-data-pro";

type Line = Record<string, unknown>;

async function jsonLog(place: Workplace): Promise<Line[]> {
  const text = await Deno.readTextFile(place.at("logs/sync.log"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function json(hub: TestHub, names: string[], level = "INFO"): string {
  return configFor(hub.url, names, { hub: ["retries: 1"], level, more: ["  format: json"] });
}

Deno.test("logging.format: json has the stable fields, event by event", async () => {
  await using hub = startHub({ kind: "modern" });
  hub.hub.faults.add({ name: "reset", after: 5_000, path: "/package/" });
  await using place = await workplace(json(hub, [NAME, "gone"]), { env: { TZ: "Asia/Shanghai" } });
  const { results: [result] } = JSON.parse((await place.run("--json")).stdout);
  assert.equal((await place.run()).code, 3);
  const lines = await jsonLog(place);
  for (const { time, level, message } of lines) {
    assert.match(time as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
    assert(["INFO", "WARN", "ERROR"].includes(level as string));
    assert((message as string).length > 0);
  }
  for (const line of lines) {
    assert.deepEqual(Object.keys(line).slice(0, 3), ["time", "level", "message"]);
  }
  const fields = lines.map(({ time: _, message: _message, ...rest }) => rest);
  const [started, retried, done, , failed, , nothing] = fields;
  assert.deepEqual(started, { level: "INFO", dataset: NAME });
  const { cause, wait_ms, ...retry } = retried!;
  assert.deepEqual(retry, { level: "INFO", dataset: NAME });
  assert((cause as string).length > 0 && Number.isInteger(wait_ms));
  assert.deepEqual(done, {
    level: "INFO",
    dataset: NAME,
    status: "success",
    version: hub.dataset.version,
    entries: 56,
    entries_fetched: 56,
    bytes_downloaded: result.bytes_downloaded,
    duration_ms: result.duration_ms,
  });
  const zero = { version: null, entries: 0, entries_fetched: 0, bytes_downloaded: 0 };
  const { duration_ms, ...rest } = failed!;
  assert(Number.isInteger(duration_ms));
  assert.deepEqual(rest, { level: "ERROR", dataset: "gone", status: "not_found", ...zero });
  assert.deepEqual([nothing!["level"], nothing!["status"]], ["INFO", "up_to_date"]);
});

Deno.test("the messages are the same in both formats", async () => {
  const messages: string[][] = [];
  for (const format of ["text", "json"]) {
    await using hub = startHub();
    const config = configFor(hub.url, [NAME, "gone"], { more: [`  format: ${format}`] });
    await using place = await workplace(config);
    assert.equal((await place.run()).code, 3);
    messages.push(
      format === "json"
        ? (await jsonLog(place)).map(({ level, message }) => `${level}: ${message}`)
        : await place.log(),
    );
  }
  assert.deepEqual(messages[0], messages[1]);
});

Deno.test("a line stays one line in JSON, whatever a hub says", async () => {
  await using hub = startHub();
  const html = 'a "quoted"\nline\u2028and \u0007 more';
  hub.hub.faults.add({ name: "html", html, path: "/api/", times: Infinity });
  await using place = await workplace(json(hub, [NAME], "DEBUG"));
  assert.equal((await place.run()).code, 3);
  const [last] = (await jsonLog(place)).filter(({ level }) => level === "ERROR");
  assert.equal(last!["status"], "download_failed");
});

Deno.test("logging.max_size rotates between whole lines, and loses none of the newest", async () => {
  await using hub = startHub();
  const more = ["  max_size: 1KB", "  keep: 3"];
  await using place = await workplace(configFor(hub.url, [NAME], { more }));
  for (let run = 0; run < 14; run++) assert.equal((await place.run()).code, 0);
  const names = [...Deno.readDirSync(place.at("logs"))].map(({ name }) => name).sort();
  assert.deepEqual(names, ["sync.log", "sync.log.1", "sync.log.2"]);
  const texts = names.map((name) => Deno.readTextFileSync(place.at("logs", name)));
  for (const text of texts) assert(text.length <= 1000 && text.endsWith("\n"), text);
  const lines = texts.reverse().join("").trimEnd().split("\n").map((line) => line.slice(26));
  assert.equal(lines.length, 28, "two lines a run");
  assert.deepEqual(lines.slice(0, 4), [
    `INFO: Starting sync for dataset: ${NAME}`,
    `INFO: Successfully synced dataset: ${NAME}`,
    `INFO: Starting sync for dataset: ${NAME}`,
    `WARN: Dataset ${NAME} up to date`,
  ]);
});

Deno.test("a log may go to stdout, to stderr, or nowhere", async () => {
  await using hub = startHub();
  await using place = await workplace("");
  const to = async (file: string) => {
    const text = configFor(hub.url, [NAME]).replace("./logs/sync.log", file);
    await place.configure(text);
    return await place.run("--force");
  };
  const logged = /^\S+ INFO: Starting sync for .*\n\S+ INFO: Successfully synced dataset: .*\n$/;
  const first = await to("/dev/stdout");
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  assert.match(first.stdout, logged);
  hub.nextDay();
  const second = await to("/dev/stderr");
  assert.deepEqual([second.code, second.stdout], [0, ""]);
  assert.match(second.stderr, logged);
  hub.nextDay();
  const third = await to("/dev/null");
  assert.deepEqual([third.code, third.stdout, third.stderr], [0, "", ""]);
});

Deno.test("a log on a named pipe is a wrong configuration, and no run waits for a reader", async () => {
  await using hub = startHub();
  await using place = await workplace(
    configFor(hub.url, [NAME]).replace("./logs/sync.log", "./pipe"),
  );
  await run("mkfifo", [place.at("pipe")]);
  for (const command of ["sync", "--check", "status"]) {
    const ended = await place.run(command);
    assert.equal(ended.code, 2, command);
    assert.match(ended.stdout + ended.stderr, /expected a file for the log, found a named pipe/);
  }
  assert.deepEqual(hub.hub.requests, []);
});

Deno.test("a log that can't be written is said once on stderr, and fails no run", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [NAME]));
  await Deno.writeTextFile(place.at("logs"), "in the way");
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [0, ""]);
  assert.match(ended.stderr, /^warning: can't write the log .*\n$/);
  const chinese = await place.run("sync", "--force", "--lang", "zh");
  assert.match(chinese.stderr, /^警告：无法写入日志 .*\n$/);
});
