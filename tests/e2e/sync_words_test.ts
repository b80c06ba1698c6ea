/**
 * Wrong words and wrong configurations: exit code 2, with the place and what was meant.
 *
 * @module
 */
import assert from "node:assert/strict";
import { shellWord } from "../../src/shell_word.ts";
import { binaryPath, configFor, runBinary, workplace } from "../support/binary.ts";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { startHub } from "../support/hub.ts";
import { tempDir } from "../support/temp.ts";

Deno.test("a wrong configuration is exit 2 with every problem at its place", async () => {
  const config = [
    "hub:",
    "  url: hub.example.com",
    "  timeuot: 300",
    "datasets:",
    "  - name: a",
    "    local_dir: ./data/a",
    "  - name: b",
    "    local_dir: ./data/a/b",
    "",
  ].join("\n");
  await using place = await workplace(config);
  const ended = await place.run();
  assert.deepEqual([ended.code, ended.stdout], [2, ""]);
  assert.match(ended.stderr, /config\.yaml:2:8: .*http:\/\//);
  assert.match(ended.stderr, /config\.yaml:3:3: .*timeuot.*timeout/);
  assert.match(ended.stderr, /config\.yaml:8:16: /);
  const json = await place.run("--json");
  assert.equal(json.code, 2);
  const document = JSON.parse(json.stdout);
  assert.deepEqual(document.results, []);
  assert.match(document.error, /config\.yaml:2:8: /);
  assert.match(document.error, /config\.yaml:8:16: /);
});

Deno.test("no configuration anywhere is exit 2 and says where it was looked for", async () => {
  await using temp = await tempDir();
  const ended = await runBinary([], { cwd: temp.path });
  assert.deepEqual([ended.code, ended.stdout], [2, ""]);
  assert.match(ended.stderr, /^error: .*config/);
});

Deno.test("the configuration is found by flag, then variable, then ./config.yaml, then ./config/", async () => {
  await using temp = await tempDir();
  const write = async (path: string, name: string) => {
    await Deno.mkdir(temp.at(path, ".."), { recursive: true });
    await Deno.writeTextFile(temp.at(path), configFor("http://127.0.0.1:1", [name]));
  };
  const found = async (args: string[], env: Record<string, string> = {}) => {
    const ended = await runBinary(["-d", "nobody", ...args], { cwd: temp.path, env });
    assert.equal(ended.code, 2);
    return /it has: (\S+)/.exec(ended.stderr)?.[1];
  };
  await write("config/config.yaml", "in-folder");
  assert.equal(await found([]), "in-folder");
  await write("config.yaml", "here");
  assert.equal(await found([]), "here");
  await write("env.yaml", "by-variable");
  assert.equal(await found([], { DATAHUBSYNC_CONFIG: temp.at("env.yaml") }), "by-variable");
  await write("flag.yaml", "by-flag");
  const env = { DATAHUBSYNC_CONFIG: temp.at("env.yaml") };
  assert.equal(await found(["-c", temp.at("flag.yaml")], env), "by-flag");
});

Deno.test("unknown words are exit 2 with what was meant", async () => {
  for (const args of [["--jsno"], ["snyc"], ["sync", "--engine", "other"], ["-d"]]) {
    const ended = await runBinary(args);
    assert.deepEqual([ended.code, ended.stdout], [2, ""], args.join());
    assert.match(ended.stderr, /^error: .+/);
    const of = args[0] === "snyc" ? "--help" : "sync --help";
    const help = `Try \`${shellWord(binaryPath())} ${of}\`.\n`;
    assert(ended.stderr.endsWith(help), ended.stderr);
  }
  assert.match((await runBinary(["--jsno"])).stderr, /\nhint: did you mean --json\?\n/);
});

Deno.test("--help and --version print on stdout and end with 0", async () => {
  const help = await runBinary(["--help"]);
  assert.deepEqual([help.code, help.stderr], [0, ""]);
  for (const word of ["sync", "demo", "verify", "--version", "--check"]) {
    assert(help.stdout.includes(word), word);
  }
  const version = await runBinary(["--version"]);
  assert.deepEqual([version.code, version.stderr], [0, ""]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\S*\n$/);
});

Deno.test("a state that no program of ours wrote is exit 3 and stays as it is", async () => {
  await using place = await workplace(configFor("http://127.0.0.1:1", ["a"]));
  await Deno.writeTextFile(place.at(".last_sync.json"), "not json {");
  const ended = await place.run();
  assert.equal(ended.code, 3, ended.stderr);
  assert.match(ended.stderr, /\.last_sync\.json/);
  assert.equal(await Deno.readTextFile(place.at(".last_sync.json")), "not json {");
});

Deno.test("--verbose prints what is done also into a file or pipe, on stderr", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, [hub.name]));
  const first = await place.run("--verbose");
  assert.deepEqual([first.code, first.stdout], [0, ""]);
  assert.match(first.stderr, /^\S+ INFO: Starting sync for dataset: /);
  assert.match(first.stderr, / DEBUG: Plan for .*\n[\s\S]* INFO: Successfully synced dataset: /);
  const second = await place.run("-v", "--json");
  assert.match(second.stderr, / WARN: Dataset \S+ up to date\n$/);
  assert.equal(JSON.parse(second.stdout).results[0].status, "up_to_date");
  const quiet = await place.run("-v", "-q");
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
});

Deno.test("--verbose says each line once where the log is stderr itself", async () => {
  await using hub = startHub();
  const config = configFor(hub.url, [hub.name]).replace("./logs/sync.log", "/dev/stderr");
  await using place = await workplace(config);
  const { stderr } = await place.run("--verbose");
  assert.equal(stderr.match(/Starting sync for dataset/g)?.length, 1, stderr);
});

Deno.test("one dead hub and three datasets are one error with the three names, and one hint", async () => {
  const config = configFor(`http://127.0.0.1:${CLOSED_PORT}`, ["a", "b", "股票"], {
    hub: ["retries: 0"],
  });
  await using place = await workplace(config);
  const { code, stderr } = await place.run();
  assert.equal(code, 3);
  assert.match(
    stderr,
    /^error: a, b, 股票: http:\/\/127\.0\.0\.1:\d+\S* can't be reached.*\nhint: .*\n$/,
  );
});

Deno.test("a dataset that is misspelt with -d, or in the configuration, gets a guess", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, ["stock-trading-data-por"]));
  const known = `did you mean "${hub.name}"?`;
  assert.match(
    (await place.run()).stderr,
    new RegExp(`\nhint: ${known.replaceAll("?", "\\?")}\n$`),
  );
  for (const asked of [["-d", "stock-trading-data-pro"], ["sync", "stock-trading-data-pro"]]) {
    const wrong = await place.run(...asked);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /\nhint: did you mean "stock-trading-data-por"\?\n/);
  }
});

Deno.test("sync takes the datasets' names as they are, with -d, or both", async () => {
  await using hub = startHub();
  const names = ["a", "b", "c"];
  for (const name of names) hub.hub.setDataset(name, hub.hub.datasets.get(hub.name)!);
  for (const asked of [["a", "b"], ["-d", "a", "b"], ["a", "-d", "b"]]) {
    await using place = await workplace(configFor(hub.url, names));
    const { code, stderr } = await place.run("sync", ...asked);
    assert.equal(code, 0, stderr);
    const { stdout } = await place.run("status", "--json");
    const datasets: { dataset: string; local_version: string | null }[] =
      JSON.parse(stdout).datasets;
    const synced = datasets.filter((one) => one.local_version !== null).map((one) => one.dataset);
    assert.deepEqual(synced, ["a", "b"]);
  }
});

Deno.test("500 and 503 get a hint, and a hub's binary answer reaches no terminal as it is", async () => {
  await using hub = startHub();
  await using place = await workplace(configFor(hub.url, ["股票 日线"], { hub: ["retries: 0"] }));
  hub.hub.setDataset("股票 日线", hub.hub.datasets.get(hub.name)!);
  hub.hub.faults.add({ name: "status_500", path: "/package/", times: Infinity });
  const failed = await place.run();
  assert.match(failed.stderr, /\/package\/股票%20日线\.zip answered 500/);
  assert.match(failed.stderr, /\nhint: the hub itself failed: tell those who run it/);
  hub.hub.faults.clear();
  hub.hub.faults.add({ name: "status_503", path: "/package/", times: Infinity });
  assert.match((await place.run()).stderr, /\nhint: the hub is busy or being restarted/);
  hub.hub.faults.clear();
  hub.hub.setCatalog("\u001b[31m\u0007\u0000\u009b2J\u202eJUNK");
  const junk = await place.run();
  assert.equal(junk.code, 3);
  for (
    const text of [
      junk.stderr,
      (await place.run("list")).stderr,
      (await place.run("verify")).stderr,
    ]
  ) {
    assert.match(text, /JUNK|bytes that are no text/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202e]/);
  }
});

for (
  const [name, value] of [
    ["SSL_CERT_FILE", "/nonexistent.pem"],
    ["DENO_CERT", "/nonexistent.pem"],
    ["DENO_TLS_CA_STORE", "junk"],
  ] as const
) {
  Deno.test(`${name} that leads nowhere is an error with its remedy, not a bug`, async () => {
    await using place = await workplace(configFor(`http://127.0.0.1:${CLOSED_PORT}`, ["bars"]), {
      env: { [name]: value },
    });
    const ended = await place.run("sync");
    assert.equal(ended.code, 3, ended.stderr);
    assert.match(ended.stderr, /^error: .*certificate authorities can't be used: /m);
    assert.match(ended.stderr, /^hint: correct SSL_CERT_FILE, .*DENO_TLS_CA_STORE/m);
    assert.doesNotMatch(ended.stderr, /bug/);
  });
}
