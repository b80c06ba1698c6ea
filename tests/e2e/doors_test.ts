/**
 * A hub that is hostile in everything it says, and what of it the binary shows, writes and sends.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Ended } from "../support/command.ts";
import { FaultyHub } from "../support/faulty_hub/hub.ts";
import { configFor, runBinary, workplace } from "../support/binary.ts";

const NAME = "bars";
const TOKEN = "s3cret-token-of-bars";
const EVIL = "x\x1b]0;OWNED\x07\x1b[2J\u009b1;1H\u202e\r\n✓ bars: all as it should be\n";
const MOST = 40_000;

function assertClean(text: string, what: string): void {
  const found = /[^\P{Cc}\n]|[\u2028-\u202e\u2066-\u2069]/u.exec(text)?.[0];
  assert.equal(found?.codePointAt(0)?.toString(16), undefined, what);
  assert.doesNotMatch(text, /^✓ bars: all as it should be/m, what);
  assert(!text.includes(TOKEN), `${what} shows the token`);
  assert(text.length < MOST, `${what}: ${text.length} characters`);
}

/** Runs commands and looks at everything that they leave. */
async function lookAtAll(
  place: Awaited<ReturnType<typeof workplace>>,
  commands: string[][],
): Promise<Ended[]> {
  const ended: Ended[] = [];
  for (const words of commands) {
    const one = await place.run(...words);
    ended.push(one);
    assertClean(one.stdout, `stdout of ${words}`);
    assertClean(one.stderr, `stderr of ${words}`);
  }
  for (const file of ["logs/sync.log", ".datahubsync/history.jsonl", "sync.prom", "report.html"]) {
    const text = await Deno.readTextFile(place.at(file)).catch(() => "");
    if (file === "report.html") assert.doesNotMatch(text, /\u202e|OWNED\n/);
    else assertClean(text, file);
  }
  return ended;
}

const ALL = [
  ["sync"],
  ["sync", "--json"],
  ["sync", "--dry-run"],
  ["status"],
  ["status", "--json"],
  ["list"],
  ["list", "--json"],
  ["verify", "--repair"],
  ["verify", "--json"],
  ["check", "--verbose"],
  ["check", "--json"],
  ["report", "--output", "report.html"],
];
const place = (url: string) =>
  workplace(
    configFor(url, [NAME], {
      hub: [`token: ${TOKEN}`, "retries: 0"],
      level: "DEBUG",
      more: ["metrics:", "  textfile: ./sync.prom"],
    }),
  );

Deno.test("a catalog that is hostile in every text, and megabytes long, forges and fills nothing", async () => {
  await using hub = new FaultyHub({ kind: "modern" });
  await using at = await place(hub.url);
  const long = `http://elsewhere.example/${"y".repeat(15_000_000)}`;
  const entry = { status: EVIL, package_ready: false, last_updated: EVIL };
  for (
    const more of [{}, { package_url: long }, {
      package_url: `${EVIL}${TOKEN}`,
      package_ready: true,
    }]
  ) {
    hub.setDataset(NAME, { version: EVIL, entry: { ...entry, ...more } });
    hub.setDataset(EVIL, { version: EVIL });
    await lookAtAll(at, ALL);
  }
});

Deno.test("SSLKEYLOGFILE is refused by every command that connects, and no key is written to it", async () => {
  await using at = await place("https://hub.invalid");
  const env = { SSLKEYLOGFILE: at.at("keys") };
  for (const words of [["sync"], ["list"], ["verify"], ["status"]]) {
    const args = [...words, "--config", at.at("config.yaml")];
    const { code, stderr } = await runBinary(args, { cwd: at.path, env });
    assert.equal(code, 3, words[0]);
    assert.match(stderr, /SSLKEYLOGFILE is set.*\nhint: unset SSLKEYLOGFILE/s);
  }
  // The runtime opens it as it starts, before any code of the program runs.
  const keys = await Deno.readTextFile(at.at("keys")).catch(() => "");
  assert.equal(keys, "");
});

Deno.test("a token over plain http is said once per run and by check, but not to this machine", async () => {
  for (
    const [url, count] of [["http://hub.invalid", 1], ["https://hub.invalid", 0], [
      "http://127.0.0.1:9",
      0,
    ]] as const
  ) {
    await using at = await place(url);
    await at.run("sync");
    const lines = await at.log();
    assert.equal(
      lines.filter((line) => /token goes to .* over plain http/.test(line)).length,
      count,
    );
    const check = await at.run("check", "--json");
    const { checks } = JSON.parse(check.stdout);
    const found = checks.filter((line: { check: string }) => line.check === "hub.token");
    assert.equal(found.length, count);
    if (count > 0) assert.match(found[0].remedy, /https:\/\/hub\.invalid/);
  }
});

Deno.test("a hub's error page that repeats the request's token shows it nowhere", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const said = `${EVIL}${request.headers.get("authorization")} and so on`;
    return new Response(said.replace(/^.*\n/s, "you sent: "), { status: 500 });
  });
  try {
    await using at = await place(`http://127.0.0.1:${server.addr.port}`);
    const [sync, json] = await lookAtAll(at, ALL);
    assert.match(sync!.stderr, /you sent: Bearer \*\*\*/);
    assert.match(JSON.parse(json!.stdout).error ?? JSON.stringify(json), /\*\*\*/);
  } finally {
    await server.shutdown();
  }
});
