/** A new installation: what the hub has, the token that it wants, systemd's folders, completions. */
import assert from "node:assert/strict";
import { startHub } from "../../support/hub.ts";
import { USER } from "../../support/rootfs.ts";
import { assertDone, configText, pretendSystemd, rootTest, SCRIPT, sh } from "./bundle.ts";

const DIR = "/opt/datahubsync";
const BINARY = `${DIR}/datahubsync`;

rootTest(
  "--systemd lets the sync write to its own folders, never to /",
  ["useradd"],
  async (root) => {
    await pretendSystemd(root);
    for (const localDir of ["/bars", "/srv/bars", "/data/x", "/var/lib/x"]) {
      await root.write(`${DIR}/config.yaml`, configText({ localDir }));
      for (const user of ["root", "datahubsync"]) {
        assertDone(await root.run(["bash", SCRIPT, "--systemd", "--user", user]));
        const unit = await root.read("/etc/systemd/system/datahubsync.service");
        const folders = [...unit.matchAll(/^ReadWritePaths="-(.*)"$/gm)].map(([, path]) => path!);
        for (const system of ["/", "/srv", "/home", "/opt", "/etc"]) {
          assert(!folders.includes(system), `${localDir} ${user}: ${folders}`);
        }
        assert(folders.some((path) => `${localDir}/`.startsWith(`${path}/`)), `${folders}`);
      }
      assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
      await sh(root, `rm -rf ${localDir}`);
    }
  },
);

rootTest("--systemd says so and fails where systemd doesn't run", [], async (root) => {
  const failed = await root.run(["bash", SCRIPT, "--systemd"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /systemd doesn't run here.*\nhint: .*--setup-crontab/);
  assert.equal(await root.has(DIR), false);
});

rootTest("a hub that can't be reached is said, and the example is written with its address", [
  "useradd",
], async (root) => {
  const done = await root.run(["bash", SCRIPT, "--hub-url", "127.0.0.1:1"]);
  assertDone(done);
  assert.match(done.stderr, /the hub's list of datasets can't be read.*can't be reached/);
  assert.match(done.stdout, /Next:\n {2}\S+ \/opt\/datahubsync\/config\.yaml/);
  const config = await root.read(`${DIR}/config.yaml`);
  assert.match(config, /^ {2}url: "http:\/\/127\.0\.0\.1:1"$/m);
  // The example's datasets are nobody's choice: their folders aren't made.
  assert.deepEqual([...Deno.readDirSync(root.at("/data"))], []);
});

rootTest("manual pages are installed and go with an uninstall", ["useradd"], async (root) => {
  const paths = ["man1/datahubsync.1", "man1/datahubsync-sync.1", "man5/datahubsync.yaml.5"];
  assertDone(await root.run(["bash", SCRIPT]));
  for (const path of paths) {
    const page = `/bundle/man/${path.slice(path.indexOf("/") + 1)}`;
    assert.equal(await root.read(`/usr/local/share/man/${path}`), await root.read(page));
  }
  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  for (const path of paths) assert.equal(await root.has(`/usr/local/share/man/${path}`), false);
});

rootTest(
  "without root a log that the config bounds needs no word about logrotate",
  [],
  async (root) => {
    await using hub = startHub();
    const script = `sh ${SCRIPT} --hub-url ${hub.url}`;
    const bounded = await sh(root, script, true);
    assert.doesNotMatch(bounded, /logrotate/);
    const config = `${USER.home}/.local/share/datahubsync/config.yaml`;
    await sh(root, `sed -i 's/max_size: .*/max_size: 0/' ${config}`, true);
    assert.match(await sh(root, script, true), /set logging\.max_size in \S*config\.yaml/);
  },
);

rootTest("an upgrade prints what is new since the version before", ["useradd"], async (root) => {
  assertDone(await root.run(["bash", SCRIPT]));
  await root.write(BINARY, "#!/bin/sh\necho datahubsync 2.0.0\n", 0o755);
  const upgraded = await root.run(["bash", SCRIPT]);
  assertDone(upgraded);
  assert.match(upgraded.stdout, /^New since 2\.0\.0:\n## .*3\.0\.0/m);
  const again = await root.run(["bash", SCRIPT]);
  assert.doesNotMatch(again.stdout, /New since/);
});

rootTest("completions are installed for bash, zsh and fish", ["useradd"], async (root) => {
  const paths = [
    "bash-completion/completions/datahubsync",
    "zsh/site-functions/_datahubsync",
    "fish/vendor_completions.d/datahubsync.fish",
  ].map((path) => `/usr/local/share/${path}`);
  assertDone(await root.run(["bash", SCRIPT]));
  const shells = ["bash", "zsh", "fish"];
  for (const [index, path] of paths.entries()) {
    const said = await root.run([BINARY, "completions", shells[index]!]);
    assert.equal(await root.read(path), said.stdout);
  }
  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  for (const path of paths) assert.equal(await root.has(path), false);
  assert.equal(await root.has("/usr/local/share"), false);
});

rootTest("a token that the hub wants reaches the job, and nobody else", [
  "useradd",
  "runuser",
], async (root) => {
  await pretendSystemd(root);
  await using hub = startHub();
  hub.hub.faults.add({ name: "require_auth", path: "/", token: "s3cret", times: Infinity });
  const env = { DATAHUBSYNC_TOKEN: "s3cret" };
  const args = ["--hub-url", hub.url, "--setup-crontab", "--sync"];
  const dry = await root.run(["bash", SCRIPT, ...args, "--dry-run"], { env });
  assertDone(dry);
  assert.doesNotMatch(dry.stdout + dry.stderr, /s3cret/);
  const done = await root.run(["bash", SCRIPT, ...args], { env });
  assertDone(done);
  assert.match(
    done.stdout,
    /\n {2}(sudo|runuser) -u datahubsync .*DATAHUBSYNC_TOKEN=… datahubsync status$/m,
  );
  assert.doesNotMatch(done.stdout + done.stderr, /s3cret/);
  assert.match(await root.read(`${DIR}/config.yaml`), /max_size: 0$/m);
  assert.match(await root.read("/etc/cron.d/datahubsync"), /^DATAHUBSYNC_TOKEN=s3cret$/m);
  assert.equal(await sh(root, "stat -c '%a %U' /etc/cron.d/datahubsync"), "600 root\n");
  assert.doesNotMatch(await root.read(`${DIR}/config.yaml`), /s3cret/);
  assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"], { env }));
  assertDone(await root.run(["bash", SCRIPT, "--hub-url", hub.url, "--systemd"], { env }));
  const conf = "/etc/systemd/system/datahubsync.service.d/environment.conf";
  assert.equal(await root.read(conf), '[Service]\nEnvironment="DATAHUBSYNC_TOKEN=s3cret"\n');
  assert.equal(await sh(root, `stat -c '%a %U' ${conf}`), "600 root\n");
  assertDone(await root.run(["bash", SCRIPT, "--uninstall"], { env }));
  assert.equal(await root.has("/etc/systemd/system/datahubsync.service.d"), false);
});

rootTest("--uninstall followed by --purge leaves the data and nothing else", [
  "useradd",
  "runuser",
], async (root) => {
  await using hub = startHub();
  const args = ["--hub-url", hub.url, "--setup-crontab", "--sync"];
  assertDone(await root.run(["bash", SCRIPT, ...args]));
  // Twice, so that there is all that a sync remembers.
  hub.nextDay();
  const sync = [BINARY, "sync", "-c", `${DIR}/config.yaml`];
  assertDone(await root.run(["runuser", "-u", "datahubsync", "--", ...sync]));
  await root.write(`/data/.${hub.name}.datahubsync/staging.blocks`, "x");
  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  assert.equal(await root.has(BINARY), false);
  const again = await root.run(["bash", SCRIPT, "--uninstall"]);
  assert.match(again.stderr, /nothing in \/opt\/datahubsync was installed by this script/);
  await sh(root, `chown -R datahubsync: /data/.${hub.name}.datahubsync`);
  assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
  assert.equal(await root.has(DIR), false);
  assert.equal(await sh(root, "ls -A /data"), `${hub.name}\n`);
});
