/** Keys, signing and believing, by the binary. */
import assert from "node:assert/strict";
import { serveSite } from "../../src/serve/serve_site.ts";
import { configFor, workplace } from "../support/binary.ts";
import { runProgram } from "../support/program.ts";
import { tempDir } from "../support/temp.ts";
import { writeTree } from "../support/tree.ts";

Deno.test("key, pack --sign, pack --resign, and a client that believes nothing else", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("data"), [["a.csv", new TextEncoder().encode("one\n")]]);
  const made = await runProgram(["key", temp.at("hub.key"), "--json"]);
  assert.equal(made.code, 0, made.stderr);
  const { public_key: key, fingerprint } = JSON.parse(made.stdout);
  assert.equal((await Deno.stat(temp.at("hub.key"))).mode! & 0o777, 0o600);
  assert.equal((await runProgram(["key", temp.at("hub.key")])).code, 3);
  const shown = await runProgram(["key", "--show", temp.at("hub.key")]);
  assert.match(shown.stdout, new RegExp(`^fingerprint: ${fingerprint}$`, "m"));

  const site = await Deno.realPath(temp.path) + "/site";
  const pack = (...words: string[]) =>
    runProgram(["pack", temp.at("data"), "--output", site, "--name", "bars", ...words]);
  const packed = await pack("--sign", temp.at("hub.key"), "--expires", "10d");
  assert.equal(packed.code, 0, packed.stderr);
  assert.match(
    packed.stdout,
    new RegExp(`\nsigned by ${fingerprint} until .*Z \\(counter \\d+\\)\n`),
  );
  const plain = await pack();
  assert.match(plain.stderr, /^warning: the site's signed catalog stays as it was/);
  const renewed = await runProgram([
    "pack",
    "--resign",
    "--output",
    site,
    "--sign",
    temp.at("hub.key"),
  ]);
  assert.equal(renewed.code, 0, renewed.stderr);
  for (const words of [["--resign"], ["--expires", "3d"], ["--sign", temp.at("data", "a.csv")]]) {
    assert.notEqual((await pack(...words)).code, 0, words.join(" "));
  }

  const served = serveSite({ site, hostname: "127.0.0.1", port: 0, onRequest: () => {} });
  try {
    const hub = [`public_key: ${key}`];
    await using place = await workplace(configFor(served.url, ["bars"], { hub }));
    const first = await place.run();
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    const status = await place.run("status");
    assert.match(status.stdout, new RegExp(`signed by ${fingerprint} until`));
    const path = `${site}/api/datasets.signed`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("bars", "bats"));
    const refused = await place.run();
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /was changed after it was signed/);
  } finally {
    await served.stop(0);
  }
});

Deno.test("pack -c signs with the key that hub.yaml names, and pack --resign -c renews it", async () => {
  await using temp = await tempDir();
  await writeTree(temp.at("bars"), [["a.csv", new TextEncoder().encode("one\n")]]);
  const keys = ["one.key", "two.key"].map((name) => temp.at(name));
  for (const key of keys) assert.equal((await runProgram(["key", key])).code, 0);
  const config = temp.at("hub.yaml");
  const write = (...lines: string[]) =>
    Deno.writeTextFile(
      config,
      ["output: site", "datasets: [{ folder: bars }]", ...lines].join("\n"),
    );
  const pack = (...words: string[]) => runProgram(["pack", "-c", config, ...words]);
  const signers = async () => {
    const text = await Deno.readTextFile(temp.at("site", "api", "datasets.signed"));
    const { payload, signatures } = JSON.parse(text);
    const { signed, expires, counter } = JSON.parse(payload);
    const days = (Date.parse(expires) - Date.parse(signed)) / 86_400_000;
    return { days, counter, keys: signatures.length };
  };
  await write();
  assert.equal((await pack()).code, 0);
  assert.match((await pack("--resign")).stderr, /-c hub\.yaml with `output` and `sign`/);
  await write("sign: one.key", "expires: 10d");
  const packed = await pack();
  assert.deepEqual([packed.code, packed.stderr], [0, ""]);
  const first = await signers();
  assert.deepEqual([first.days, first.keys], [10, 1]);
  const renewed = await pack("--resign");
  assert.deepEqual([renewed.code, renewed.stderr], [0, ""]);
  assert((await signers()).counter > first.counter);
  // What is typed comes first; two keys are for a change.
  assert.equal((await pack("--resign", "--expires", "20d")).code, 0);
  assert.equal((await signers()).days, 20);
  await write("sign: [one.key, two.key]");
  assert.equal((await pack()).code, 0);
  assert.deepEqual([(await signers()).days, (await signers()).keys], [30, 2]);
  await write("sign: [one.key, two.key, one.key]");
  assert.match((await pack()).stderr, /at most 2 keys to sign with, found 3/);
  await write("sign: gone.key");
  assert.match((await pack()).stderr, /There is no key .*gone\.key/);
  await write("expires: 10d");
  assert.match((await pack()).stderr, /needs --sign, or `sign` in hub\.yaml/);
  const both = await pack("--resign", "--output", temp.at("site"));
  assert.match(both.stderr, /--resign packs nothing: expected only --output or --config/);
});

Deno.test("key and pack say what is wrong with a path or a time, and make nothing", async () => {
  await using temp = await tempDir();
  const key = temp.at("hub.key");
  assert.equal((await runProgram(["key", key])).code, 0);
  await Deno.mkdir(temp.at("empty"));
  const resign = ["pack", "--resign", "--sign", key, "--output"];
  const sign = ["pack", temp.at("empty"), "--output", temp.at("site"), "--sign", key, "--expires"];
  const cases: [words: string[], says: RegExp][] = [
    [[...resign, temp.at("stie")], /stie isn't a folder\nhint: is it the site that was signed/],
    [[...resign, key], /hub\.key isn't a folder/],
    [[...resign, temp.at("empty")], /There is no signed catalog to renew in .*empty/],
    [[...sign, "367d"], /--expires: expected 1h to 366d, such as 30d; found 367d/],
    [[...sign, "30m"], /--expires: expected 1h to 366d, such as 30d; found 30m/],
    [[...sign, "30"], /--expires: expected 1h to 366d, such as 30d; found 30/],
    [["key", temp.at("nowhere", "hub.key")], /nowhere isn't a folder/],
    [["pack", "--explain", temp.at("gone.patch")], /there is no file .*gone\.patch/],
  ];
  for (const [words, says] of cases) {
    const { code, stderr } = await runProgram(words);
    assert(code === 2 || code === 3, `${words.join(" ")}: ${code}`);
    assert.match(stderr, says);
    assert(!/during the run/.test(stderr), stderr);
  }
  assert.deepEqual([...Deno.readDirSync(temp.at("empty"))], []);
  const made = [...Deno.readDirSync(temp.path)].map(({ name }) => name).sort();
  assert.deepEqual(made, ["empty", "hub.key"]);
});
