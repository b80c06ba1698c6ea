/**
 * Each service's own rules, checked by a server that knows them; whatever a dataset's name or an error
 * says, nobody is mentioned and no markup is broken.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { NotifyConfig, NotifyTarget } from "../../../src/config/notify_config.ts";
import { notifyAll } from "../../../src/monitoring/notify/notify_all.ts";
import type { DatasetNews } from "../../../src/monitoring/notify/news.ts";
import { SERVICES, startChatServices, targetOf } from "../../support/chat_services.ts";
import { tempDir } from "../../support/temp.ts";

type Name = keyof typeof SERVICES;

const failing: DatasetNews = {
  dataset: "股票",
  outcome: "download_failed",
  error: "503 from https://hub.example/package/x.zip",
  hint: "run `datahubsync sync -d '股票'`",
  version: null,
  stale: false,
};

/** What a hostile hub, or an unlucky name, may bring into a message. */
const NASTY = [
  "@all @here @channel @everyone @alice_smith",
  "<!channel> <!here> <@U012AB3CD> <@all>",
  '<at user_id="all">everyone</at>',
  "[click](https://evil.example) ![x](https://evil.example/x.png)",
  "*bold* _italic_ ~gone~ ||spoiler|| # heading > quote",
  "``` ```` ` ~~~",
  "<b>open <i>tags</i> &amp; & &lt; \"quotes\" 'too' \\",
  "${title} ${text} $& $1 {{x}}",
  "\u202Eright to left\u202C \u0000 \u001b[31m",
];

async function send(targets: NotifyTarget[], news: DatasetNews): Promise<string[]> {
  await using dir = await tempDir();
  const config: NotifyConfig = { on: ["failure"], targets, timeout: 60 };
  const { problems } = await notifyAll(config, [news], {
    fetch,
    clock: () => Date.UTC(2026, 10, 22, 0, 15),
    statePath: dir.at("notify.json"),
    host: "desk",
  });
  return problems;
}

for (const name of Object.keys(SERVICES) as Name[]) {
  Deno.test(`${name} takes a message as its documents ask for it, whatever stands in it`, async () => {
    await using services = startChatServices();
    const target = targetOf(services, name);
    assert.deepEqual(await send([target], failing), []);
    assert.ok(services.delivered[0]!.text.includes("股票"));
    for (const text of NASTY) {
      const news = { ...failing, dataset: text.slice(0, 200), error: text, hint: text };
      assert.deepEqual(await send([target], news), [], text);
    }
    // Text of several lines that is far too long for any of them, in each kind of letter.
    for (const letter of ["a", "很", "😀", "<", "&", '"', "`", "@a "]) {
      const news = { ...failing, dataset: letter.repeat(60), error: letter.repeat(30_000) };
      assert.deepEqual(await send([target], news), [], letter);
    }
    assert.equal(services.delivered.length, 1 + NASTY.length + 8);
  });

  Deno.test(`${name}'s refusal is reported in its own words, without the key`, async () => {
    await using services = startChatServices();
    const target = targetOf(services, name) as { url: string; token?: string };
    if (target.token !== undefined) target.token = `${target.token.slice(0, -4)}ZZZZ`;
    else target.url = target.url.replace(/[?/][^?/]*$/, "/wrong-key-1234?x=1");
    const [problem, ...others] = await send([target as NotifyTarget], failing);
    assert.deepEqual(others, []);
    assert.match(problem!, new RegExp(`^can't notify ${name} at 127\\.0\\.0\\.1:\\d+: `));
    assert.doesNotMatch(problem!, /wrong-key-1234|ZZZZ/);
    if (name !== "slack") {
      assert.match(problem!, /path|bad key|token|found|unauthorized|Not Found/i);
    }
  });
}

Deno.test("a list of every preset has a service that checks it", async () => {
  await using services = startChatServices();
  const all = (Object.keys(SERVICES) as Name[]).map((name) => targetOf(services, name));
  assert.deepEqual(await send(all, failing), []);
  const types: Record<NotifyTarget["type"], boolean> = {
    webhook: false,
    email: false,
    template: false,
    slack: true,
    wecom: true,
    dingtalk: true,
    feishu: true,
    telegram: true,
    serverchan: true,
    pushplus: true,
    bark: true,
    ntfy: true,
    gotify: true,
  };
  const presets = Object.entries(types).filter(([, checked]) => checked).map(([type]) => type);
  assert.deepEqual(all.map(({ type }) => type).sort(), presets.sort());
});

Deno.test("Server酱³ keys have a host of their own", async () => {
  const { requestFor } = await import("../../../src/monitoring/notify/payload.ts");
  const message = { title: "t", text: "x", at: 0, host: "h", notices: [] };
  const url = "https://sctapi.ftqq.com";
  const old = requestFor({ type: "serverchan", url, token: "SCT1T2" }, message);
  assert.equal(old.url, "https://sctapi.ftqq.com/SCT1T2.send");
  const three = requestFor({ type: "serverchan", url, token: "sctp42tabc" }, message);
  assert.equal(three.url, "https://42.push.ft07.com/send/sctp42tabc.send");
});
