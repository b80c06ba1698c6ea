/**
 * install_client.sh on a machine: real owners, real users, a running program, real crontabs.
 *
 * Longer than 250 lines because each promise that needs a real machine is a test.
 */
import assert from "node:assert/strict";
import { end, listTree, type RootFs, USER } from "../../support/rootfs.ts";
import { until } from "../../support/until.ts";
import { assertDone, configText, pretendSystemd, rootTest, SCRIPT } from "./bundle.ts";

const OURS = "# datahubsync (install_client.sh)";
const DIR = "/opt/datahubsync";

/** What a fresh root holds, without what any program leaves by running. */
const machine = (root: RootFs): Promise<string[]> =>
  listTree(root.path, {
    // useradd keeps backups of the files that it edits.
    skip:
      /^\/((proc|dev|run|tmp|bundle|var\/log)(\/|$)|etc\/\.?(passwd|g?shadow|group|sub[ug]id)-?\b)/,
  });

rootTest("install_client.sh installs as root and is gone without a trace", [], async (root) => {
  const before = await machine(root);
  assertDone(await root.run(["bash", SCRIPT, "--setup-crontab"]));
  const version = await root.run(["datahubsync", "--version"]);
  assertDone(version);
  assert.match(version.stdout, /\d+\.\d+\.\d+/);
  const owners = await root.run(["stat", "-c", "%U:%G %a %n", DIR, `${DIR}/datahubsync`]);
  assert.equal(owners.stdout, `root:root 755 ${DIR}\nroot:root 755 ${DIR}/datahubsync\n`);
  assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
  assert.deepEqual(await machine(root), before);
});

rootTest("--user runs the sync as somebody who can write state and data but not the program", [
  "runuser",
], async (root) => {
  await root.write(`${DIR}/config.yaml`, configText({ token: "s3cret" }));
  await root.write(`${DIR}/.last_sync.json`, "");
  assertDone(await root.run(["bash", SCRIPT, "--user", USER.name, "--setup-crontab"]));
  assert.match(await root.read("/etc/cron.d/datahubsync"), /^15 8 \* \* \* bob \/opt/m);
  assert.match(await root.read("/etc/logrotate.d/datahubsync"), /^ +su bob bob$/m);
  const asUser = { asUser: true };
  assertDone(await root.run(["cat", `${DIR}/config.yaml`], asUser));
  for (
    const path of [
      `${DIR}/.datahubsync/last_sync.json`,
      `${DIR}/.datahubsync/x`,
      `${DIR}/logs/x`,
      "/data/.w",
    ]
  ) {
    assertDone(await root.run(["touch", path], asUser));
  }
  for (
    const command of [
      ["mv", `${DIR}/logs/x`, `${DIR}/datahubsync`],
      ["rm", "-f", `${DIR}/config.yaml`],
      ["touch", `${DIR}/x`],
    ]
  ) {
    assert.notEqual((await root.run(command, asUser)).code, 0, command.join(" "));
  }
  const stranger = ["setpriv", "--reuid=4343", "--regid=4343", "--clear-groups"];
  assert.notEqual((await root.run([...stranger, "cat", `${DIR}/config.yaml`])).code, 0);
  // The next run remembers who it is.
  assertDone(await root.run(["bash", SCRIPT]));
  assert.match(await root.read("/etc/cron.d/datahubsync"), / bob \/opt/);
});

rootTest(
  "--user refuses before any change where its user can't write the data, and says what to type",
  ["runuser"],
  async (root) => {
    await root.write(`${DIR}/config.yaml`, configText());
    await root.write("/data/stock-trading-data-pro/a.csv", "1\n");
    const before = await machine(root);
    const { code, stderr } = await root.run(["bash", SCRIPT, "--user", USER.name]);
    assert.equal(code, 2);
    assert.match(stderr, /nothing was changed: .*-pro belongs to root, and bob can't write to it/);
    assert.deepEqual(await machine(root), before);
    const remedy = /^hint: (chown [^,]*),/m.exec(stderr)?.[1];
    assert(remedy, stderr);
    assertDone(await root.run(["sh", "-c", remedy]));
    const again = await root.run(["bash", SCRIPT, "--user", USER.name]);
    assertDone(again);
    // The parent isn't its user's, so the work files go inside.
    assert.match(
      again.stdout,
      /\/data doesn't belong to bob alone, so .*-pro keeps its work files inside/,
    );
    assertDone(
      await root.run(["touch", "/data/stock-trading-data-pro/.datahubsync/x"], { asUser: true }),
    );
  },
);

rootTest(
  "install_client.sh refuses a user that isn't there, and changes nothing",
  [],
  async (root) => {
    const before = await machine(root);
    const { code, stderr } = await root.run(["bash", SCRIPT, "--user", "nobody-here"]);
    assert.equal(code, 2);
    assert.match(stderr, /there is no user nobody-here\nhint: useradd/);
    assert.deepEqual(await machine(root), before);
  },
);

rootTest("install_client.sh replaces the binary while it runs", [], async (root) => {
  assertDone(await root.run(["bash", SCRIPT]));
  // Any program, started from the installed path, holds the file as a sync would.
  await Deno.copyFile("/bin/sleep", root.at(`${DIR}/datahubsync`));
  const child = root.spawn([`${DIR}/datahubsync`, "3600"]);
  try {
    await running(root, `${DIR}/datahubsync`);
    assertDone(await root.run(["bash", SCRIPT]));
    assertDone(await root.run([`${DIR}/datahubsync`, "--version"]));
    const names = (await listTree(root.at(DIR))).filter((line) => /undo|\.new/.test(line));
    assert.deepEqual(names, []);
    const ended = await Promise.race([child.status.then(() => true), Promise.resolve(false)]);
    assert.equal(ended, false);
  } finally {
    await end(child, root);
  }
});

/** Waits until a program of the root runs; its own process namespace is the machine's child. */
async function running(root: RootFs, program: string): Promise<void> {
  const target = root.at(program);
  await until(async () => {
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const words = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
      if (words.startsWith(`${program}\0`) && await Deno.stat(target)) return true;
    }
    return false;
  });
}

rootTest("install_client.sh without root installs for the user", ["crontab"], async (root) => {
  const asUser = { asUser: true };
  const before = await machine(root);
  await root.write("/tmp/table", "# mine\n0 1 * * * true\n");
  assertDone(await root.run(["crontab", "/tmp/table"], asUser));
  const { code, stdout, stderr } = await root.run(["bash", SCRIPT, "--setup-crontab"], asUser);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /logging\.max_size/);
  const home = `${USER.home}/.local/share/datahubsync`;
  const table = await root.run(["crontab", "-l"], asUser);
  assert.equal(
    table.stdout,
    `# mine\n0 1 * * * true\n15 8 * * * ${home}/datahubsync sync -c ${home}/config.yaml -q --wait 30m ${OURS}\n`,
  );
  assertDone(await root.run([`${USER.home}/.local/bin/datahubsync`, "--version"], asUser));
  assertDone(await root.run(["bash", SCRIPT, "--schedule", "1 2 * * *"], asUser));
  assert.match(
    (await root.run(["crontab", "-l"], asUser)).stdout,
    /^# mine\n0 1 .*\n1 2 \* \* \* [^\n]*\n$/,
  );
  assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"], asUser));
  assert.equal((await root.run(["crontab", "-l"], asUser)).stdout, "# mine\n0 1 * * * true\n");
  assertDone(await root.run(["crontab", "-r"], asUser));
  const left = await machine(root);
  const rights = (lines: string[]): string[] => lines.filter((line) => !/crontabs\/? /.test(line));
  assert.deepEqual(rights(left), rights(before));
  const other = await root.run(["bash", SCRIPT, "--user", "root"], asUser);
  assert.equal(other.code, 2);
  assert.match(other.stderr, /--user root needs root/);
});

rootTest(
  "install_client.sh takes its line out of a crontab that held nothing else",
  ["crontab"],
  async (root) => {
    const asUser = { asUser: true };
    assertDone(await root.run(["bash", SCRIPT, "--setup-crontab"], asUser));
    assertDone(await root.run(["bash", SCRIPT, "--uninstall"], asUser));
    assert.notEqual((await root.run(["crontab", "-l"], asUser)).code, 0);
  },
);

rootTest(
  "install_client.sh undoes the schedule when a crontab can't be written",
  ["crontab"],
  async (root) => {
    await pretendSystemd(root);
    await root.write("/tmp/table", `0 1 * * * true\n9 9 * * * ${DIR}/datahubsync ${OURS}\n`);
    assertDone(await root.run(["crontab", "/tmp/table"]));
    // Reading works, writing doesn't: the disk of the spool is full, say.
    const table =
      'case "$*" in *-l*) exec /usr/bin/crontab "$@";; esac; echo "no space" >&2; exit 1';
    await root.write("/usr/local/bin/crontab", `#!/bin/sh\n${table}\n`, 0o755);
    const failed = await root.run(["bash", SCRIPT, "--systemd"]);
    assert.equal(failed.code, 1);
    assert.match(
      failed.stderr,
      /no space\n.*"Schedule "9 9 \* \* \*" by systemd, as root" failed/s,
    );
    assert.match(failed.stderr, /it is undone/);
    assert.equal(await root.has("/etc/systemd/system/datahubsync.timer"), false);
    assert.equal(
      await root.has("/etc/systemd/system/timers.target.wants/datahubsync.timer"),
      false,
    );
    assert(await root.has(`${DIR}/datahubsync`));
    await Deno.remove(root.at("/usr/local/bin/crontab"));
    assertDone(await root.run(["bash", SCRIPT, "--systemd"]));
    assert.match(await root.read("/etc/systemd/system/datahubsync.timer"), /09:09:00/);
    assert.equal((await root.run(["crontab", "-l"])).stdout, "0 1 * * * true\n");
  },
);

rootTest("install_client.sh undoes the program when the disk fills up", ["mount"], async (root) => {
  await Deno.mkdir(root.at(DIR), { recursive: true });
  const { size } = await Deno.stat(root.at("/bundle/datahubsync"));
  const script = `mount -t tmpfs -o size=${
    Math.max(4096, Math.floor(size / 2 / 4096) * 4096)
  } t ${DIR}
    bash ${SCRIPT}; code=$?; ls -A ${DIR}; exit $code`;
  const failed = await root.run(["bash", "-c", script]);
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, /No space left on device\n.*"Program .*" failed\.\n.*it is undone/s);
  assert.match(failed.stdout, /==> Program [^\n]*\n(?: {4}[^\n]*\n)+\.installed\n$/);
});

rootTest("install_client.sh stopped by a signal undoes its step", ["crontab"], async (root) => {
  const table = 'case "$*" in *-l*) exec /usr/bin/crontab "$@";; esac; kill -TERM $PPID';
  await root.write("/tmp/table", `9 9 * * * ${DIR}/datahubsync ${OURS}\n`);
  assertDone(await root.run(["crontab", "/tmp/table"]));
  await root.write("/usr/local/bin/crontab", `#!/bin/sh\n${table}\n`, 0o755);
  const stopped = await root.run(["bash", SCRIPT, "--setup-crontab"]);
  assert.equal(stopped.code, 143, stopped.stderr);
  assert.match(stopped.stderr, /"Schedule .*" failed\.\n.*it is undone/s);
  assert.equal(await root.has("/etc/cron.d/datahubsync"), false);
});

rootTest("--uninstall refuses while a sync runs, and names its process", [], async (root) => {
  assertDone(await root.run(["bash", SCRIPT]));
  await Deno.copyFile("/bin/sleep", root.at(`${DIR}/datahubsync`));
  const before = await machine(root);
  const start =
    `${DIR}/datahubsync 3600 & until [ "$(readlink /proc/$!/exe)" = ${DIR}/datahubsync ]; do :; done`;
  const refused = await root.run([
    "bash",
    "-c",
    `${start}; echo $!; exec bash ${SCRIPT} --uninstall`,
  ]);
  assert.equal(refused.code, 1);
  const [pid] = refused.stdout.split("\n");
  assert(refused.stderr.includes(`runs as process ${pid}\n`), refused.stderr + refused.stdout);
  assert.deepEqual(await machine(root), before);
});

rootTest("install_client.sh works in the folder that it installs to", [], async (root) => {
  await Deno.rename(root.at("/bundle"), root.at(DIR));
  const before = await machine(root);
  for (let round = 0; round < 2; round++) {
    assertDone(await root.run(["sh", "-c", `cd ${DIR} && ./install_client.sh --setup-crontab`]));
  }
  assert(await root.has(`${DIR}/config.yaml`));
  assertDone(await root.run([`${DIR}/install_client.sh`, "--uninstall", "--purge"]));
  assert.deepEqual(await machine(root), before);
});

rootTest("install_client.sh without root honours DESTDIR and XDG", [], async (root) => {
  const env = {
    DESTDIR: "/tmp/dest",
    XDG_DATA_HOME: `${USER.home}/share`,
    XDG_CONFIG_HOME: `${USER.home}/config`,
  };
  const asUser = { asUser: true, env };
  const before = await machine(root);
  assertDone(await root.run(["mkdir", "/tmp/dest"], asUser));
  assertDone(await root.run(["bash", SCRIPT, "--setup-crontab"], asUser));
  const home = `/tmp/dest${USER.home}`;
  assert(await root.has(`${home}/share/datahubsync/datahubsync`));
  assert.match(
    await root.read(`/tmp/dest/var/spool/cron/crontabs/${USER.name}`),
    /^15 8 .*share\/datahubsync/,
  );
  assertDone(await root.run(["bash", SCRIPT, "--systemd"], asUser));
  assert(await root.has(`${home}/config/systemd/user/timers.target.wants/datahubsync.timer`));
  assert.equal(await root.has(`/tmp/dest/var/spool/cron/crontabs/${USER.name}`), false);
  assert.deepEqual(await machine(root), before);
});
