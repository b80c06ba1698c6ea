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

rootTest("install_client.sh without /proc says what to mount; typed, that helps", [
  "useradd",
], async (root) => {
  const call = `sh ${SCRIPT} ${NEW}`;
  const script = `umount -l /proc; ${call} 2>/tmp/said && exit 1; test ! -e ${DIR} && ` +
    `eval "$(sed -n 's/^hint: //p' /tmp/said)" && ${call} && cat /tmp/said`;
  const done = await root.run(["sh", "-c", script]);
  assertDone(done);
  assert.match(done.stdout, /^install_client\.sh: \/proc isn't mounted/m);
  await assertInstalled(root);
});

rootTest("a folder that the sync's user can't enter is refused before any change", [
  "useradd",
], async (root) => {
  await sh(root, "chmod 700 /root; mkdir -m 755 /root/there");
  const options = [["--install-dir", "/root/sync"], ["--data-dir", "/root/there/data"]];
  for (const option of options) {
    const call = ["sh", SCRIPT, "--hub-url", "http://127.0.0.1:1", ...option];
    const done = await root.run(call);
    assert.equal(done.code, 2, done.stdout + done.stderr);
    assert.match(done.stderr, /: datahubsync couldn't enter \/root.*\nhint: .*(--user root)$/m);
    assert.equal(
      await sh(root, "ls /root /opt; id -u datahubsync || echo nobody"),
      "/opt:\n\n/root:\nthere\nnobody\n",
    );
    assertDone(await root.run([...call, "--user", "root"]));
    assertDone(
      await root.run([
        "sh",
        SCRIPT,
        "--uninstall",
        "--purge",
        ...option.slice(0, 2).filter(() => option[0] === "--install-dir"),
      ]),
    );
  }
});

rootTest("--uninstall that removes folders doesn't say that it has nothing to do", [
  "useradd",
], async (root) => {
  assertDone(await root.run(["sh", SCRIPT, ...NEW.split(" ")]));
  for (const dry of [["--dry-run"], []]) {
    const { stdout } = await root.run(["sh", SCRIPT, "--uninstall", ...dry]);
    assert.match(stdout, /remove folder \/usr\/local\/share\/man\/man1/);
    assert.doesNotMatch(stdout, /remove folder .*\n {4}nothing to change/);
  }
});

rootTest("install_client.sh twice at once: the second waits for the first", [
  "useradd",
  "flock",
], async (root) => {
  const call = `sh ${SCRIPT} ${NEW}`;
  const both = `${call} >/tmp/1 2>&1 & ${call} >/tmp/2 2>&1; second=$?; wait $!; echo $? $second`;
  assert.equal(await sh(root, both), "0 0\n");
  await assertInstalled(root);
  const said = await sh(root, "cat /tmp/1 /tmp/2");
  assert.match(said, /this script is already running; waiting for that run to finish/);
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
