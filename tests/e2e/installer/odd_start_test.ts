/**
 * install_client.sh started as no person starts it: without standard streams, into a reader that goes
 * away or a disk that is full, and twice at once. What is installed is the same. And where the program
 * can't run, nothing is.
 */
import assert from "node:assert/strict";
import { listTree, type RootFs } from "../../support/rootfs.ts";
import { assertDone, rootTest, SCRIPT, sh } from "./bundle.ts";

const DIR = "/opt/datahubsync";
const NEW = "--hub-url http://127.0.0.1:1 --setup-crontab";

/** Everything is there, with its owner; nothing of a half run is. */
async function assertInstalled(root: RootFs): Promise<void> {
  const lines = (await listTree(root.at(DIR))).map((line) => line.split(" ").slice(0, 2).join(" "));
  assert.deepEqual(lines.filter((line) => line.startsWith("/datahubsync ")), ["/datahubsync 755"]);
  const owned = await sh(root, `stat -c '%U %n' ${DIR}/logs ${DIR}/.datahubsync`);
  assert.equal(owned, `datahubsync ${DIR}/logs\ndatahubsync ${DIR}/.datahubsync\n`);
  assert.match(await root.read("/etc/cron.d/datahubsync"), / datahubsync \/opt\/.*\n$/);
  assert.match(await root.read(`${DIR}/config.yaml`), /^hub:/m);
  assertDone(await root.run([`${DIR}/datahubsync`, "--version"]));
}

for (
  const [what, around] of Object.entries({
    "no standard input": "CALL <&-",
    "no standard output": "CALL >&-",
    "no standard stream at all": "CALL <&- >&- 2>&-",
    "a full disk for its output": "CALL >/dev/full 2>&1",
    "a reader that leaves": "CALL | head -1 >/dev/null",
    "itself on standard input": `cd /bundle; bash -s -- ${NEW} <${SCRIPT}`,
  })
) {
  rootTest(`install_client.sh with ${what} installs all the same`, ["useradd"], async (root) => {
    for (const shell of around.includes("<&- >&-") ? ["bash", "dash"] : ["bash"]) {
      const script = around.replace("CALL", `${shell} ${SCRIPT} ${NEW}`);
      const done = await root.run(["bash", "-o", "pipefail", "-c", script]);
      assert.equal(done.code, 0, `${shell}: ${done.stdout}${done.stderr}`);
      await assertInstalled(root);
      await sh(root, `sh ${SCRIPT} --uninstall --purge`);
    }
  });
}

rootTest("install_client.sh twice at once: the second waits for the first", [
  "useradd",
  "flock",
], async (root) => {
  const call = `sh ${SCRIPT} ${NEW}`;
  const both = `${call} >/tmp/1 2>&1 & ${call} >/tmp/2 2>&1; second=$?; wait $!; echo $? $second`;
  assert.equal(await sh(root, both), "0 0\n");
  await assertInstalled(root);
  const said = await sh(root, "cat /tmp/1 /tmp/2");
  assert.match(said, /another run of this script is at work; waiting for it/);
  assert.match(said, /nothing to change/);
  assert.equal(await sh(root, "stat -c %a /run/datahubsync-install.lock"), "600\n");
});

rootTest("install_client.sh installs nothing where its program can't be run, and says where to", [
  "useradd",
], async (root) => {
  const mount = "mkdir -p /opt && mount -t tmpfs -o noexec none /opt";
  const left = "find /opt -mindepth 1 >&3; ls /etc/cron.d >&3; exit $code";
  const call = `${mount} && exec 3>/tmp/left && { sh ${SCRIPT} ${NEW}; code=$?; ${left}; }`;
  const done = await root.run(["sh", "-c", call]);
  assert.notEqual(done.code, 0);
  assert.match(done.stderr, /\/opt\/datahubsync\/datahubsync can't be run there\n/);
  assert.doesNotMatch(await root.read("/tmp/left"), /datahubsync/);
  const [, option] = /take a folder on another one: (--install-dir) DIR/.exec(done.stderr)!;
  assertDone(await root.run(["sh", "-c", `sh ${SCRIPT} ${NEW} ${option} /srv/datahubsync`]));
  assertDone(await root.run(["/srv/datahubsync/datahubsync", "--version"]));
});
