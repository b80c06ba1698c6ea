/**
 * Each service gets the message as its own documents want it, and no secret. Longer than 250 lines
 * because each service has its own signature, format and answers.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { NotifyConfig, NotifyTarget } from "../../../src/config/notify_config.ts";
import { notifyAll, type NotifyOptions } from "../../../src/monitoring/notify/notify_all.ts";
import type { DatasetNews } from "../../../src/monitoring/notify/news.ts";
import { receiveMail } from "../../support/smtp_receiver.ts";
import { tempDir } from "../../support/temp.ts";

const NOW = Date.UTC(2026, 10, 22, 0, 15);
const failing: DatasetNews = {
  dataset: "股票",
  outcome: "download_failed",
  error: "503 from https://hub.example/package/x.zip?sig=abc with t0ken",
  hint: "ask the hub's owner",
  version: "2026-11-20T06:00:00",
  stale: false,
};
const fine: DatasetNews = { dataset: "股票", outcome: "up_to_date", version: "x", stale: false };

/** One request that a receiver got. */
interface Received {
  url: URL;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Runs `body` beside a loopback receiver that answers what `answer` says. */
async function withReceiver(
  answer: (url: URL) => Response | Promise<Response>,
  body: (base: string, received: Received[], options: NotifyOptions) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  await using temp = await tempDir();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    assert.equal(request.method, "POST");
    assert.match(request.headers.get("content-type") ?? "", /^application\/json/);
    const url = new URL(request.url);
    received.push({ url, body: await request.json() });
    return answer(url);
  });
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    await body(`http://127.0.0.1:${server.addr.port}`, received, {
      fetch: (input, init) => fetch(input, { ...init, client } as RequestInit),
      clock: () => NOW,
      statePath: temp.at(".datahubsync", "notify.json"),
      secrets: ["t0ken"],
      host: "desk",
    });
  } finally {
    client.close();
    await server.shutdown();
  }
}

const ok = (): Response => Response.json({ errcode: 0, code: 0 });

function config(targets: NotifyTarget[], changes: Partial<NotifyConfig> = {}): NotifyConfig {
  return { on: ["failure", "stale", "recovery"], targets, timeout: 60, ...changes };
}

Deno.test("notifyAll() sends a webhook what failed, since when, why and what to do, without secrets", () =>
  withReceiver(ok, async (base, received, options) => {
    const report = await notifyAll(config([{ type: "webhook", url: base }]), [failing], options);
    assert.deepEqual(report, { sent: 1, problems: [] });
    const { text, ...rest } = received[0]?.body ?? {};
    assert.deepEqual(rest, {
      version: 1,
      source: "datahubsync",
      host: "desk",
      time: "2026-11-22T00:15:00.000Z",
      title: "DataHubSync: sync of 股票 fails",
      events: [{
        event: "failure",
        dataset: "股票",
        outcome: "download_failed",
        version: "2026-11-20T06:00:00",
        reason: "503 from https://hub.example/package/x.zip?… with ***",
        remedy: "ask the hub's owner",
        since: "2026-11-22T00:15:00.000Z",
      }],
    });
    assert.match(text, /^sync of 股票 fails\nsince: .+\nreason: 503 .+\nremedy: ask .+\n\ndesk, /);
  }));

Deno.test("notifyAll() signs for DingTalk as its document says", () =>
  withReceiver(ok, async (base, received, options) => {
    const url = `${base}/robot/send?access_token=abc`;
    await notifyAll(config([{ type: "dingtalk", url, secret: "SEC0+/" }]), [failing], options);
    const { url: got, body } = received[0] ?? assert.fail();
    const timestamp = got.searchParams.get("timestamp") ?? "";
    assert.equal(got.searchParams.get("access_token"), "abc");
    assert.equal(timestamp, String(NOW));
    assert.equal(
      got.searchParams.get("sign"),
      createHmac("sha256", "SEC0+/").update(`${timestamp}\nSEC0+/`).digest("base64"),
    );
    assert.equal(body.msgtype, "text");
    assert.match(body.text.content, /^DataHubSync: sync of 股票 fails\n/);
  }));

Deno.test("notifyAll() signs for Feishu as its document says", () =>
  withReceiver(ok, async (base, received, options) => {
    await notifyAll(config([{ type: "feishu", url: base, secret: "s3" }]), [failing], options);
    const { body } = received[0] ?? assert.fail();
    assert.equal(body.timestamp, String(NOW / 1000));
    const key = `${body.timestamp}\ns3`;
    assert.equal(body.sign, createHmac("sha256", key).update("").digest("base64"));
    assert.equal(body.msg_type, "text");
    assert.match(body.content.text, /^DataHubSync: /);
  }));

Deno.test("notifyAll() keeps to WeCom's 2048 bytes and Slack's escapes", () =>
  withReceiver(ok, async (base, received, options) => {
    const targets: NotifyTarget[] = [{ type: "wecom", url: `${base}/w` }, {
      type: "slack",
      url: `${base}/s`,
    }];
    const long = { ...failing, error: "<!channel> & " + "很长".repeat(2000) };
    await notifyAll(config(targets), [long], options);
    const wecom = received.find(({ url }) => url.pathname === "/w")?.body;
    assert.equal(wecom.msgtype, "text");
    const bytes = new TextEncoder().encode(wecom.text.content).length;
    assert(bytes <= 2048 && bytes > 2000, String(bytes));
    const slack = received.find(({ url }) => url.pathname === "/s")?.body;
    assert.match(slack.text, /&lt;!channel&gt; &amp; 很长/);
  }));

Deno.test("notifyAll() doesn't repeat a failure and tells the recovery once", () =>
  withReceiver(ok, async (base, received, options) => {
    const notify = config([{ type: "webhook", url: base }]);
    const titles = async (news: DatasetNews, at: number): Promise<string[]> => {
      received.length = 0;
      await notifyAll(notify, [news], { ...options, clock: () => at });
      return received.map(({ body }) => body.title);
    };
    const fails = "DataHubSync: sync of 股票 fails";
    assert.deepEqual(await titles(fine, NOW), []);
    assert.deepEqual(await titles(failing, NOW + 1), [fails]);
    assert.deepEqual(await titles({ ...failing, outcome: "extract_failed" }, NOW + 2), []);
    assert.deepEqual(await titles({ ...fine, outcome: "locked" }, NOW + 3), []);
    assert.deepEqual(await titles(fine, NOW + 4), ["DataHubSync: 股票 has recovered"]);
    assert.equal(received[0]?.body.events[0].since, new Date(NOW + 1).toISOString());
    assert.deepEqual(await titles(fine, NOW + 5), []);
    assert.deepEqual(await titles(failing, NOW + 6), [fails]);
  }));

Deno.test("notifyAll() tells stale data and several datasets in one message", () =>
  withReceiver(ok, async (base, received, options) => {
    const stale = {
      ...fine,
      dataset: "etf",
      stale: true,
      staleText: "stale: 3 d old",
      staleSince: NOW - 1000,
    };
    await notifyAll(config([{ type: "webhook", url: base }]), [failing, stale], options);
    assert.equal(received.length, 1);
    assert.equal(received[0]?.body.title, "DataHubSync: 1 failing, 1 stale");
    assert.equal(received[0]?.body.events[1].since, new Date(NOW - 1000).toISOString());
    assert.match(
      received[0]?.body.text,
      /data of etf is stale\nsince: .+\nreason: stale: 3 d old\n/,
    );
  }));

Deno.test("notifyAll() tells one cause of several datasets in one paragraph, and each in its event", () =>
  withReceiver(ok, async (base, received, options) => {
    const news = ["股票", "etf", "fin"].map((dataset) => ({ ...failing, dataset }));
    news[2]!.error = "another";
    await notifyAll(config([{ type: "webhook", url: base }]), news, options);
    const { text, title, events } = received[0]!.body;
    assert.equal(title, "DataHubSync: 3 failing");
    assert.match(
      text,
      /^syncs of 股票, etf fail\nsince: .*\nreason: 503 .*\nremedy: .*\n\nsync of fin fails\n/,
    );
    assert.deepEqual(events.map(({ dataset }: { dataset: string }) => dataset), [
      "股票",
      "etf",
      "fin",
    ]);
  }));

Deno.test("notifyAll() tells a success only when asked to", () =>
  withReceiver(ok, async (base, received, options) => {
    const updated: DatasetNews = { ...fine, outcome: "success" };
    await notifyAll(config([{ type: "webhook", url: base }]), [updated], options);
    assert.equal(received.length, 0);
    await notifyAll(
      config([{ type: "webhook", url: base }], { on: ["success"] }),
      [updated],
      options,
    );
    assert.equal(received[0]?.body.title, "DataHubSync: 股票 updated");
  }));

Deno.test("notifyAll() tells a target that was down after the next run, and the others only once", () => {
  let down = true;
  return withReceiver(
    (url) =>
      url.pathname === "/ding" && down
        ? Response.json({ errcode: 310000, errmsg: "sign not match" })
        : ok(),
    async (base, received, options) => {
      const url = `${base}/ding?access_token=abc`;
      const notify = config([{ type: "dingtalk", url }, { type: "webhook", url: `${base}/hook` }]);
      const report = await notifyAll(notify, [failing], options);
      const port = new URL(base).port;
      assert.equal(report.sent, 1);
      assert.deepEqual(report.problems, [
        `can't notify dingtalk at 127.0.0.1:${port}: refused the message, code 310000: sign not match`,
      ]);
      down = false;
      received.length = 0;
      await notifyAll(notify, [failing], options);
      assert.deepEqual(received.map((one) => one.url.pathname), ["/ding"]);
    },
  );
});

Deno.test("notifyAll() gives a silent target up at the timeout and survives a dead one", () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return withReceiver(() => promise, async (base, _received, options) => {
    const targets: NotifyTarget[] = [
      { type: "webhook", url: `${base}/silent` },
      { type: "slack", url: "http://127.0.0.1:1/services/T0/SECRETPATH" },
      { type: "email", host: "127.0.0.1", port: 1, security: "none", from: "a@b.c", to: ["d@e.f"] },
    ];
    const report = await notifyAll(config(targets, { timeout: 0.05 }), [failing], options);
    resolve(new Response());
    assert.equal(report.sent, 0);
    assert.equal(report.problems.length, 3);
    const text = report.problems.join("\n");
    assert.match(text, /can't notify webhook at .*: no answer within 0.05 s/);
    assert.doesNotMatch(text, /SECRETPATH/);
  });
});

Deno.test("notifyAll() works without a state that can be read or kept", () =>
  withReceiver(ok, async (base, received, options) => {
    await Deno.mkdir(options.statePath, { recursive: true });
    const report = await notifyAll(config([{ type: "webhook", url: base }]), [failing], options);
    assert.equal(received.length, 1);
    assert.match(report.problems[0] ?? "", /^can't remember who was notified in /);
  }));

Deno.test("notifyAll() sends e-mail over SMTP", () =>
  withReceiver(ok, async (_base, _received, options) => {
    await using mail = receiveMail();
    const target: NotifyTarget = {
      type: "email",
      host: "127.0.0.1",
      port: mail.port,
      security: "none",
      username: "me",
      password: "p4ss",
      from: "DataHubSync <sync@example.org>",
      to: ["one@example.org", "two@example.org"],
    };
    const report = await notifyAll(config([target]), [failing], options);
    assert.deepEqual(report, { sent: 1, problems: [] });
    const [got] = mail.received;
    assert.equal(got?.from, "sync@example.org");
    assert.deepEqual(got?.to, ["one@example.org", "two@example.org"]);
    assert.equal(got?.auth, "\0me\0p4ss");
    assert.match(got?.data ?? "", /^Subject: =\?UTF-8\?/m);
    assert.match(got?.text ?? "", /sync of 股票 fails\n.*since: .*\n.*reason: 503/s);
    assert.doesNotMatch(got?.text ?? "", /t0ken|sig=abc/);
  }));

Deno.test("notifyAll() reads the beginning of an answer, however much it unpacks to", async () => {
  // 200 MB of blanks in 200 KB of gzip, after words that say it was refused.
  const blanks = new Uint8Array(1 << 20).fill(0x20);
  const words = new TextEncoder().encode('{"errcode":7,"errmsg":"no","x":"');
  let left = 200;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (left === 200) controller.enqueue(words);
      if (left-- > 0) controller.enqueue(blanks);
      else controller.close();
    },
  });
  const packed = await new Response(source.pipeThrough(new CompressionStream("gzip"))).bytes();
  const answer = (): Response => new Response(packed, { headers: { "content-encoding": "gzip" } });
  await withReceiver(answer, async (base, received, options) => {
    const before = Deno.memoryUsage().rss;
    const target: NotifyTarget = { type: "wecom", url: `${base}/hook` };
    const { sent, problems } = await notifyAll(config([target]), [failing], options);
    assert.deepEqual([sent, received.length], [0, 1]);
    assert.match(problems.join(), /the answer isn't JSON/);
    const grown = (Deno.memoryUsage().rss - before) / (1 << 20);
    assert(grown < 100, `${Math.round(grown)} MB more memory`);
  });
});
