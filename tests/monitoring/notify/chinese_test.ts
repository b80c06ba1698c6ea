/**
 * A failure, its end, stale data and a success in Chinese, as each kind of service shows them: sent to
 * a server that speaks as the service does, and read there.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { NotifyConfig, NotifyTarget } from "../../../src/config/notify_config.ts";
import { CONFIG } from "../../../src/messages/config.ts";
import { HUB } from "../../../src/messages/hub.ts";
import { NOTIFY } from "../../../src/messages/notify.ts";
import { ZIP } from "../../../src/messages/zip.ts";
import type { DatasetNews } from "../../../src/monitoring/notify/news.ts";
import { notifyAll } from "../../../src/monitoring/notify/notify_all.ts";
import { sendTest } from "../../../src/monitoring/notify/test_message.ts";
import { SERVICES, SHOWN, startChatServices, targetOf } from "../../support/chat_services.ts";
import { englishLeft } from "../../support/chinese.ts";
import { durationText } from "../../../src/units.ts";
import { receiveMail } from "../../support/smtp_receiver.ts";
import { tempDir } from "../../support/temp.ts";

const NAME = "股票日线数据-专业版";
const up = { version: "2026-11-21T06:00:00", stale: false } as const;
const PACKAGE = "https://hub.example/package/x.zip";

/** One run after the other, and what a person has to read of it. */
const RUNS: [what: string, news: DatasetNews[], shows: RegExp[]][] = [
  [
    "a failure",
    [{
      ...up,
      dataset: NAME,
      outcome: "download_failed",
      error: HUB.answered({ url: PACKAGE, status: 503 }),
      hint: HUB.hub_busy({ server: HUB.the_hub() }),
    }],
    [/DataHubSync：股票日线数据-专业版同步失败/, /原因：.*应答 503/, /处理：数据中心正忙/],
  ],
  [
    "its end",
    [{ ...up, dataset: NAME, outcome: "up_to_date" }],
    [/股票日线数据-专业版已恢复/, /同步恢复正常/],
  ],
  [
    "stale data",
    [{
      ...up,
      dataset: NAME,
      outcome: "up_to_date",
      stale: true,
      staleText: NOTIFY.stale_text({
        age: durationText(50 * 3_600_000),
        when: "2026-11-22 08:00",
        late: durationText(900_000),
      }),
      staleSince: Date.UTC(2026, 10, 22),
    }],
    [/股票日线数据-专业版的数据过旧/, /是 2 天 2 小时前的数据.*已过 15 分钟/],
  ],
  [
    "a success",
    [{ ...up, dataset: NAME, outcome: "success" }],
    [/股票日线数据-专业版已更新/, /版本：2026-11-21T06:00:00/],
  ],
  [
    "a failure of many",
    Array.from({ length: 25 }, (_, index) => ({
      ...up,
      dataset: `分钟线-${index + 1}`,
      outcome: "extract_failed",
      error: ZIP.wrong_content({ path: "行情/sh600000.csv" }),
      hint: CONFIG.example_in_docs(),
    })),
    [
      /25 个失败/,
      /分钟线-1, .*分钟线-20，另有 5 个同步失败/,
      /条目“行情\/sh600000\.csv”的内容不对/,
    ],
  ],
];

/** What is read: UTF-8 taken for Latin-1, or letters that were lost. */
const MOJIBAKE = /\ufffd|[\u00c0-\u00ff][\u0080-\u00bf]|\?{3,}/;

/** Sends each run's messages; gives what was shown of each. */
async function assertShown(target: NotifyTarget, shown: () => string[]): Promise<void> {
  await using dir = await tempDir();
  const config: NotifyConfig = {
    on: ["failure", "stale", "recovery", "success"],
    targets: [target],
    timeout: 60,
    language: "zh",
  };
  for (const [index, [what, news, shows]] of RUNS.entries()) {
    const { problems } = await notifyAll(config, news, {
      fetch,
      clock: () => Date.UTC(2026, 10, 22, index, 15),
      statePath: dir.at("notify.json"),
      host: "行情服务器",
    });
    assert.deepEqual(problems, [], what);
    const texts = shown();
    assert.equal(texts.length, index + 1, what);
    // Some services end a title where it is long, and some put invisible signs into names.
    const text = texts.at(-1)!.replace(/[\u200b\u2060]/g, "");
    for (const part of shows) assert.match(text, part, `${target.type}, ${what}: ${text}`);
    assert.deepEqual(englishLeft(text), [], `${target.type}, ${what}: ${text}`);
    assert.doesNotMatch(text, MOJIBAKE);
    assert.match(text, /行情服务器，2026-11-22/);
  }
}

for (const name of Object.keys(SERVICES) as (keyof typeof SERVICES)[]) {
  Deno.test(`${name} shows Chinese messages as they were written`, async () => {
    await using services = startChatServices();
    await assertShown(
      targetOf(services, name),
      () => services.delivered.map(({ body }) => SHOWN[name](body)),
    );
    for (const { headers } of services.delivered) {
      assert.equal(headers.get("content-type"), "application/json; charset=utf-8");
    }
  });
}

Deno.test("a test's message ends as a real one does", async () => {
  await using services = startChatServices();
  const options = { fetch, clock: () => Date.UTC(2026, 10, 22), host: "行情服务器" };
  const about = { configPath: "/opt/config.yaml", timeoutMs: 60_000, language: "zh" } as const;
  await sendTest([targetOf(services, "slack")], { ...options, ...about });
  const [delivered] = services.delivered;
  assert.match(SHOWN.slack(delivered!.body), /就是这个样子。\n\n行情服务器，2026-11-2\d/);
});

Deno.test("a webhook gets Chinese titles and texts, and events that programs read in English", async () => {
  // deno-lint-ignore no-explicit-any
  const bodies: any[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (ask) => {
      bodies.push(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await ask.bytes())));
      return new Response("ok");
    },
  );
  const url = `http://127.0.0.1:${server.addr.port}/hook`;
  await assertShown(
    { type: "webhook", url },
    () => bodies.map(({ title, text }) => `${title}\n${text}`),
  );
  const [{ events: [failure] }] = bodies;
  assert.equal(failure.event, "failure");
  assert.equal(failure.reason, HUB.answered({ url: PACKAGE, status: 503 }));
});

Deno.test("a template of one's own gets Chinese in its body, its address and its headers", async () => {
  const shown: string[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (ask) => {
      const { title, text } = JSON.parse(
        new TextDecoder("utf-8", { fatal: true }).decode(await ask.bytes()),
      );
      assert.equal(decodeURIComponent(ask.headers.get("x-title")!), title);
      assert.equal(new URL(ask.url).searchParams.get("title"), title);
      shown.push(`${title}\n${text}`);
      return new Response("ok");
    },
  );
  await assertShown({
    type: "template",
    url: `http://127.0.0.1:${server.addr.port}/?title=\${title}`,
    method: "POST",
    headers: { "X-Title": "${title}" },
    body: '{"title": "${title}", "text": "${text}"}',
    secrets: [],
  }, () => shown);
});

Deno.test("an e-mail has its Chinese subject encoded, and its text in UTF-8", async () => {
  await using server = receiveMail();
  await assertShown(
    {
      type: "email",
      host: "127.0.0.1",
      port: server.port,
      security: "none",
      from: "行情 <sync@example.com>",
      to: ["ops@example.com"],
    },
    () => server.received.map(({ data, text }) => `${subjectOf(data)}\n${text}`),
  );
  for (const { data } of server.received) {
    const head = data.slice(0, data.indexOf("\n\n"));
    assert.match(head, /^[\x20-\x7e\n\t]*$/);
    assert.match(head, /^Content-Type: text\/plain; charset=utf-8$/mi);
  }
});

/** The subject as a mail program shows it (RFC 2047). */
function subjectOf(data: string): string {
  const line = /^Subject: (.*(?:\n[ \t].*)*)/m.exec(data)![1]!.replace(/\n[ \t]/g, " ");
  assert.match(line, /^=\?utf-8\?[BQ]\?/i);
  const words = [...line.matchAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi)];
  // Blanks between encoded words aren't shown, and a letter may not be split between two.
  assert.equal(line.replace(/=\?utf-8\?[BQ]\?[^?]*\?=/gi, "").trim(), "");
  return words.map(([, form, text = ""]) =>
    form!.toUpperCase() === "B" ? Buffer.from(text, "base64") : Buffer.from(
      text.replaceAll("_", " ").replace(
        /=([0-9A-F]{2})/gi,
        (_, hex) => String.fromCharCode(parseInt(hex, 16)),
      ),
      "latin1",
    )
  ).map((bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).join("");
}
