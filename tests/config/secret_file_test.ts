/**
 * Secrets that lie in files of their own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ConfigError } from "../../src/errors.ts";
import { secretsOf } from "../../src/client/secrets.ts";
import { loadConfig, parseConfig } from "../../src/config/load_config.ts";
import { readBack } from "../../src/messages/read_back.ts";
import { run } from "../support/command.ts";
import { tempDir } from "../support/temp.ts";

const DATA = "datasets: [{ name: a, local_dir: ./a }]\n";

Deno.test("each key that ends in _file takes its value from the file, as it is", async () => {
  await using dir = await tempDir();
  const values = {
    hub: "hub-${HOME}-token\n",
    url: "https://hooks.example/s3cret\r\n",
    key: "k3y",
  };
  for (const [name, text] of Object.entries(values)) await Deno.writeTextFile(dir.at(name), text);
  await Deno.writeTextFile(
    dir.at("config.yaml"),
    `hub: { url: https://h, token_file: hub }
datasets:
  - { name: a, local_dir: ./a }
  - { name: b, local_dir: ./b, url: https://x/b.zip, token_file: ./key }
notify:
  targets:
    - { type: dingtalk, url_file: "\${CREDENTIALS_DIRECTORY}/url", secret_file: ${dir.at("key")} }
    - { type: bark, token_file: key }
    - { type: email, host: m, from: a@b, to: c@d, username: u, password_file: key }
ping: { url_file: url }
`,
  );
  const env = (name: string) => name === "CREDENTIALS_DIRECTORY" ? dir.path : undefined;
  const config = await loadConfig(dir.at("config.yaml"), { env });
  assert.equal(config.hub.token, "hub-${HOME}-token");
  assert.equal(config.datasets[1]!.source!.token, "k3y");
  const [dingtalk, bark, email] = config.notify.targets;
  const url = "https://hooks.example/s3cret";
  assert.deepEqual(dingtalk, { type: "dingtalk", url, secret: "k3y" });
  assert.deepEqual(bark, { type: "bark", url: "https://api.day.app", token: "k3y" });
  assert.equal(email!.type === "email" && email!.password, "k3y");
  assert.equal(config.ping?.url, url);
  const files = new Set(config.secretFiles);
  assert.deepEqual(files, new Set(["hub", "key", "url"].map((name) => dir.at(name))));
  const hidden = secretsOf(config);
  for (const secret of ["hub-${HOME}-token", "k3y", url]) {
    assert.ok(hidden.includes(secret), secret);
  }
});

const WRONG: [what: string, content: string | undefined, said: RegExp][] = [
  ["missing", undefined, /token_file.*expected the path of a file.*doesn't exist/],
  ["empty", " \n", /token_file.*is empty/],
  ["too large", "s3cret".repeat(20_000), /token_file.*is larger than 64 KB/],
  ["of two lines", "s3cret\nmore", /token_file.*on one line/],
];

for (const [what, content, said] of WRONG) {
  Deno.test(`a secret's file that is ${what} is one problem, at its place, without the secret`, async () => {
    await using dir = await tempDir();
    if (content !== undefined) await Deno.writeTextFile(dir.at("token"), content);
    const text = `hub:\n  url: http://h\n  token_file: token\n${DATA}`;
    assert.throws(() => parseConfig(text, { path: dir.at("config.yaml") }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problems.length, 1);
      assert.match(error.message, said);
      assert.match(error.message, /:3:15/);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

const UNREADABLE: [what: string, make: (path: string) => Promise<unknown>, said: RegExp][] = [
  ["a folder", (path) => Deno.mkdir(path), /isn't a regular file/],
  ["a pipe that nobody writes to", pipe, /isn't a regular file/],
  ["a device without an end", (path) => Deno.symlink("/dev/zero", path), /isn't a regular file/],
  ["a link to nowhere", (path) => Deno.symlink("nowhere", path), /doesn't exist/],
];

async function pipe(path: string): Promise<void> {
  await run("mkfifo", [path]);
}

for (const [what, make, said] of UNREADABLE) {
  Deno.test(`a secret's file, or a calendar, that is ${what} is said at once`, async () => {
    await using dir = await tempDir();
    await make(dir.at("file"));
    const parse = (text: string) => parseConfig(text, { path: dir.at("config.yaml") });
    const hub = `hub: { url: http://h }\n`;
    assert.throws(() => parse(`hub: { url: http://h, token_file: file }\n${DATA}`), said);
    assert.throws(() => parse(`${hub}${DATA}ping: { url_file: file }\n`), said);
    const late = "max_age: { hours: 24, calendar: file }";
    const { warnings } = parse(`${hub}datasets: [{ name: a, local_dir: ./a, ${late} }]\n`);
    assert.match(warnings.join(), /file can't be used, so .*(?:isn't a regular file|no such file)/);
  });
}

Deno.test("a link to a secret's file is followed, as containers make them", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("real"), "s3cret\n");
  await Deno.symlink("real", dir.at("token"));
  const text = `hub: { url: http://h, token_file: token }\n${DATA}`;
  assert.equal(parseConfig(text, { path: dir.at("config.yaml") }).hub.token, "s3cret");
});

Deno.test("a secret and its file are one too many, and a file doesn't fit another type's target", async () => {
  await using dir = await tempDir();
  await Deno.writeTextFile(dir.at("k"), "k");
  const parse = (text: string) => () => parseConfig(text, { path: dir.at("config.yaml") });
  assert.throws(
    parse(`hub: { url: http://h, token: a, token_file: k }\n${DATA}`),
    /expected either `token` or `token_file`, found both/,
  );
  assert.throws(
    parse(
      `hub: { url: http://h }\n${DATA}notify: { targets: [{ type: slack, url: http://s, secret_file: k }] }`,
    ),
    /secret_file.*expected a key of type slack \(url\)/,
  );
  assert.throws(
    parse(`hub: { url: http://h }\ndatasets: [{ name: a, local_dir: ./a, token_file: k }]`),
    /token_file.*expected `url` beside it/,
  );
});

Deno.test("what is wrong with a secret's file or a calendar is said in Chinese, too", async () => {
  await using dir = await tempDir();
  const parse = (text: string) => parseConfig(text, { path: dir.at("config.yaml") });
  assert.throws(
    () => parse(`hub: { url: http://h, token_file: none }\n${DATA}`),
    (error: Error) => {
      const said = readBack(error.message, "zh");
      assert.ok(said.includes("应是一个只含密钥的文件的路径："), said);
      assert.ok(said.includes(`${dir.at("none")} 不存在`), said);
      return true;
    },
  );
  const late = "max_age: { hours: 24, calendar: none }";
  const { warnings } = parse(
    `hub: { url: http://h }\ndatasets: [{ name: a, local_dir: ./a, ${late} }]\n`,
  );
  const said = readBack(warnings.join(), "zh");
  assert.ok(said.includes(`${dir.at("none")} 无法使用，因此不知道节假日：没有这个文件`), said);
});
