/**
 * `datahubsync get`: a folder follows one ZIP on the web, with no configuration.
 *
 * Longer than 250 lines because `get` answers every kind of address and folder.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { getCommand, type GetCommandOptions } from "../../src/cli/data/get_command.ts";
import { packCommand } from "../../src/cli/hub_end/pack_command.ts";
import { folderFor } from "../../src/client/get.ts";
import { UsageError } from "../../src/errors.ts";
import { classifyFetchError } from "../../src/hub/request/fetch_error.ts";
import { statusError } from "../../src/hub/answer/status_error.ts";
import { Watchdog } from "../../src/hub/request/watchdog.ts";
import { get } from "../../src/mod.ts";
import { outcomeOf } from "../support/command.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startFileServer } from "../support/file_server.ts";
import { judge } from "../support/judge.ts";
import { assemble, utf8 } from "../support/odd_zip_parts.ts";
import { programOf } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { assertSameTree, readTree, writeTree } from "../support/tree.ts";
import { treeOf, zipOf } from "../sync/watched.ts";

const zip = (files: Record<string, string>): Uint8Array<ArrayBuffer> =>
  new Uint8Array(zipOf(treeOf(files)));
const ONE = zip({ "a.json": "1", "b.json": "2", "d/c.csv": "3" });
const TWO = zip({ "a.json": "one", "d/c.csv": "3" });

/** Runs `get` and keeps what it says; `answer` is what a person answers. */
async function run(
  url: string,
  dir: string | undefined,
  options: GetCommandOptions & { answer?: string | null; watched?: boolean } = {},
) {
  const { answer, watched = false, ...rest } = options;
  const terminal = fakeTerminal({ watched });
  const questions: string[] = [];
  const ask = answer === undefined ? undefined : (question: string) => {
    questions.push(question);
    return answer;
  };
  const code = await getCommand(url, dir, rest, terminal, ask);
  return { code, questions, out: terminal.stdout(), err: terminal.stderr() };
}

Deno.test("get fetches a ZIP, then asks once, then fetches what changed, and is silent for cron", async () => {
  await using server = startFileServer({ bytes: ONE, etag: '"1"' });
  await using temp = await tempDir();
  const dir = temp.at("facts");
  const silent = { code: 0, questions: [], out: "", err: "" };
  assert.deepEqual(await run(server.url, dir), silent);
  assertSameTree(await readTree(dir), judge(ONE));
  server.asked.length = 0;
  assert.deepEqual(await run(server.url, dir), silent);
  assert.equal(server.asked.length, 1);
  Object.assign(server.state, { bytes: TWO, etag: '"2"' });
  assert.deepEqual(await run(server.url, dir), silent);
  assert.deepEqual([...(await readTree(dir)).keys()], ["a.json", "b.json", "d/c.csv"]);
  // Nothing lies beside the folder but its work folder, and no configuration was needed.
  const beside = [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort();
  assert.deepEqual(beside, [".facts.datahubsync", "facts"]);
});

Deno.test("get and pack warn of a list that was given as one pattern, and say how to type it", async () => {
  await using server = startFileServer({ bytes: zip({ "a.json": "1" }) });
  await using temp = await tempDir();
  const warning = (option: string) =>
    `warning: "*.txt，*.log" is taken as one pattern; if it is a list, write ` +
    `${option} '*.txt' ${option} '*.log'\n`;
  const patterns = ["*.txt，*.log"];
  const kept = await run(server.url, temp.at("a"), { exclude: patterns });
  assert.deepEqual([kept.code, kept.err], [0, warning("--exclude")]);
  const none = await run(server.url, temp.at("b"), { include: patterns });
  assert(none.err.startsWith(warning("--include")), none.err);
  const terminal = fakeTerminal();
  const site = { output: temp.at("site"), exclude: patterns };
  assert.equal(await packCommand([temp.at("a")], site, terminal), 0);
  assert(terminal.stderr().startsWith(warning("--exclude")), terminal.stderr());
});

Deno.test("get takes filters, a prefix and --delete-removed, prints --json, and plans with --dry-run", async () => {
  await using server = startFileServer({ bytes: zip({ "x/a.json": "1", "x/b.csv": "2" }) });
  await using temp = await tempDir();
  const dir = temp.at("facts");
  const options = { include: ["*.json", "*.csv"], exclude: ["*.csv"], stripPrefix: "x" };
  const planned = await run(server.url, dir, { ...options, dryRun: true });
  assert.equal(planned.code, 0);
  assert.match(planned.out, /facts/);
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
  const { code, out } = await run(server.url, dir, { ...options, json: true });
  assert.equal(code, 0);
  const [result] = JSON.parse(out).results;
  assert.deepEqual([result.dataset, result.status], ["facts", "success"]);
  assert.deepEqual([...(await readTree(dir)).keys()], ["a.json"]);
  server.state.bytes = zip({ "x/c.json": "3" });
  assert.equal((await run(server.url, dir, { ...options, deleteRemoved: true })).code, 0);
  assert.deepEqual([...(await readTree(dir)).keys()], ["c.json"]);
});

Deno.test("get without a terminal says its warnings on stderr, once, and none with --quiet", async () => {
  await using server = startFileServer({ bytes: ONE, etag: '"1"' });
  await using temp = await tempDir();
  const stripPrefix = "nowhere";
  const first = await run(server.url, temp.at("facts"), { stripPrefix });
  assert.equal(first.code, 0);
  assert.equal(first.out, "");
  assert.match(first.err, /^warning: [^\n]*nowhere[^\n]*\n$/);
  const silent = { code: 0, questions: [], out: "", err: "" };
  assert.deepEqual(await run(server.url, temp.at("facts"), { stripPrefix }), silent);
  const quiet = await run(server.url, temp.at("quiet"), { stripPrefix, quiet: true });
  assert.deepEqual(quiet, silent);
  const json = await run(server.url, temp.at("json"), { stripPrefix, json: true });
  assert.equal(JSON.parse(json.out).results[0].status, "success");
  assert.equal(json.err, first.err);
});

Deno.test("get sends headers and a token, and shows none of them", async () => {
  await using server = startFileServer({ bytes: ONE });
  server.state.answer = (request) =>
    request.headers.get("authorization") === "Bearer s3cret" &&
      request.headers.get("x-key") === "k3y1"
      ? undefined
      : new Response("s3cret k3y1?", { status: 403 });
  await using temp = await tempDir();
  const right = { token: "s3cret", header: ["X-Key: k3y1", "User-Agent: a b@c.example"] };
  assert.equal((await run(server.url, temp.at("a"), right)).code, 0);
  assert.equal(server.asked[0]?.headers.get("user-agent"), "a b@c.example");
  const wrong = await run(server.url, temp.at("b"), {
    ...right,
    header: ["X-Key: k3y1", "X-Key2: z"],
    token: "other",
  });
  assert.equal(wrong.code, 3);
  assert.match(wrong.err, /^error: b: http.* answered 403: .*\nhint: check --token/);
  assert.doesNotMatch(wrong.err, /k3y1/);
  await assert.rejects(run(server.url, temp.at("c"), { header: ["X-Key"] }), /`Name: value`/);
});

Deno.test("get adopts what matches, and asks before it replaces anything else", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using temp = await tempDir();
  const dir = temp.at("facts");
  const mine = treeOf({ "a.json": "mine", "b.json": "2", "own.txt": "kept" });
  await writeTree(dir, mine);
  const refused = await run(server.url, dir);
  assert.equal(refused.code, 2);
  assert.match(
    refused.err,
    /^error: facts: 1 file that is there differs \(a\.json\) from the package: nothing was changed\nhint: --adopt/,
  );
  assertSameTree(await readTree(dir), mine);
  for (const answer of ["n", "", null]) {
    const { code, questions } = await run(server.url, dir, { answer });
    assert.equal(code, 2);
    assert.match(questions[0] ?? "", /a\.json.*Replace\? \[y\/N\]/);
    assertSameTree(await readTree(dir), mine);
  }
  const yes = await run(server.url, dir, { answer: "y" });
  assert.equal(yes.code, 0);
  const expected = treeOf({ "a.json": "1", "b.json": "2", "d/c.csv": "3", "own.txt": "kept" });
  assertSameTree(await readTree(dir), expected);
  // From now on the folder is known.
  await Deno.writeTextFile(join(dir, "a.json"), "mine again");
  Object.assign(server.state, { bytes: TWO });
  assert.equal((await run(server.url, dir)).code, 0);
  assert.equal(await Deno.readTextFile(join(dir, "a.json")), "one");
});

Deno.test("get adopts a folder that only matches without a question, and replaces with --adopt", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using temp = await tempDir();
  await writeTree(temp.at("same"), judge(ONE));
  server.asked.length = 0;
  assert.equal((await run(server.url, temp.at("same"))).code, 0);
  await writeTree(temp.at("other"), treeOf({ "a.json": "mine" }));
  assert.equal((await run(server.url, temp.at("other"), { adopt: true })).code, 0);
  assertSameTree(await readTree(temp.at("other")), judge(ONE));
});

Deno.test("get says that an address isn't the recorded one before anything changes", async () => {
  await using one = startFileServer({ bytes: ONE, etag: '"1"' });
  await using two = startFileServer({ bytes: TWO, etag: '"1"' });
  await using temp = await tempDir();
  const dir = temp.at("facts");
  assert.equal((await run(one.url, dir)).code, 0);
  const moved = await run(two.url, dir);
  assert.equal(
    moved.err,
    `note: ${dir} came from ${one.url} and is now brought up to date with ${two.url}\n`,
  );
  // The same ETag of another address is no proof.
  assert.equal(await Deno.readTextFile(join(dir, "a.json")), "one");
  assert.deepEqual((await run(two.url, dir)).err, "");
  const signed = await run(`${two.url}?signature=s3cret`, dir);
  assert.equal(signed.code, 0);
  assert.doesNotMatch(signed.err, /s3cret/);
});

Deno.test("get refuses what can't be an address or a setting, in the words of the command line", async () => {
  await using temp = await tempDir();
  const says = async (url: string, options: GetCommandOptions, message: RegExp): Promise<void> => {
    await assert.rejects(run(url, temp.at("x"), options), (error) => {
      assert(error instanceof UsageError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /datasets\[/);
      return true;
    });
  };
  await says("example.org/a.zip", {}, /^the address: expected a URL/);
  for (const bad of ["example.org/a.zip", "example.org/", "localhost:8000/a.zip", "http://", ""]) {
    // Nor does it ask for a folder's name before.
    await assert.rejects(
      run(bad, undefined),
      /^UsageError: the address: expected (?:a URL|the address of a ZIP)/,
      bad,
    );
  }
  await says("file:///a.zip", {}, /^the address: .*a file on this machine is no source/);
  await says("https://example.org/a.zip", { include: ["/a"] }, /^--include: expected a pattern/);
  await says("https://example.org/a.zip", { header: ["Range: x"] }, /^--header Range: /);
  await says("https://example.org/a.zip", { token: "a b" }, /^--token: expected a token/);
  assert.equal(folderFor("https://example.org/x/company%20facts.ZIP?a=b"), "company facts");
  assert.equal(folderFor("https://example.org/download"), "download");
  for (
    const bad of [
      "https://example.org/",
      "https://example.org/..%2f..zip",
      "https://example.org/x/",
    ]
  ) {
    assert.throws(() => folderFor(bad), /no file's name/);
  }
});

Deno.test("get says of names in no known encoding which option names it", async () => {
  const name = Uint8Array.of(0x2d, 0xff); // in no encoding like a name
  const bytes = new Uint8Array(assemble([{ name, content: utf8("a\n") }]));
  await using server = startFileServer({ bytes });
  await using temp = await tempDir();
  const { code, err } = await run(server.url, temp.at("x"));
  assert.equal(code, 3);
  assert.match(err, /hint: set filename_encoding .* \(get: --filename-encoding\) to the .*cp1251/);
  const named = await run(server.url, temp.at("x"), { filenameEncoding: "windows-1251" });
  assert.deepEqual([named.code, named.err], [0, ""]);
  assert.deepEqual([...(await readTree(temp.at("x"))).keys()], ["-я"]);
  const wrong = run(server.url, temp.at("x"), { filenameEncoding: "cp1" });
  await assert.rejects(wrong, /^UsageError: --filename-encoding: .*found "cp1"/);
});

Deno.test("get takes a larger package when --max-files and --max-size say so", async () => {
  await using server = startFileServer({ bytes: zip({ a: "1".repeat(3000), b: "" }) });
  await using temp = await tempDir();
  const dir = temp.at("facts");
  for (const low of [{ maxFiles: "1" }, { maxSize: "2KB" }]) {
    const { code, err } = await run(server.url, dir, low);
    assert.equal(code, 3);
    assert.match(err, /hint: .*set max_files and max_size .*\(get: --max-files, --max-size\)/);
  }
  assert.equal((await run(server.url, dir, { maxFiles: "2", maxSize: "3000" })).code, 0);
  await assert.rejects(run(server.url, dir, { maxFiles: "many" }), /^UsageError: --max-files: /);
});

Deno.test("get leaves nothing behind where there is no ZIP, and says what came", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using temp = await tempDir();
  const gone = await run(`${server.origin}/gone.zip`, temp.at("x"));
  assert.equal(gone.code, 3);
  assert.match(gone.err, /answered 404/);
  server.state.answer = () =>
    new Response("<!doctype html>Log in", { headers: { "content-type": "text/html" } });
  const page = await run(server.url, temp.at("x"));
  assert.match(page.err, /is a page, not a ZIP/);
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("the program takes get's words as they are typed, and names the folder by the file", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using temp = await tempDir();
  const [command, ...words] = programOf("release");
  const args = [
    ...words,
    "get",
    "--include",
    "*.json",
    "--include",
    "*.txt",
    "-H",
    "X-A: b",
    server.url,
  ];
  const { code, stdout, stderr } = await outcomeOf(command, args, { cwd: temp.path });
  assert.deepEqual([code, stderr + stdout], [0, ""]);
  assert.deepEqual([...(await readTree(temp.at("file"))).keys()], ["a.json", "b.json"]);
  assert.equal(server.asked[0]?.headers.get("x-a"), "b");
});

Deno.test("get() of the library refuses to replace what is there unless adopt is set", async () => {
  await using server = startFileServer({ bytes: ONE });
  await using temp = await tempDir();
  await writeTree(temp.at("a"), treeOf({ "a.json": "mine" }));
  const refused = await get(server.url, temp.at("a"), { direct: true });
  assert.equal(refused.status, "config_error");
  const done = await get(server.url, temp.at("a"), {
    direct: true,
    adopt: true,
    include: ["*.json"],
  });
  assert.equal(done.status, "success", done.error);
  assert.deepEqual([...(await readTree(temp.at("a"))).keys()], ["a.json", "b.json"]);
});

Deno.test("get that is led to a private address isn't sent to a key alone, which it has no place for", async () => {
  await using temp = await tempDir();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(null, { status: 302, headers: { location: "http://10.1.2.3/facts.zip" } }),
  );
  const { code, err } = await run(
    `http://127.0.0.1:${server.addr.port}/facts.zip`,
    temp.at("facts"),
  );
  assert.equal(code, 3);
  assert.match(err, /http:\/\/10\.1\.2\.3\/facts\.zip isn't asked: its address is private/);
  assert.match(
    err,
    /^hint: if it is meant, ask for that address itself, or, in a configuration, /m,
  );
});

Deno.test("get's hints name its own options and the server, never a setting that it lacks", async () => {
  await using temp = await tempDir();
  await using server = startFileServer({ bytes: ONE });
  const hintAt = async (url: string): Promise<string> =>
    /^hint: (.*)$/m.exec((await run(url, temp.at("x"))).err)?.[1] ?? "";
  const answers = async (status: number): Promise<string> => {
    server.state.answer = () => new Response(null, { status });
    return await hintAt(server.url);
  };
  assert.equal(await answers(401), "check --token and --header");
  assert.equal(await answers(404), "check the address: nothing is there");
  const tls = (fault: string) =>
    classifyFetchError(new TypeError(`client error (Connect): ${fault}`), "https://a/x", "get");
  for (
    const [error, hint] of [
      [tls("invalid peer certificate: UnknownIssuer"), / PEM file in --ca-file$/],
      [tls("invalid peer certificate: CaUsedAsEndEntity"), /^on the server, .* in --ca-file$/],
      [tls("tcp connect error: Connection refused"), /^check the address, the network, and/],
      [tls("dns error: no such name"), /: check the address and this machine's DNS$/],
      [tls("received corrupt message"), /^check the address: it may have to begin with/],
      [tls("invalid peer certificate: Revoked"), /^tell those who run the server what/],
    ] as const
  ) assert.match(error.hint!, hint);
  for (const section of ["get", "datasets[]"] as const) {
    const url = new URL("http://a/x");
    const said = async (status: number) => {
      using watchdog = new Watchdog({ url, timeoutMs: 60_000, signals: [] });
      const answer = {
        asked: url,
        url,
        redirected: false,
        foreign: false,
        withheld: false,
        section,
        proxy: undefined,
      };
      const response = new Response(null, { status });
      const rest = { response, watchdog, startedAt: 0, [Symbol.dispose]: () => {} };
      return (await statusError({ ...answer, ...rest }, 0)).hint!;
    };
    for (const status of [500, 502, 503]) assert.doesNotMatch(await said(status), /\bhub\b/);
    assert.match(await said(403), section === "get" ? /--token/ : /datasets\[\]\.token/);
  }
});
