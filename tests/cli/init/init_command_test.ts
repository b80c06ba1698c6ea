/**
 * `datahubsync init`: a configuration out of a hub's catalog.
 *
 * Longer than 250 lines because every question of `init` and every answer to it is a case.
 */
import assert from "node:assert/strict";
import { initCommand } from "../../../src/cli/init/init_command.ts";
import { readDatasets, readHubUrl } from "../../../src/cli/init/init_questions.ts";
import { speak } from "../../../src/cli/terminal/language.ts";
import { loadConfig } from "../../../src/config/load_config.ts";
import { HubError, UsageError } from "../../../src/errors.ts";
import { INIT } from "../../../src/messages/init.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { HeldMirror } from "../../support/held_mirror.ts";
import { keyFingerprint } from "../../../src/trust/keys.ts";
import { startHub } from "../../support/hub.ts";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { startFileServer } from "../../support/file_server.ts";
import { tempDir } from "../../support/temp.ts";
import { treeOf, zipOf } from "../../sync/watched.ts";

const nobody = { env: () => undefined };
const hintOf = (hint: RegExp) => (error: unknown): boolean => {
  assert(error instanceof UsageError, String(error));
  assert.match(error.hint ?? "", hint);
  return true;
};

Deno.test("initCommand() writes a configuration that loads and follows every dataset", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setDataset('数据: "x" #1', hub.hub.datasets.get(hub.name)!);
  const output = temp.at("config.yaml");
  const terminal = fakeTerminal();
  assert.equal(await initCommand({ hubUrl: hub.url, output }, terminal, nobody), 0);
  const config = await loadConfig(output, { env: () => undefined });
  assert.deepEqual(config.warnings, []);
  assert.deepEqual(config.hub.urls, [hub.url]);
  assert.deepEqual(config.datasets.map(({ name, localDir }) => [name, localDir]), [
    [hub.name, temp.at("data", hub.name)],
    ['数据: "x" #1', temp.at("data", '数据: "x" #1')],
  ]);
  const text = await Deno.readTextFile(output);
  assert.match(text, /^ {2}# Address of the hub/m);
  assert.match(terminal.stdout(), /with 2 datasets\. Next:\n {2}datahubsync --check -c /);
  const quiet = fakeTerminal();
  const again = { hubUrl: hub.url, output, force: true, quiet: true };
  assert.equal(await initCommand(again, quiet, nobody), 0);
  assert.deepEqual([quiet.stdout(), quiet.stderr()], ["", ""]);
  assert.equal(await Deno.readTextFile(output), text);
});

Deno.test("initCommand() never replaces a file without --force, and asks no hub then", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const output = temp.at("config.yaml");
  await Deno.writeTextFile(output, "mine\n");
  const options = { hubUrl: hub.url, output };
  await assert.rejects(
    initCommand(options, fakeTerminal(), nobody),
    hintOf(/--output, or .*--force/),
  );
  assert.equal(await Deno.readTextFile(output), "mine\n");
  assert.equal(hub.hub.requests.length, 0);
  assert.equal(await initCommand({ ...options, force: true }, fakeTerminal(), nobody), 0);
  assert.match(await Deno.readTextFile(output), /DataHubSync configuration/);
});

Deno.test("initCommand() replaces no file that came while it asked", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const output = temp.at("config.yaml");
  const ask = async (): Promise<string> => {
    await Deno.writeTextFile(output, "somebody's\n");
    return "";
  };
  await assert.rejects(
    initCommand({ hubUrl: hub.url, output }, fakeTerminal(), { ...nobody, ask }),
    hintOf(/--output, or .*--force/),
  );
  assert.equal(await Deno.readTextFile(output), "somebody's\n");
});

Deno.test("initCommand() takes the named datasets and guesses what a wrong name meant", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setDataset("other", hub.hub.datasets.get(hub.name)!);
  const options = { hubUrl: `${hub.url}/`, output: temp.at("c.yaml"), dataDir: "/data/" };
  await initCommand({ ...options, dataset: ["other"] }, fakeTerminal(), nobody);
  const config = await loadConfig(options.output, { env: () => undefined });
  assert.deepEqual(config.datasets.map(({ localDir }) => localDir), ["/data/other"]);
  await assert.rejects(
    initCommand({ ...options, force: true, dataset: ["othr"] }, fakeTerminal(), nobody),
    hintOf(/did you mean "other"\?/),
  );
});

Deno.test("initCommand() writes hostile names so that they stay names, or leaves them out", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const entry = hub.hub.datasets.get(hub.name)!;
  const kept = ["${DATAHUBSYNC_TOKEN}", "$${DATAHUBSYNC_TOKEN}", "ab: c # d", "*x", "'\"", "- y"];
  const dropped = [
    ".x.datahubsync",
    ".DataHubSync",
    "..",
    "../x",
    "a\\b",
    "x\u001b[2J",
    "y\u202ez",
  ];
  for (const name of [...kept, ...dropped]) hub.hub.setDataset(name, entry);
  const output = temp.at("c.yaml");
  const terminal = fakeTerminal();
  const env = (name: string) => name === "DATAHUBSYNC_TOKEN" ? "s3cret-token" : undefined;
  await initCommand({ hubUrl: hub.url, output, dataDir: "/data" }, terminal, { env });
  const config = await loadConfig(output, { env });
  assert.deepEqual(config.datasets.map(({ name }) => name), [hub.name, ...kept]);
  assert.deepEqual(config.datasets.map(({ localDir }) => localDir), [
    `/data/${hub.name}`,
    ...kept.map((name) => `/data/${name}`),
  ]);
  assert.equal(terminal.stderr().match(/has no name for a folder/g)?.length, 5); // the others are no names in the list already
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.stderr(), /[\u0000-\u0009\u001b\u202e]/);
});

Deno.test("initCommand() asks on a terminal: address, datasets, folder", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setDataset("other", hub.hub.datasets.get(hub.name)!);
  const answers = [hub.url, "2", temp.at("d")];
  const questions: string[] = [];
  const ask = (question: string): string | null => {
    questions.push(question);
    return answers.shift() ?? null;
  };
  const output = temp.at("c.yaml");
  await initCommand({ output }, fakeTerminal({ watched: true }), { ...nobody, ask });
  assert.equal(questions.length, 3);
  assert.match(questions[1]!, /1 {2}stock-trading-data-pro/);
  const config = await loadConfig(output, { env: () => undefined });
  assert.deepEqual(config.datasets.map(({ localDir }) => localDir), [temp.at("d", "other")]);
});

Deno.test("initCommand() names the variable of a token, and sends the token", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const env = (name: string) => name === "DATAHUBSYNC_TOKEN" ? "s3cret-token" : undefined;
  const output = temp.at("c.yaml");
  await initCommand({ hubUrl: hub.url, output }, fakeTerminal(), { env });
  const text = await Deno.readTextFile(output);
  assert.match(text, /^ {2}token: \$\{DATAHUBSYNC_TOKEN\}$/m);
  assert.doesNotMatch(text, /s3cret/);
  assert.equal(hub.hub.requests[0]?.headers.get("authorization"), "Bearer s3cret-token");
});

Deno.test("initCommand() says what it needs where nobody can be asked", async () => {
  await using temp = await tempDir();
  const output = temp.at("c.yaml");
  await assert.rejects(
    initCommand({ output }, fakeTerminal(), nobody),
    hintOf(/init --hub-url http/),
  );
  await assert.rejects(
    initCommand({ output, hubUrl: "ftp://h" }, fakeTerminal(), nobody),
    hintOf(/http:\/\/ or https:/),
  );
});

Deno.test("readHubUrl() takes an address as it was copied", () => {
  for (
    const url of ['"http://h:8000"', "http：//h:8000", "h:8000", "<http://h:8000/api/datasets>"]
  ) {
    assert.equal(readHubUrl(url), "http://h:8000", url);
  }
  assert.equal(readHubUrl("https://h/a/"), "https://h/a");
});

Deno.test("initCommand() writes nothing when the hub can't be asked", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setCatalog("<html>not here</html>");
  await assert.rejects(
    initCommand({ hubUrl: hub.url, output: temp.at("c.yaml") }, fakeTerminal(), nobody),
    HubError,
  );
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("initCommand() leaves out names that no configuration takes, and shows them harmlessly", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const evil = "\u001b]0;x\u0007\r\nevil\u202e\u009b31m";
  hub.hub.setDataset(evil, hub.hub.datasets.get(hub.name)!);
  hub.hub.setDataset("..", hub.hub.datasets.get(hub.name)!);
  const terminal = fakeTerminal();
  const output = temp.at("c.yaml");
  assert.equal(await initCommand({ hubUrl: hub.url, output }, terminal, nobody), 0);
  const config = await loadConfig(output, { env: () => undefined });
  assert.deepEqual(config.datasets.map(({ name }) => name), [hub.name]);
  assert.match(terminal.stderr(), /the dataset "\.\." has no name for a folder/);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(terminal.stderr().replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202e]/);
});

/** Types these answers at the questions; returns what was said on stderr. */
async function typed(
  answers: (string | null)[],
  options: Parameters<typeof initCommand>[0],
  env: (name: string) => string | undefined = () => undefined,
): Promise<string> {
  const terminal = fakeTerminal({ watched: true });
  const ask = (): string | null => answers.shift() ?? null;
  assert.equal(await initCommand(options, terminal, { env, ask }), 0);
  assert.deepEqual(answers, []);
  return terminal.stderr();
}

Deno.test("initCommand() asks again after a typo, at each question", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  hub.hub.setDataset("other", hub.hub.datasets.get(hub.name)!);
  await Deno.writeTextFile(temp.at("a file"), "");
  const output = temp.at("c.yaml");
  const said = await typed(
    [
      "",
      "ftp://hub",
      "http://127.0.0.1:9/",
      ` ${hub.url}/ `,
      "3",
      "othr",
      "other, 2",
      "y",
      "http://hub/data",
      "$HOME/data",
      "a file/data",
      "~/data",
    ],
    { output },
    (name) => name === "HOME" ? temp.at("home") : undefined,
  );
  const errors = said.split("\n").filter((line) => line.startsWith("error: "));
  const expected = [
    /expected the hub's address, found none/,
    /expected the hub's address, found "ftp:/,
    /127\.0\.0\.1:9\S* can't be reached/,
    /no dataset named "3"/,
    /no dataset named "othr"/,
    /expected a folder for the data, found "y"/,
    /expected a folder for the data, found "http:/,
    /expected a folder for the data, found "\$HOME/,
    /expected a folder for the data, found a file: .*a file/,
  ];
  assert.equal(errors.length, expected.length, said);
  expected.forEach((one, at) => assert.match(errors[at]!, one));
  assert.match(said, /hint: did you mean "other"\?/);
  const config = await loadConfig(output, { env: () => undefined });
  assert.deepEqual(config.datasets.map(({ localDir }) => localDir), [temp.at("home/data/other")]);
});

Deno.test("initCommand() takes no nonsense for --data-dir either", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  for (const dataDir of ["yes", "1", "http://x/y", "~nobody/x", "a\tb"]) {
    const options = { hubUrl: hub.url, output: temp.at("c.yaml"), dataDir };
    await assert.rejects(
      initCommand(options, fakeTerminal(), nobody),
      /expected a folder/,
      dataDir,
    );
  }
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("readDatasets() takes the word that the question offers, in either language", () => {
  const all = ["bars", "funds"];
  for (const { en, zh } of [INIT.which_ones]) {
    for (const question of [en, zh]) {
      const [, word] = /\[(.+)\]/.exec(question)!;
      assert.deepEqual(readDatasets(word!, all), all, question);
    }
  }
  assert.deepEqual(readDatasets("all", ["all", "bars"]), ["all"], "a dataset of that name");
});

Deno.test("initCommand() ends, and writes nothing, where the input ends", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  await assert.rejects(
    typed([hub.url, null], { output: temp.at("c.yaml") }),
    hintOf(/init --help/),
  );
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("initCommand() says how to give a token where the hub asks for one", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  await using guarded = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      if (request.headers.get("authorization") !== "Bearer right") {
        return new Response("who are you?", { status: 401 });
      }
      return await fetch(`${hub.url}${new URL(request.url).pathname}`);
    },
  );
  const hubUrl = `http://127.0.0.1:${guarded.addr.port}`;
  const options = { hubUrl, output: temp.at("my config.yaml"), dataset: [hub.name] };
  const refused = (env: () => string | undefined): Promise<string> =>
    initCommand(options, fakeTerminal(), { env }).then(
      () => assert.fail("it was let in"),
      (error) => `${error.hint}`,
    );
  assert.equal(
    await refused(() => undefined),
    `give the hub's token: DATAHUBSYNC_TOKEN=… datahubsync init --hub-url ${hubUrl} ` +
      `--output '${options.output}' -d ${hub.name}`,
  );
  assert.match(await refused(() => "wrong"), /the hub refuses the token in DATAHUBSYNC_TOKEN/);
  // The hint's own words.
  assert.equal(await initCommand(options, fakeTerminal(), { env: () => "right" }), 0);
});

Deno.test("initCommand() follows a ZIP with --url, after a look at it, with no hub", async () => {
  await using temp = await tempDir();
  await using server = startFileServer({
    bytes: new Uint8Array(zipOf(treeOf({ "a.csv": "1\n" }))),
  });
  const output = temp.at("config.yaml");
  const terminal = fakeTerminal();
  assert.equal(await initCommand({ url: server.url, output }, terminal, nobody), 0);
  assert.match(terminal.stdout(), /with 1 dataset\. Next:/);
  const config = await loadConfig(output, { env: () => undefined });
  assert.deepEqual([config.warnings, config.hub.urls], [[], []]);
  const [dataset] = config.datasets;
  assert.deepEqual([dataset?.name, dataset?.localDir], ["file", temp.at("data", "file")]);
  assert.deepEqual(dataset?.source?.urls, [server.url]);
  assert.equal(await syncCommand({ config: output }, fakeTerminal()), 0);
  assert.equal(await Deno.readTextFile(temp.at("data", "file", "a.csv")), "1\n");

  const other = { output: temp.at("other.yaml") };
  const refused = (options: Parameters<typeof initCommand>[0], says: RegExp) =>
    assert.rejects(initCommand({ ...other, ...options }, fakeTerminal(), nobody), says);
  await refused({ url: "ftp://example.org/a.zip" }, /begins with http/);
  await refused({ url: "https://me:pw@example.org/a.zip" }, /without user and password/);
  await refused({ url: server.url, hubUrl: server.origin }, /found both/);
  await refused({ url: `${server.origin}/gone.zip` }, /answered 404/);
  await assert.rejects(Deno.stat(other.output), Deno.errors.NotFound);
});

Deno.test("initCommand() writes comments in one language, and the language that was spoken", async () => {
  await using temp = await tempDir();
  await using hub = startHub();
  const output = temp.at("config.yaml");
  const written = async (): Promise<string> => {
    const options = { hubUrl: hub.url, output, force: true };
    assert.equal(await initCommand(options, fakeTerminal(), nobody), 0);
    return await Deno.readTextFile(output);
  };
  assert.doesNotMatch(await written(), /[\u4e00-\u9fff]|^language:/m);
  await speak("zh");
  try {
    const remarks = (await written()).split("\n").filter((line) =>
      /^\s*# /.test(line) && !/\$schema/.test(line)
    );
    assert.deepEqual(remarks.filter((line) => !/[\u4e00-\u9fff]/.test(line)), []);
  } finally {
    await speak("en");
  }
  assert.equal((await loadConfig(output, { env: () => undefined })).language, "zh");
});

Deno.test("initCommand() shows the key of a hub that signs, and believes it if a person says so", async () => {
  await using temp = await tempDir();
  await using hub = await HeldMirror.make();
  const { publicKey } = await hub.makeKey("key");
  await hub.publish(new Map([["a.csv", new TextEncoder().encode("1\n")]]));
  const asked: string[] = [];
  const answers = (key: string) => ["all", "maybe", key, ""];
  const init = async (output: string, key: string | undefined) => {
    const given = key === undefined ? [] : answers(key);
    const terminal = fakeTerminal();
    const ask = (question: string): string | null => {
      asked.push(question);
      return given.shift() ?? null;
    };
    const around = { env: () => undefined, ...(key !== undefined && { ask }) };
    assert.equal(await initCommand({ hubUrl: hub.url, output }, terminal, around), 0);
    const config = await loadConfig(output, { env: () => undefined });
    return { keys: config.hub.publicKeys, stderr: terminal.stderr() };
  };
  const yes = await init(temp.at("yes.yaml"), "yes");
  assert.deepEqual(yes.keys, [publicKey]);
  assert.match(yes.stderr, /expected yes or no, found "maybe"/);
  assert(asked.some((question) => question.includes(keyFingerprint(publicKey))));
  assert.deepEqual((await init(temp.at("no.yaml"), "no")).keys, []);
  // Without a person nothing is believed, but said.
  const nobody = await init(temp.at("nobody.yaml"), undefined);
  assert.deepEqual(nobody.keys, []);
  assert.match(nobody.stderr, new RegExp(`hub\\.public_key: ${publicKey}`));
});
