/** Who runs the sync: the system user that install_client.sh makes, the move away from root, and what root left. */
import assert from "node:assert/strict";
import type { Ended } from "../../support/command.ts";
import { startHub } from "../../support/hub.ts";
import { type RootFs, USER } from "../../support/rootfs.ts";
import { hasTmux, onScreen } from "../../support/screen.ts";
import { assertSameTree, readTree } from "../../support/tree.ts";
import { assertDone, configText, rootTest, SCRIPT, sh } from "./bundle.ts";

const DIR = "/opt/datahubsync";
const BINARY = `${DIR}/datahubsync`;

/** Runs the command of the line in cron.d as its user, as cron would. */
async function cronRun(root: RootFs): Promise<Ended> {
  const table = await root.read("/etc/cron.d/datahubsync");
  const [, user, command] = /^(?:\S+ ){5}(\S+) (.*)$/m.exec(table.replace(/^[A-Z#].*$/gm, ""))!;
  const environment = ["env", "-i", "HOME=/", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command!];
  return await root.run(["runuser", "-u", user!, "--", ...environment]);
}

/** What a user owns, without the proc and dev of the machine. */
const owned = (root: RootFs, user: string): Promise<string> =>
  sh(root, `find / -xdev '(' -path /proc -o -path /dev ')' -prune -o -user ${user} -print | sort`);

rootTest("install_client.sh makes a user who owns data, state and logs, and nothing else", [
  "useradd",
  "runuser",
], async (root) => {
  await using hub = startHub();
  const args = ["--hub-url", hub.url, "--setup-crontab", "--sync"];
  const done = await root.run(["bash", SCRIPT, ...args]);
  assertDone(done);
  assert.match(done.stdout, /make the system user datahubsync/);
  assert.match(await sh(root, "getent passwd datahubsync"), /:\/usr\/sbin\/nologin$/m);
  const paths = (await owned(root, "datahubsync")).trim().split("\n");
  const outside = paths.filter((path) =>
    !/^\/(data|opt\/datahubsync\/(logs|\.datahubsync))(\/|$)/.test(path)
  );
  assert.deepEqual(outside, []);
  assert.equal(
    await sh(root, `stat -c '%U:%G %a' ${DIR} ${BINARY}`),
    "root:root 755\nroot:root 755\n",
  );
  assertSameTree(await readTree(root.at(`/data/${hub.name}`)), hub.tree());
  hub.nextDay();
  assertDone(await cronRun(root));
  assertSameTree(await readTree(root.at(`/data/${hub.name}`)), hub.tree());
  // The data stays, so its owner does; everything else is gone.
  const purged = await root.run(["bash", SCRIPT, "--uninstall", "--purge"]);
  assertDone(purged);
  assert.match(purged.stdout, /the user datahubsync stays/);
  assert.equal(await root.has(DIR), false);
  assert.deepEqual([...Deno.readDirSync(root.at("/data"))].map(({ name }) => name), [hub.name]);
});

rootTest("install_client.sh says what it does where no user can be made", [], async (root) => {
  for (const name of ["useradd", "adduser"]) {
    await Deno.remove(root.at(`/usr/sbin/${name}`)).catch(() => {});
  }
  const done = await root.run(["bash", SCRIPT, "--setup-crontab"]);
  assertDone(done);
  assert.match(done.stderr, /no user can be made here: the sync runs as root; --user NAME/);
  assert.match(await root.read("/etc/cron.d/datahubsync"), /^15 8 \* \* \* root /m);
  assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
  // A program that is there and fails.
  await root.write(
    "/usr/sbin/useradd",
    "#!/bin/sh\necho 'useradd: read-only' >&2; exit 1\n",
    0o755,
  );
  const failed = await root.run(["bash", SCRIPT, "--setup-crontab"]);
  assertDone(failed);
  assert.match(
    failed.stderr,
    /no user can be made here, so the sync runs as root: useradd: read-only/,
  );
  assert.match(await root.read("/etc/cron.d/datahubsync"), /^15 8 \* \* \* root /m);
});

/** An installation that root runs, as earlier versions made it, with data. */
async function byRoot(root: RootFs, url: string, publish = "files"): Promise<void> {
  const text = configText({ url }).replace("logging:", `    publish: ${publish}\nlogging:`);
  await root.write(`${DIR}/config.yaml`, text);
  const done = await root.run(["bash", SCRIPT, "--user", "root", "--setup-crontab"]);
  assertDone(done);
  assert.match(done.stderr, /the sync runs as root, as you asked/);
  assertDone(await cronRun(root));
  if (publish === "files") await sh(root, `test -d /data/.stock-trading-data-pro.datahubsync`);
}

for (const publish of ["files", "snapshot"]) {
  rootTest(`an upgrade moves an installation with publish: ${publish} from root to its own user`, [
    "useradd",
    "runuser",
  ], async (root) => {
    await using hub = startHub();
    await byRoot(root, hub.url, publish);
    // Nobody is asked where there is no terminal: it stays, and says what moves it.
    const stays = await root.run(["bash", SCRIPT]);
    assertDone(stays);
    assert.match(await root.read("/etc/cron.d/datahubsync"), / root \/opt/);
    const remedy = /as a separate user: (?:sudo )?(\.\/install_client\.sh .*)$/m.exec(stays.stdout)
      ?.[1];
    assert(remedy, stays.stdout);
    await sh(root, `cd /bundle && ${remedy}`);
    assert.match(await root.read("/etc/cron.d/datahubsync"), / datahubsync \/opt/);
    hub.nextDay();
    assertDone(await cronRun(root));
    assertSameTree(await readTree(root.at("/data/stock-trading-data-pro/")), hub.tree());
    assert.equal(await sh(root, "find /data ! -type l -user root"), "");
    assert.equal(await root.has(`${DIR}/.last_sync.json`), false);
    assert.match(await root.read(`${DIR}/.datahubsync/last_sync.json`), /stock-trading/);
    assert.equal(await sh(root, `stat -c '%U %a' ${DIR}`), "root 755\n");
  });
}

for (const [no, yes, lang] of [["n", "", "en"], ["否", "是", "zh"]] as const) {
  rootTest(`at a terminal an upgrade offers the move, and does what is answered, in ${lang}`, [
    ...(hasTmux() ? [] : ["tmux"]),
    "useradd",
    "runuser",
  ], async (root) => {
    await using hub = startHub();
    await byRoot(root, hub.url);
    const env = { TERM: "screen-256color" };
    for (const [answer, user] of [[no, "root"], [yes, "datahubsync"]] as const) {
      const command = ["bash", SCRIPT, "--lang", lang];
      await using screen = await onScreen(root.command(command, { env }));
      await screen.until(/ datahubsync.*\[Y\/n\]/);
      await screen.type(`${answer}\n`);
      const { code, text } = await screen.ended();
      assert.equal(code, 0, text);
      assert.match(await root.read("/etc/cron.d/datahubsync"), new RegExp(` ${user} /opt`));
      hub.nextDay();
      assertDone(await cronRun(root));
    }
  });
}

rootTest(
  "a move that fails leaves root's installation to root",
  ["useradd", "runuser"],
  async (root) => {
    await using hub = startHub();
    await byRoot(root, hub.url);
    await Deno.remove(root.at("/etc/cron.d/datahubsync"));
    await Deno.mkdir(root.at("/etc/cron.d/datahubsync"));
    const failed = await root.run(["bash", SCRIPT, "--user", "datahubsync", "--setup-crontab"]);
    assert.equal(failed.code, 1);
    assert.equal(await sh(root, "find /data /opt/datahubsync ! -user root"), "");
    await Deno.remove(root.at("/etc/cron.d/datahubsync"));
    assertDone(await root.run(["bash", SCRIPT, "--user", "root", "--setup-crontab"]));
    hub.nextDay();
    assertDone(await cronRun(root));
  },
);

rootTest(
  "what root left in a user's installation is given back, and said",
  ["runuser"],
  async (root) => {
    await using hub = startHub();
    await root.write(`${DIR}/config.yaml`, configText({ url: hub.url }));
    assertDone(await root.run(["bash", SCRIPT, "--user", USER.name, "--setup-crontab", "--sync"]));
    // As a sync by root leaves it: some files and folders, not all.
    const work = "/data/.stock-trading-data-pro.datahubsync";
    await sh(
      root,
      `chown root: ${work}/* ${DIR}/logs/* ${DIR}/.datahubsync/* ${work}; mkdir /data/stock-trading-data-pro/sub
     echo 1 >/data/stock-trading-data-pro/sub/a.csv; chown root: /data/stock-trading-data-pro/*.csv`,
    );
    hub.nextDay();
    assert.notEqual((await cronRun(root)).code, 0);
    const upgraded = await root.run(["bash", SCRIPT]);
    assertDone(upgraded);
    assert.match(
      upgraded.stdout,
      /give \/data\/stock-trading-data-pro to bob \(root owned \d+ files and folders of it\)/,
    );
    assert.equal(await sh(root, `find /data ${DIR}/logs ${DIR}/.datahubsync -user root`), "");
    hub.nextDay();
    assertDone(await cronRun(root));
    const again = await root.run(["bash", SCRIPT]);
    assert.doesNotMatch(again.stdout, /give /);
  },
);

rootTest("data in a folder of root's: the work files go inside, and the sync's user can sync", [
  "useradd",
  "runuser",
], async (root) => {
  await using hub = startHub();
  await sh(root, "mkdir -p /srv/bars");
  await root.write(`${DIR}/config.yaml`, configText({ url: hub.url, localDir: "/srv/bars" }));
  const refused = await root.run(["bash", SCRIPT, "--setup-crontab"]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /\/srv\/bars belongs to root, and datahubsync can't write to it/);
  assert.equal(await root.has(BINARY), false);
  // The user isn't there yet: what is to be typed makes it.
  await sh(root, /^hint: (.*), or name another folder in /m.exec(refused.stderr)![1]!);
  const done = await root.run(["bash", SCRIPT, "--setup-crontab", "--sync"]);
  assertDone(done);
  assert.match(done.stdout, /so \/srv\/bars keeps its work files inside, in \.datahubsync/);
  const tree = [...await readTree(root.at("/srv/bars"))];
  assertSameTree(new Map(tree.filter(([path]) => !path.startsWith(".datahubsync/"))), hub.tree());
  assert.equal(await sh(root, "stat -c %U /srv; ls -A /srv"), "root\nbars\n");
});

rootTest("root's own installation over a trusted folder of somebody else's is upgraded as it is", [
  "runuser",
], async (root) => {
  await using hub = startHub();
  const localDir = `${USER.home}/data/x`;
  const text = configText({ url: hub.url, localDir });
  await sh(root, `mkdir -p ${localDir}; chown -R ${USER.name}: ${USER.home}`);
  await root.write(`${DIR}/config.yaml`, text);
  const refused = await root.run(["bash", SCRIPT, "--user", "root", "--setup-crontab"]);
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /is in a folder that belongs to bob, which root can't trust\nhint: --user bob/,
  );
  await root.write(`${DIR}/config.yaml`, `${text}trusted_folders: [${USER.home}]\n`);
  for (const args of [["--user", "root", "--setup-crontab"], []]) {
    assertDone(await root.run(["bash", SCRIPT, ...args]));
    assertDone(await cronRun(root));
  }
});
