/** What the schedule runs after a sync: while changes are unread, quoted right, and taken out again. */
import assert from "node:assert/strict";
import { readService } from "../../../src/schedule/service_unit.ts";
import { startHub } from "../../support/hub.ts";
import { clearSchedules, type RootFs, startCron, USER } from "../../support/rootfs.ts";
import { until } from "../../support/until.ts";
import { assertDone, configText, pretendSystemd, rootTest, SCRIPT } from "./bundle.ts";

/** Has every character that a shell, cron or systemd reads in a way of its own. */
const COMMAND = `printf '%s|%s\\n' "it's" "100% \${HOME:-?} \\$5" >>"/tmp/the n.log"; ` +
  "test -e /tmp/ready";
const LOG = "/tmp/the n.log";
const CONFIG = "/opt/datahubsync/config.yaml";

async function furnished(root: RootFs, url: string, home?: string): Promise<void> {
  await root.write(home === undefined ? CONFIG : `${home}/config.yaml`, configText({ url }));
}

async function unread(root: RootFs): Promise<string> {
  const done = await root.run(["/opt/datahubsync/datahubsync", "changes", "--last", "-c", CONFIG]);
  assertDone(done);
  return done.stdout.trim();
}

rootTest("cron runs what --then names while changes are unread, again after a failure", [
  "cron",
  "runuser",
], async (root) => {
  await using hub = startHub();
  await clearSchedules(root);
  await furnished(root, hub.url);
  const args = ["--user", "root", "--setup-crontab", "--schedule", "* * * * *"];
  assertDone(await root.run(["bash", SCRIPT, ...args, "--then", COMMAND]));
  const table = await root.read("/etc/cron.d/datahubsync");
  assert.match(table, /sync -c \S+ -q --wait 30m --changes; N=\$\(/);
  assert.doesNotMatch(table.replaceAll("\\%", ""), /%/);
  {
    await using _cron = startCron(root);
    await until(async () => (await root.read(LOG).catch(() => "")) !== "");
    assert.equal(await unread(root), "1");
    await root.write("/tmp/ready", "");
    await until(async () => (await unread(root)) === "");
  }
  const lines = (await root.read(LOG)).trimEnd().split("\n");
  assert(lines.length >= 2, "it ran again after it had failed");
  assert.deepEqual([...new Set(lines)], ["it's|100% /root $5"]);
});

rootTest("the unit runs what --then names as the sync's user, and only while changes are unread", [
  "systemd-analyze",
  "setpriv",
  "runuser",
], async (root) => {
  await using hub = startHub();
  await pretendSystemd(root);
  await furnished(root, hub.url);
  const args = ["--user", USER.name, "--systemd", "--then", COMMAND];
  assertDone(await root.run(["bash", SCRIPT, ...args]));
  const path = "/etc/systemd/system/datahubsync.service";
  const verified = await root.run(["systemd-analyze", "verify", "--man=no", path]);
  assert.doesNotMatch(verified.stdout + verified.stderr, /datahubsync/);
  const unit = await root.read(path);
  assert.match(unit, /^ExecStart=.* --changes$/m);
  assert.match(unit, /^ExecStopPost=\+\/usr\/bin\/setpriv --reuid=bob --regid=bob --init-groups /m);
  assert.match(unit, /^TimeoutStopSec=infinity$/m);
  const words = readService([unit], "/root").after.map((word) => word.join(""));
  const sync = ["/opt/datahubsync/datahubsync", "sync", "-c", CONFIG, "-q", "--changes"];
  assertDone(await root.run(sync, { asUser: true }));
  // systemd looks at the exit code: a unit whose command failed has failed.
  assert.equal((await root.run(words)).code, 1);
  await root.write("/tmp/ready", "");
  assertDone(await root.run(words));
  const owner = await root.run(["stat", "-c", "%U", LOG]);
  assert.equal(owner.stdout.trim(), USER.name);
  assertDone(await root.run(words));
  assert.equal((await root.read(LOG)).trimEnd().split("\n").length, 2, "nothing was unread");
});

rootTest(
  "--then stays until --no-then, and --uninstall takes it out",
  ["runuser"],
  async (root) => {
    await furnished(root, "http://127.0.0.1:1");
    const install = async (...args: string[]): Promise<string> => {
      assertDone(await root.run(["bash", SCRIPT, "--user", "root", ...args]));
      return await root.read("/etc/cron.d/datahubsync").catch(() => "");
    };
    assert.match(await install("--setup-crontab", "--then", "/srv/load"), /sh -c \/srv\/load && /);
    assert.match(await install("--schedule", "1 2 * * *"), /^1 2 .*sh -c \/srv\/load && /m);
    const check = await root.run(["/opt/datahubsync/datahubsync", "--check", "-v", "-c", CONFIG]);
    assert.match(check.stdout, /after a sync it runs \/srv\/load, which isn't there/);
    await root.write("/srv/load", "#!/bin/sh\n", 0o755);
    const again = await root.run(["/opt/datahubsync/datahubsync", "--check", "-v", "-c", CONFIG]);
    assert.match(again.stdout, /while changes are unread it then runs: \/srv\/load/);
    assert.doesNotMatch(await install("--no-then"), /srv\/load|--changes/);
    assert.match(await install("--then", "/srv/load"), /srv\/load/);
    assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
    assert.equal(await root.has("/etc/cron.d/datahubsync"), false);
    assert.doesNotMatch(await install("--setup-crontab"), /srv\/load/);
  },
);

rootTest("--then refuses what can't be written into a schedule, and changes nothing", [
  "runuser",
], async (root) => {
  await furnished(root, "http://127.0.0.1:1");
  for (
    const [args, words] of [
      [["--then", "load"], /--then needs --setup-crontab or --systemd/],
      [["--setup-crontab", "--then", "a\nb"], /one line was expected, found a newline/],
      [["--setup-crontab", "--then", "a\tb"], /one line was expected, found a newline or another/],
      [["--setup-crontab", "--then", "date +\\%F"], /a backslash before another one or before a/],
      [["--setup-crontab", "--then", "echo \\\\"], /a backslash before another one or before a/],
      [["--setup-crontab", "--then", "echo 'a"], /the shell can't read it: .*unterminated/i],
      [["--setup-crontab", "--then", "a", "--no-then"], /exclude each other/],
      [["--setup-crontab", "--then", ""], /--then needs a value/],
    ] as const
  ) {
    const refused = await root.run(["bash", SCRIPT, ...args]);
    assert.equal(refused.code, 2, args.join(" "));
    assert.match(refused.stderr, words);
    assert.equal(await root.has("/opt/datahubsync/datahubsync"), false);
  }
  const long = ["--setup-crontab", "--then", `echo ${"x".repeat(900)}`];
  const refused = await root.run(["bash", SCRIPT, ...long]);
  assert.match(refused.stderr, /too long for a crontab\nhint: put it into a script/);
});
