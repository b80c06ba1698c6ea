/** `--check` against everything that can be wrong with the targets of `notify`. */
import assert from "node:assert/strict";
import { CLOSED_PORT } from "../../support/closed_port.ts";
import { until } from "../../support/until.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";

async function target(place: Place, yaml: string, on = ""): Promise<void> {
  await place.edit(/$/, `notify:\n${on}  targets:\n    - ${yaml}\n`);
}

/** Something that takes connections and never says a word. */
function listener(): { port: number; taken: () => number } & Disposable {
  const server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let taken = 0;
  const serving = (async () => {
    for await (const connection of server) {
      taken++;
      const first = await connection.read(new Uint8Array(1)).catch(() => null);
      assert.equal(first, null, "something was sent");
      connection.close();
    }
  })();
  return {
    port: server.addr.port,
    taken: () => taken,
    [Symbol.dispose]: () => {
      server.close();
      void serving;
    },
  };
}

Deno.test("--check connects to targets of each kind, and sends nothing", async () => {
  await using place = await healthyPlace();
  using server = listener();
  const url = `http://127.0.0.1:${server.port}/hook?key=s3cret`;
  await place.edit(
    /$/,
    `notify:\n  targets:\n    - {type: webhook, url: "${url}"}\n    - {type: dingtalk, url: "${url}"}\n` +
      `    - {type: email, host: 127.0.0.1, port: ${server.port}, security: none, from: a@b, to: c@d}\n`,
  );
  const { lines } = await place.check();
  const told = lines.filter(({ check }) => check.startsWith("notify."));
  assert.deepEqual(told.map(({ check, verdict }) => `${check} ${verdict}`), [
    ...["notify.reach ok", "notify.reach ok", "notify.reach ok"],
  ]);
  assert.doesNotMatch(JSON.stringify(lines), /s3cret/);
  await until(() => server.taken() === 3);
});

Deno.test("--check tells a target that takes no connections", async () => {
  await using place = await healthyPlace();
  await target(place, `{type: webhook, url: "http://127.0.0.1:${CLOSED_PORT}/hook"}`);
  await assertTold(place, {
    check: "notify.reach",
    verdict: "warning",
    message: new RegExp(
      `127\\.0\\.0\\.1:${CLOSED_PORT} can't be connected to: .*Connection refused`,
    ),
    remedy: `${place.program} notify --test -c ${place.config}`,
  });
});

Deno.test("--check tells a target that never answers", async () => {
  await using place = await healthyPlace();
  // TEST-NET-1 of RFC 5737: nobody is there.
  await target(place, "{type: email, host: 192.0.2.1, from: a@b, to: c@d}", "  timeout: 0.2\n");
  const { lines } = await place.check();
  const told = lines.find(({ check }) => check === "notify.reach");
  assert.equal(told?.verdict, "warning");
  // Some networks refuse what others leave without an answer.
  assert.match(told.message, /192\.0\.2\.1:465 can't be connected to: (?:no answer|.+)$/);
});

for (
  const [type, path, needs] of [
    ["slack", "hooks.slack.com/services/T0/B0", "three parts after /services/"],
    ["wecom", "qyapi.weixin.qq.com/cgi-bin/webhook/send", "/cgi-bin/webhook/send and a key"],
    ["dingtalk", "oapi.dingtalk.com/robot/send?access_token=", "/robot/send and an access_token"],
    ["feishu", "open.feishu.cn/open-apis/bot/v2/hook/", "/open-apis/bot/v2/hook/ and an id"],
  ] as const
) {
  Deno.test(`--check tells an address of ${type} that isn't whole`, async () => {
    await using place = await healthyPlace();
    await target(place, `{type: ${type}, url: "https://${path}"}`);
    const host = path.split("/")[0];
    await assertTold(place, {
      check: "notify.form",
      verdict: "error",
      message: new RegExp(`^${type} at ${host}: its address isn't whole: ${type}'s have ${needs}$`),
      remedy: `copy it again from ${type} into ${place.config}`,
    });
  });
}

Deno.test("--check tells a target of one service with another one's address", async () => {
  await using place = await healthyPlace();
  await target(
    place,
    '{type: webhook, url: "https://open.feishu.cn/open-apis/bot/v2/hook/s3cret"}',
  );
  await assertTold(place, {
    check: "notify.form",
    verdict: "error",
    message: /: open\.feishu\.cn is feishu's, but its type is webhook$/,
    remedy: `set type: feishu for it in ${place.config}`,
  });
});

Deno.test("--check tells targets that are never told anything", async () => {
  await using place = await healthyPlace();
  await target(place, "{type: webhook, url: http://127.0.0.1:1/}", "  on: []\n");
  await assertTold(place, {
    check: "notify.targets",
    verdict: "warning",
    message: /^notify\.on is empty: its targets never get a message$/,
    remedy: `set notify.on in ${place.config}: on: [failure]`,
  });
});

Deno.test("--check tells a path where a service needs only its host", async () => {
  await using place = await healthyPlace();
  await target(
    place,
    '{type: telegram, token: "1:s3cret", chat_id: "1", url: "https://api.telegram.org/bot1"}',
  );
  await assertTold(place, {
    check: "notify.form",
    verdict: "error",
    message:
      /^telegram at api\.telegram\.org: its address has a path, but telegram needs only a host$/,
    remedy: `leave url out of it in ${place.config}: the token is enough`,
  });
});

Deno.test("--check tells a monitor that takes no pings", async () => {
  await using place = await healthyPlace();
  await place.edit(/$/, `ping: {url: "http://127.0.0.1:${CLOSED_PORT}/x"}\n`);
  await assertTold(place, {
    check: "notify.ping",
    verdict: "warning",
    message: new RegExp(`^ping at 127\\.0\\.0\\.1:${CLOSED_PORT}: .* can't be connected to: `),
    remedy: `correct ping.url in ${place.config}`,
  });
});
