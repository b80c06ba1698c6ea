/**
 * The whole chain under a real cron: hub, sync, changes, loader, monitor and messages; with a holiday
 * week behind it, and a day on which the hub has bad data.
 *
 * @module
 */
import assert from "node:assert/strict";
import { until } from "../../support/until.ts";
import { buildZip } from "../../support/zip_builder.ts";
import { KEYS, startChatServices } from "../../support/chat_services.ts";
import { FaultyHub } from "../../support/faulty_hub/hub.ts";
import { clearSchedules, type RootFs, startCron } from "../../support/rootfs.ts";
import { assertDone, rootTest, SCRIPT } from "./bundle.ts";

const NAME = "bars";
const HOME = "/opt/datahubsync";
const CONFIG = `${HOME}/config.yaml`;
const DAY = 86_400_000;

/** A day in the hub's zone, `back` days ago. */
function dayAgo(back: number): string {
  return new Date(Date.now() + 8 * 3_600_000 - back * DAY).toISOString().slice(0, 10);
}

/** Twenty stocks with a row for each of those days. */
function packageOf(days: readonly string[], count = 20): Uint8Array {
  return buildZip(
    Array.from({ length: count }, (_, n) => ({
      path: `sh6000${String(n).padStart(2, "0")}.csv`,
      content: new TextEncoder().encode(
        `交易日期,收盘价\n${days.map((day) => `${day},1.${n}\n`).join("")}`,
      ),
    })),
  );
}

/** Loads the rows that are new, as docs/changes.md says. */
const LOADER = `#!/bin/sh
set -e
${HOME}/datahubsync changes -c ${CONFIG} |
  sed -n 's/.*"path":"\\([^"]*\\)".*"from_byte":\\([0-9]*\\).*/\\2 \\1/p' |
  while read -r from path; do tail -c "+$((from + 1))" "/data/${NAME}/$path"; done >>/tmp/loaded
`;

/** A monitor such as healthchecks.io. */
function monitor() {
  const pings: { path: string; body: string }[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    pings.push({ path: new URL(request.url).pathname, body: await request.text() });
    return new Response("OK");
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/uuid`,
    pings,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function rows(root: RootFs): Promise<string[]> {
  const text = await root.read("/tmp/loaded").catch(() => "");
  return text.split("\n").filter((line) => /^\d/.test(line));
}

rootTest(
  "under cron a day's rows reach the loader, a bad day's don't, and the monitor hears of each",
  [
    "cron",
    "runuser",
  ],
  async (root) => {
    const before = [dayAgo(10), dayAgo(9)];
    await using hub = new FaultyHub({ kind: "modern" });
    const offer = (version: string, content: Uint8Array) =>
      hub.setDataset(NAME, { version, package: content });
    offer(`${dayAgo(9)}T20:17:00`, packageOf(before));
    await using watch = monitor();
    await using chat = startChatServices();
    await clearSchedules(root);
    // Everything since the last trading day is a holiday, today too.
    const off = Array.from({ length: 9 }, (_, n) => dayAgo(n)).join("\n");
    await root.write(`${HOME}/off.txt`, `days off\n${off}\n`);
    await root.write(`${HOME}/ping-url`, `${watch.url}\n`, 0o600);
    await root.write(`${HOME}/telegram`, `${KEYS.telegram}\n`, 0o600);
    await root.write(
      CONFIG,
      `hub: { url: "${hub.url}" }
datasets:
  - name: ${NAME}
    local_dir: /data/${NAME}
    changes: true
    max_age: { hours: 24, weekdays: mon-sun, hour: 20, calendar: off.txt }
    expect:
      max_removed: 5%
      newest_row: { column: 交易日期, within: 2d }
logging: { file: ${HOME}/logs/sync.log }
ping: { url_file: ping-url, timeout: 60 }
notify:
  timeout: 60
  targets:
    - { type: telegram, url: "${chat.at("telegram")}", token_file: telegram, chat_id: ${KEYS.chat} }
`,
      0o600,
    );
    await root.write("/usr/local/bin/load", LOADER, 0o755);
    const schedule = ["--user", "root", "--setup-crontab", "--schedule", "* * * * *"];
    assertDone(await root.run(["bash", SCRIPT, ...schedule, "--then", "/usr/local/bin/load"]));
    const status = async (): Promise<Record<string, unknown>> => {
      const done = await root.run([
        `${HOME}/datahubsync`,
        "status",
        "--offline",
        "--json",
        "-c",
        CONFIG,
      ]);
      assertDone(done);
      return JSON.parse(done.stdout).datasets[0];
    };
    const told = (): string[] => chat.delivered.map(({ body }) => body.text);
    const paths = (): string[] => watch.pings.map(({ path }) => path);
    {
      await using _cron = startCron(root);
      // The week of holidays: old data, and nobody is alarmed.
      await until(async () => (await rows(root)).length === 40);
      await until(() => paths().includes("/uuid"));
      assert.equal(paths()[0], "/uuid/start");
      const quiet = await status();
      assert.deepEqual([quiet["stale"], quiet["last_outcome"]], [false, "success"]);
      assert.equal(quiet["newest_row"], new Date(`${before[1]}T00:00:00+08:00`).toISOString());
      assert.deepEqual(told(), []);

      // A bad day: half of the files are missing.
      watch.pings.length = 0;
      hub.reset();
      offer(`${dayAgo(0)}T00:17:00`, packageOf([...before, dayAgo(0)], 10));
      await until(() => paths().includes("/uuid/fail"));
      const failed = watch.pings.find(({ path }) => path === "/uuid/fail")!;
      assert.match(
        failed.body,
        /^bars: rejected: .*it lacks 10 of 20 files \(50 %\).* --accept bars/,
      );
      await until(() => told().length > 0);
      assert.match(told()[0]!, /sync of bars fails.*it lacks 10 of 20 files/s);
      assert.equal((await status())["last_outcome"], "rejected");
      // The same again, by hand: it is known by now, and fetched no more.
      const fetched = hub.requests.filter(({ path }) => path.startsWith("/package/")).length;
      const again = await root.run([`${HOME}/datahubsync`, "sync", "-q", "-c", CONFIG]);
      assert.ok(again.code === 3 || again.code === 4, String(again.code));
      assert.equal(hub.requests.filter(({ path }) => path.startsWith("/package/")).length, fetched);
      assert.equal(told().length, 1, "it is told once");
      assert.equal((await rows(root)).length, 40, "nothing of it was loaded");

      // A good one: its rows, and nothing else, are loaded.
      watch.pings.length = 0;
      offer(`${dayAgo(0)}T00:37:00`, packageOf([...before, dayAgo(0)]));
      await until(async () => (await rows(root)).length >= 60);
      await until(() => paths().includes("/uuid"));
      const loaded = (await rows(root)).slice(40);
      assert.deepEqual(
        loaded.sort(),
        Array.from({ length: 20 }, (_, n) => `${dayAgo(0)},1.${n}`).sort(),
      );
      await until(() => told().length === 2);
      assert.match(told()[1]!, /bars has recovered/);
    }

    // The same data without its holidays is stale.
    const config = await root.read(CONFIG);
    await root.write(CONFIG, config.replace(", calendar: off.txt", ""), 0o600);
    await root.write(
      `${HOME}/.last_sync.json`,
      JSON.stringify({ [NAME]: `${dayAgo(9)}T20:17:00` }),
    );
    assert.equal((await status())["stale"], true);
  },
);
