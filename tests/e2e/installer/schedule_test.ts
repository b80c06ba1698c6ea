/** The schedules themselves: a real cron fires the line, a real logrotate rotates, systemd accepts the units. */
import assert from "node:assert/strict";
import { startHub } from "../../support/hub.ts";
import { clearSchedules, type RootFs, startCron, USER } from "../../support/rootfs.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { until } from "../../support/until.ts";
import { assertDone, configText, pretendSystemd, rootTest, SCRIPT } from "./bundle.ts";

const DATA = "/data/stock-trading-data-pro";

/** Waits until the file says the words; cron looks once a minute. */
async function says(root: RootFs, path: string, words: RegExp): Promise<void> {
  await until(async () => words.test(await root.read(path).catch(() => "")));
}

rootTest("the line in cron.d and a user's crontab line are fired by cron, and sync in silence", [
  "cron",
  "crontab",
  "runuser",
], async (root) => {
  await using hub = startHub();
  await clearSchedules(root);
  // What cron would mail, and what the jobs of cron answered.
  await Deno.remove(root.at("/usr/sbin/sendmail")).catch(() => {});
  await root.write("/usr/sbin/sendmail", "#!/bin/sh\n{ id -un; cat; } >>/tmp/mail\n", 0o755);
  await root.write("/opt/data hub 数据/config.yaml", configText({ url: hub.url }));
  const every = ["--schedule", "* * * * *", "--setup-crontab"];
  assertDone(await root.run(["bash", SCRIPT, "--install-dir", "/opt/data hub 数据", ...every]));
  // And somebody without root, with a place and a line of their own.
  const home = `${USER.home}/100% 数据`;
  await root.write(`${home}/config.yaml`, configText({ url: hub.url, localDir: `${home}/data/x` }));
  assertDone(await root.run(["chown", "-R", "bob:bob", USER.home]));
  assertDone(await root.run(["bash", SCRIPT, "--install-dir", home, ...every], { asUser: true }));
  // A job that does speak proves that mail would have come.
  await root.write("/etc/cron.d/witness", "* * * * * root echo witness\n");

  {
    await using _cron = startCron(root);
    const done = /INFO: Successfully synced dataset: stock-trading-data-pro/;
    await says(root, "/opt/data hub 数据/logs/sync.log", done);
    await says(root, `${home}/logs/sync.log`, done);
    await says(root, "/tmp/mail", /witness/);
  }
  assertSameTree(await readTree(root.at(DATA)), hub.tree());
  assertSameTree(await readTree(root.at(`${home}/data/x`)), hub.tree());
  const mail = await root.read("/tmp/mail");
  const subjects = mail.split("\n").filter((line) => line.startsWith("Subject:"));
  assert.deepEqual(subjects.filter((line) => !line.includes("witness")), [], mail);
});

for (const asUser of [false, true]) {
  const who = asUser ? "bob" : "root";
  rootTest(
    `logrotate rotates the log of a sync by ${who}, and the next run writes to the new file`,
    ["logrotate", "runuser"],
    async (root) => {
      await using hub = startHub();
      await root.write("/opt/datahubsync/config.yaml", configText({ url: hub.url }));
      assertDone(await root.run(["bash", SCRIPT, "--user", who]));
      const sync = ["/opt/datahubsync/datahubsync", "sync", "-c", "/opt/datahubsync/config.yaml"];
      assertDone(await root.run(sync, { asUser }));
      const log = "/opt/datahubsync/logs/sync.log";
      const first = await root.read(log);
      assert.match(first, /INFO: /);
      const rotate = ["logrotate", "-f", "/etc/logrotate.d/datahubsync"];
      assertDone(await root.run(rotate));
      assert.equal(await root.read(`${log}.1`), first);
      assert.equal(await root.has(log), false);
      hub.nextDay();
      assertDone(await root.run(sync, { asUser }));
      const second = await root.read(log);
      assert.match(second, /INFO: /);
      assert.equal(await root.read(`${log}.1`), first);
      assertDone(await root.run(rotate));
      assert.equal((await root.run(["gzip", "-dc", `${log}.2.gz`])).stdout, first);
      const owner = await root.run(["stat", "-c", "%U", `${log}.1`]);
      assert.equal(owner.stdout.trim(), who);
    },
  );
}

rootTest("systemd-analyze accepts the units and calls the service safe", [
  "systemd-analyze",
  "runuser",
], async (root) => {
  await pretendSystemd(root);
  for (const args of [[], ["--user", USER.name, "--install-dir", "/srv/数据 it's 100%"]]) {
    assertDone(await root.run(["bash", SCRIPT, "--systemd", ...args]));
    for (const unit of ["datahubsync.service", "datahubsync.timer"]) {
      const verified = await root.run([
        "systemd-analyze",
        "verify",
        "--man=no",
        `/etc/systemd/system/${unit}`,
      ]);
      const words = (verified.stdout + verified.stderr).split("\n").filter((line) =>
        /datahubsync/.test(line)
      );
      assert.deepEqual([verified.code, words], [0, []], verified.stderr);
    }
  }
  const security = [
    "systemd-analyze",
    "security",
    "--offline=true",
    "--threshold=25",
    "--no-pager",
  ];
  const judged = await root.run([...security, "/etc/systemd/system/datahubsync.service"]);
  assertDone(judged);
  assert.match(judged.stdout, /Overall exposure level for datahubsync\.service: [0-2]\.\d OK/);
});

rootTest("a user's own units pass systemd-analyze too", ["systemd-analyze"], async (root) => {
  await pretendSystemd(root);
  const env = { XDG_RUNTIME_DIR: "/tmp/user" };
  assertDone(await root.run(["bash", SCRIPT, "--systemd"], { asUser: true, env }));
  const unit = `${USER.home}/.config/systemd/user/datahubsync.service`;
  const verified = await root.run(["systemd-analyze", "verify", "--man=no", "--user", unit], {
    asUser: true,
    env: { XDG_RUNTIME_DIR: "/tmp" },
  });
  assert.doesNotMatch(verified.stderr, /datahubsync/);
});

rootTest(
  "--sync brings the data in at once, and says so when it can't",
  ["runuser"],
  async (root) => {
    await using hub = startHub();
    await root.write("/opt/datahubsync/config.yaml", configText({ url: hub.url }));
    assertDone(await root.run(["bash", SCRIPT, "--user", USER.name, "--sync"]));
    assertSameTree(await readTree(root.at(DATA)), hub.tree());
    const owner = await root.run(["find", DATA, "!", "-user", USER.name]);
    assert.equal(owner.stdout, "");
    hub.hub.setDataset("other", [...hub.hub.datasets.values()][0]!);
    await root.write(
      "/opt/datahubsync/config.yaml",
      configText({ url: hub.url }).replace('-pro"\n', '-none"\n'),
    );
    const failed = await root.run(["bash", SCRIPT, "--sync"]);
    assert.equal(failed.code, 3, failed.stderr);
    assert.match(failed.stderr, /all is installed, but the sync ended with 3; see: .* --check/);
  },
);
