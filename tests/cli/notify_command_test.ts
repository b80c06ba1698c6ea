/** `datahubsync notify --test`: every kind of target, and what came of it. */
import assert from "node:assert/strict";
import { notifyCommand } from "../../src/cli/setup/notify_command.ts";
import { UsageError } from "../../src/errors.ts";
import { assertChineseText } from "../support/chinese.ts";
import { fakeTerminal } from "../support/fake_terminal.ts";
import { startReceiver } from "../support/receiver.ts";
import { receiveMail } from "../support/smtp_receiver.ts";
import { tempDir } from "../support/temp.ts";

const emailTo = (port: number): string =>
  `{ type: email, host: 127.0.0.1, port: ${port}, security: none, from: a@x, to: b@x }`;

function configOf(targets: string[]): string {
  return [
    "hub: { url: http://127.0.0.1:9 }",
    "datasets: [{ name: a, local_dir: ./a }]",
    `notify: { timeout: 60, targets: [${targets.join(", ")}] }`,
  ].join("\n");
}

Deno.test("notifyCommand() sends a test to every kind of target, and keeps no state", async () => {
  await using temp = await tempDir();
  await using receiver = startReceiver();
  const config = temp.at("config.yaml");
  const types = ["webhook", "slack", "wecom", "dingtalk", "feishu"];
  const targets = types.map((type) =>
    `{ type: ${type}, url: "${receiver.url}/hook/SECRET-${type}" }`
  );
  await using mail = receiveMail();
  await Deno.writeTextFile(config, configOf([...targets, emailTo(mail.port)]));
  const terminal = fakeTerminal();
  assert.equal(await notifyCommand(undefined, { config }, terminal), 0);
  const at = new URL(receiver.url).host;
  assert.deepEqual(terminal.stdout().trimEnd().split("\n"), [
    ...types.map((type) => `✓ ${type} at ${at}: took the test message`),
    `✓ email at 127.0.0.1:${mail.port}: took the test message`,
  ]);
  assert.deepEqual(mail.received.map(({ to }) => to), [["b@x"]]);
  assert.match(mail.received[0]!.data, /^Subject: DataHubSync: test message$/m);
  const bodies = receiver.received.map(({ url, body }) => [url.pathname, JSON.stringify(body)]);
  for (const type of types) {
    const [, body] = bodies.find(([path]) => path === `/hook/SECRET-${type}`)!;
    assert.match(body!, /DataHubSync: test message/, type);
    assert.match(body!, /config\.yaml/, type);
  }
  assert.deepEqual([...Deno.readDirSync(temp.path)].map(({ name }) => name), ["config.yaml"]);
});

Deno.test("notifyCommand() says per target why it failed, without its secret, and ends with 3", async () => {
  await using temp = await tempDir();
  await using receiver = startReceiver();
  const config = temp.at("config.yaml");
  await using mail = receiveMail("550 no such user");
  const webhook = `{ type: webhook, url: "${receiver.url}/hook" }`;
  await Deno.writeTextFile(
    config,
    configOf([webhook, emailTo(mail.port), '{ type: slack, url: "http://127.0.0.1:9/SECRET" }']),
  );
  const terminal = fakeTerminal();
  assert.equal(await notifyCommand(undefined, { config }, terminal), 3);
  const lines = terminal.stdout().trimEnd().split("\n");
  assert.match(lines[0]!, /^✓ webhook at /);
  assert.match(lines[1]!, /^✗ email at 127\.0\.0\.1:\d+: .*: 550 no such user$/);
  assert.match(lines[2]!, /^✗ slack at 127\.0\.0\.1:9: tcp connect error: Connection refused/);
  assertChineseText(lines[2]!.replace(/^.*127\.0\.0\.1:9: /, ""));
  assert.doesNotMatch(terminal.stdout(), /SECRET/);
  const json = fakeTerminal();
  assert.equal(await notifyCommand("webhook", { config, json: true }, json), 0);
  assert.deepEqual(JSON.parse(json.stdout()), {
    targets: [{ target: `webhook at ${new URL(receiver.url).host}`, type: "webhook", error: null }],
  });
});

Deno.test("notifyCommand() takes a target's type or its whole name, and guesses a misspelt one", async () => {
  await using temp = await tempDir();
  await using receiver = startReceiver();
  const config = temp.at("config.yaml");
  await Deno.writeTextFile(
    config,
    configOf([`{ type: webhook, url: "${receiver.url}/hook" }`, emailTo(9)]),
  );
  const name = `webhook at ${new URL(receiver.url).host}`;
  assert.equal(await notifyCommand(name, { config }, fakeTerminal()), 0);
  assert.equal(receiver.received.length, 1);
  const refused = async (name: string | undefined, hint: RegExp): Promise<void> => {
    await assert.rejects(notifyCommand(name, { config }, fakeTerminal()), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.hint ?? "", hint);
      return true;
    });
  };
  await refused("webhok", /did you mean "webhook"\?/);
  await refused("pager", /it has: webhook, webhook at .*, email, email at 127\.0\.0\.1:9/);
  await Deno.writeTextFile(config, configOf([]));
  await refused(undefined, /docs\/monitoring\.md/);
});
