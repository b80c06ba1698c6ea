/** The log's lines: their time, level and fields, and what a log that can't be written does. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { LoggingConfig } from "../../src/config/config.ts";
import { type LogOptions, openLog } from "../../src/monitoring/log.ts";
import { tempDir } from "../support/temp.ts";

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);

function logging(changes: Partial<LoggingConfig> = {}): LoggingConfig {
  return { level: "INFO", format: "text", maxSize: 0, keep: 3, ...changes };
}

/** Runs `body` with a log on a fresh file and returns the file's lines. */
async function linesOf(
  changes: Partial<LoggingConfig>,
  body: (log: ReturnType<typeof openLog>) => void,
  options: Partial<LogOptions> = {},
): Promise<string[]> {
  await using temp = await tempDir();
  const dir = temp.path;
  const file = join(dir, "logs", "sync.log");
  const log = openLog({ logging: logging({ file, ...changes }), clock: () => NOON, ...options });
  body(log);
  await log[Symbol.asyncDispose]();
  return (await Deno.readTextFile(file)).split("\n").slice(0, -1);
}

Deno.test("openLog() writes local time with its zone, the level and the message", async () => {
  const lines = await linesOf({ level: "DEBUG" }, (log) => {
    log.info("Starting sync for dataset: X", { dataset: "X" });
    log.warn("Dataset X up to date");
    log.error("Failed to download X: {reason} 100%");
    log.debug("asked", { bytes: 5 });
  });
  const zoned = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d) (.*)$/;
  for (const line of lines) assert.equal(Date.parse(zoned.exec(line)?.[1] ?? ""), NOON);
  assert.deepEqual(lines.map((line) => zoned.exec(line)?.[2]), [
    "INFO: Starting sync for dataset: X",
    "WARN: Dataset X up to date",
    "ERROR: Failed to download X: {reason} 100%",
    'DEBUG: asked {"bytes":5}',
  ]);
});

Deno.test("openLog() leaves out what is below the level unless verbose", async () => {
  const body = (log: ReturnType<typeof openLog>): void => {
    log.debug("d");
    log.info("i");
    log.warn("w");
    log.error("e");
  };
  const words = (lines: string[]): string[] => lines.map((line) => line.split(" ")[1] ?? "");
  assert.deepEqual(words(await linesOf({ level: "WARNING" }, body)), ["WARN:", "ERROR:"]);
  assert.deepEqual(words(await linesOf({ level: "ERROR" }, body)), ["ERROR:"]);
  assert.equal((await linesOf({ level: "ERROR" }, body, { verbose: true })).length, 4);
});

Deno.test("openLog() writes JSON lines whose stable fields no caller overrides", async () => {
  const [line = ""] = await linesOf({ format: "json" }, (log) => {
    log.warn("slow", { dataset: "股票", level: "mine", cause: new Error("reset\nby peer"), n: 3n });
  });
  const { time, ...rest } = JSON.parse(line);
  assert.equal(Date.parse(time), NOON);
  assert.deepEqual(rest, {
    level: "WARN",
    message: "slow",
    dataset: "股票",
    cause: "reset",
    n: "3",
  });
  assert.match(line, /^\{"time":.*?,"level":"WARN","message":"slow",/);
});

Deno.test("openLog() removes secrets, also encoded, and the credentials and queries of URLs", async () => {
  const secrets = ["t0k/en+1", "Bearer abc.def", "a"];
  const text =
    "t0k/en+1 t0k%2Fen%2B1 abc.def at https://u:pw@hub.example/p.zip?sig=1, then http://h/x.";
  for (const format of ["text", "json"] as const) {
    const [line = ""] = await linesOf(
      { format, level: "DEBUG" },
      (log) => log.debug(text, { deep: [{ header: "Bearer abc.def" }] }),
      { secrets },
    );
    assert.doesNotMatch(line, /t0k|abc\.def|pw@|sig=1/);
    assert.match(
      line,
      /\*\*\* \*\*\* \*\*\* at https:\/\/hub\.example\/p\.zip\?…, then http:\/\/h\/x\./,
    );
    assert.match(line, /"header":"\*\*\*"/);
  }
});

Deno.test("openLog() keeps an event with newlines and escapes on one line", async () => {
  const lines = await linesOf({}, (log) => log.info("one\r\ntwo\u2028three\u001b[31m"));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", / INFO: one two three \[31m$/);
});

Deno.test("openLog() writes to the terminal without a file, or when verbose, never when quiet", async () => {
  const said = async (changes: Partial<LoggingConfig>, options: Partial<LogOptions>) => {
    let text = "";
    const log = openLog({
      logging: logging(changes),
      stderr: (more) => void (text += more),
      ...options,
    });
    log.info("hello");
    await log[Symbol.asyncDispose]();
    return text;
  };
  await using temp = await tempDir();
  const dir = temp.path;
  const file = join(dir, "a.log");
  assert.match(await said({}, {}), / INFO: hello\n$/);
  assert.equal(await said({ file }, {}), "");
  assert.match(await said({ file }, { verbose: true }), / INFO: hello\n$/);
  assert.equal(await said({}, { quiet: true }), "");
});

Deno.test("openLog() says once that the log can't be written and goes on", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const complaints: string[] = [];
  const log = openLog({
    logging: logging({ file: dir }), // a folder where the file should be
    complain: (text) => complaints.push(text),
  });
  log.info("one");
  log.info("two");
  await log[Symbol.asyncDispose]();
  assert.equal(complaints.length, 1);
  assert.match(complaints[0] ?? "", new RegExp(`^can't write the log ${dir}: .+$`));
});

Deno.test("openLog() rotates at maxSize and keeps that many files", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const file = join(dir, "a.log");
  const log = openLog({ logging: logging({ file, maxSize: 90, keep: 2 }), clock: () => NOON });
  for (let n = 0; n < 10; n++) log.info(`event number ${n}`); // 48 bytes with its newline: one a file
  await log[Symbol.asyncDispose]();
  const files = [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
  assert.deepEqual(files, ["a.log", "a.log.1", "a.log.2"]);
  const text = (name: string): string => Deno.readTextFileSync(join(dir, name));
  assert.match(text("a.log"), /number 9\n$/);
  assert.match(text("a.log.1"), /number 8\n$/);
  for (const name of files) assert(text(name).length <= 90);
});

Deno.test("openLog() rotates at twice maxSize while a reader keeps the log locked", async () => {
  await using temp = await tempDir();
  const file = join(temp.path, "a.log");
  const log = openLog({ logging: logging({ file, maxSize: 90, keep: 2 }), clock: () => NOON });
  log.info("event number 0"); // 47 bytes with its newline
  using reader = await Deno.open(file);
  await reader.lock(true);
  for (let n = 1; n < 5; n++) log.info(`event number ${n}`);
  await log[Symbol.asyncDispose]();
  const lines = (path: string): number => Deno.readTextFileSync(path).split("\n").length - 1;
  assert.deepEqual([lines(`${file}.1`), lines(file)], [4, 1]);
});

Deno.test("openLog() rotates what a link leads to, where it lies, and leaves the link", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  await Deno.mkdir(join(dir, "disk"));
  await Deno.mkdir(join(dir, "app"));
  const [file, link] = [join(dir, "disk", "real.log"), join(dir, "app", "a.log")];
  // Two links, and at first they lead nowhere.
  await Deno.symlink("../disk/real.log", join(dir, "app", "b.log"));
  await Deno.symlink("b.log", link);
  const logs = [1, 2].map(() =>
    openLog({ logging: logging({ file: link, maxSize: 90, keep: 2 }), clock: () => NOON })
  );
  for (let n = 0; n < 10; n++) logs[n % 2]!.info(`event number ${n}`);
  for (const log of logs) await log[Symbol.asyncDispose]();
  const names = (folder: string): string[] =>
    [...Deno.readDirSync(join(dir, folder))].map(({ name }) => name).sort();
  assert.deepEqual(names("app"), ["a.log", "b.log"]);
  assert.equal(await Deno.readLink(link), "b.log");
  assert.deepEqual(names("disk"), ["real.log", "real.log.1", "real.log.2"]);
  assert.match(await Deno.readTextFile(file), /number 9\n$/);
  assert.match(await Deno.readTextFile(`${file}.1`), /number 8\n$/);
});

Deno.test("openLog() goes on in a new file when logrotate moves the old one away", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const file = join(dir, "a.log");
  const log = openLog({ logging: logging({ file }) });
  log.info("before");
  await Deno.rename(file, file + ".1");
  log.info("after");
  await log[Symbol.asyncDispose]();
  assert.match(await Deno.readTextFile(file + ".1"), /before\n$/);
  assert.match(await Deno.readTextFile(file), /^\S+ INFO: after\n$/);
});

Deno.test("openLog() appends beside another run that rotates the same file", async () => {
  await using temp = await tempDir();
  const dir = temp.path;
  const file = join(dir, "a.log");
  const open = () => openLog({ logging: logging({ file, maxSize: 400, keep: 50 }) });
  const [one, two] = [open(), open()];
  for (let n = 0; n < 40; n++) (n % 2 === 0 ? one : two).info(`event <${n}>`);
  await one[Symbol.asyncDispose]();
  await two[Symbol.asyncDispose]();
  let all = "";
  for (const entry of Deno.readDirSync(dir)) all += Deno.readTextFileSync(join(dir, entry.name));
  const seen = [...all.matchAll(/<(\d+)>/g)].map((match) => Number(match[1])).sort((a, b) => a - b);
  assert.deepEqual(seen, Array.from({ length: 40 }, (_, n) => n));
});
