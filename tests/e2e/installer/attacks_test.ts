/**
 * What users of the machine try while root installs, upgrades and uninstalls: each attack is made, then
 * seen to fail, with the `fs.protected_*` that Debian sets and without them. Root makes the links that
 * they forbid.
 *
 * It is longer than 250 lines because one file shows all attacks together.
 */
import assert from "node:assert/strict";
import { canBeFaulty } from "../../support/faulty_fs.ts";
import { underLyingFs } from "../../support/lying_fs.ts";
import { end, OTHER, type RootFs, USER } from "../../support/rootfs.ts";
import { hasTmux, onScreen } from "../../support/screen.ts";
import { until } from "../../support/until.ts";
import { assertDone, configText, rootAttack, rootTest, SCRIPT, sh } from "./bundle.ts";

const DIR = "/opt/datahubsync";
const MARK = "# datahubsync (install_client.sh)";

/** The system's files, with owners, modes and content: whatever is tried, they stay as they are. */
async function system(root: RootFs): Promise<string> {
  const command = "stat -c '%n %U:%G %a' /etc /etc/shadow /etc/sudoers.d /etc/hosts /usr/local; " +
    "sha256sum /etc/hosts; grep -c . /etc/hosts; ls /etc | grep -v -e passwd -e group -e shadow -e sub";
  const { code, stdout, stderr } = await root.run([
    "sh",
    "-c",
    `mkdir -p /etc/sudoers.d; ${command}`,
  ]);
  assert.equal(code, 0, stderr);
  return stdout;
}

const v2 = (dir: string): string =>
  `mkdir -p ${dir}/config && echo 'python sync_client.py' >${dir}/sync.sh && chmod 755 ${dir}/sync.sh
   touch ${dir}/sync_client.py; printf '%s' '${configText()}' >${dir}/config.yaml`;

rootAttack("a line in somebody else's crontab leads root's install nowhere", [
  "crontab",
  "useradd",
], async (root) => {
  await sh(root, v2(`${OTHER.home}/trap`));
  await sh(root, `chown -R ${OTHER.name}: ${OTHER.home}`);
  const lines = [
    `5 6 * * * ${OTHER.home}/trap/sync.sh`,
    `7 7 * * * ${DIR}/datahubsync sync ${MARK}`,
    `8 8 * * * cd ${DIR} && ./sync.sh`,
  ].join("\n");
  await root.write("/tmp/table", `${lines}\n`);
  await sh(root, `crontab -u ${OTHER.name} /tmp/table`);
  const before = await sh(root, `cd ${OTHER.home} && find . -printf '%p %u %m %s %T@\\n' | sort`);
  await root.write(`${DIR}/config.yaml`, configText({ token: "s3cret" }));
  // Neither on root's account nor with sudo by somebody else.
  for (const env of [{}, { SUDO_USER: USER.name }]) {
    const done = await root.run(["bash", SCRIPT, "--setup-crontab"], { env });
    assertDone(done);
    assert.match(done.stdout, / to \/opt\/datahubsync: /);
  }
  assert.match(await root.read("/etc/cron.d/datahubsync"), /^15 8 \* \* \* datahubsync \/opt/m);
  const after = await sh(root, `cd ${OTHER.home} && find . -printf '%p %u %m %s %T@\\n' | sort`);
  assert.equal(after, before);
  assert.equal((await root.run(["crontab", "-u", OTHER.name, "-l"])).stdout, `${lines}\n`);
  const read = await root.run(["cat", `${DIR}/config.yaml`], { asUser: OTHER });
  assert.notEqual(read.code, 0, "the token has been handed over");
});

rootAttack("a crontab of who typed sudo leads to no folder of somebody else's", [
  "crontab",
  "useradd",
], async (root) => {
  await sh(root, v2(`${OTHER.home}/trap`));
  await sh(root, `chown -R ${OTHER.name}: ${OTHER.home}`);
  // A folder of the user's own, that everybody may change; one behind somebody else's link; and theirs.
  await sh(root, `${v2("/srv/open")}; chown -R ${USER.name}: /srv/open; chmod 777 /srv`);
  await sh(root, `ln -s ${OTHER.home}/trap ${USER.home}/linked`);
  const folders = ["/srv/open", `${USER.home}/linked`, `${OTHER.home}/trap`];
  await root.write("/tmp/table", folders.map((folder) => `5 6 * * * ${folder}/sync.sh\n`).join(""));
  await sh(root, `crontab -u ${USER.name} /tmp/table`);
  const done = await root.run(["bash", SCRIPT], { env: { SUDO_USER: USER.name } });
  assertDone(done);
  assert.match(done.stdout, / to \/opt\/datahubsync: a fresh installation/);
  for (const folder of ["/srv/open", `${OTHER.home}/trap`]) {
    assert(await root.has(`${folder}/sync_client.py`), folder);
  }
});

rootAttack(
  "--user gives its user no file by a link, whichever it leaves where",
  ["runuser"],
  async (root) => {
    // As earlier versions left it: sticky, and writable for the user's group.
    await root.write(`${DIR}/config.yaml`, configText({ localDir: `${DIR}/data/x` }));
    await sh(
      root,
      `mkdir -p ${DIR}/data/x ${DIR}/.datahubsync ${DIR}/logs ${DIR}/data/.x.datahubsync /root/private
     echo secret >/root/private/file; chmod 700 /root/private; touch ${DIR}/data/.x.datahubsync/manifest
     chown root:${USER.name} ${DIR}; chmod 1775 ${DIR}
     chown -R ${USER.name}: ${DIR}/data/x ${DIR}/.datahubsync ${DIR}/logs`,
    );
    await sh(
      root,
      `ln -s /etc/shadow ${DIR}/.last_sync.json
     ln -s /etc/hosts ${DIR}/.installed.new; ln -s /etc/hosts ${DIR}/config.example.yaml
     ln -s /etc/shadow ${DIR}/.datahubsync/history.jsonl; ln -s /etc/shadow ${DIR}/logs/sync.log
     ln -s /etc ${DIR}/data/x/etc; ln -s /root/private ${DIR}/.datahubsync/private
     printf 'file\\t/etc/hosts\\nfile\\t/etc/shadow\\ndir\\t/etc\\n' >${DIR}/.installed`,
      true,
    );
    // Without the kernel's protection a user may make second names of files that aren't theirs.
    await sh(
      root,
      `ln /etc/shadow ${DIR}/data/x/shadow.csv; ln /etc/shadow ${DIR}/logs/sync.log.1`,
    );
    const before = await system(root);
    assertDone(await root.run(["bash", SCRIPT, "--user", USER.name, "--setup-crontab"]));
    const upgraded = await root.run(["bash", SCRIPT, "--user", USER.name]);
    assertDone(upgraded);
    assert.equal(await system(root), before);
    for (const path of ["/etc/shadow", "/root/private/file", `${DIR}/data/x/shadow.csv`]) {
      const read = await root.run(["cat", path], { asUser: true });
      assert.notEqual(read.code, 0, path);
    }
    assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
    assert.equal(await system(root), before);
  },
);

rootAttack("root starts no program and keeps no folder that the sync's user could replace", [
  "runuser",
], async (root) => {
  await root.write(`${DIR}/config.yaml`, configText());
  await sh(root, `chown root:${USER.name} ${DIR}; chmod 1775 ${DIR}`);
  assertDone(await root.run(["bash", SCRIPT, "--user", USER.name]));
  assert.equal(await sh(root, `stat -c '%U:%G %a' ${DIR}`), "root:root 755\n");
  for (const name of ["datahubsync", "config.yaml", ".installed"]) {
    const tried = await root.run(
      ["sh", "-c", `echo evil >${DIR}/x || mv ${DIR}/${name} ${DIR}/y`],
      { asUser: true },
    );
    assert.notEqual(tried.code, 0, name);
  }
  // In that user's own folder, root goes on as the user, and what lies there never runs as root.
  const evil = `#!/bin/sh\nid -u >>/tmp/ran\nexec /bundle/datahubsync "$@"\n`;
  await root.write(`${USER.home}/app/config.yaml`, configText({ localDir: `${USER.home}/data` }));
  await root.write("/tmp/ran", "", 0o666);
  await root.write(`${USER.home}/app/datahubsync`, evil, 0o755);
  await sh(root, `chown -R ${USER.name}: ${USER.home}`);
  for (const args of [["--sync"], [], ["--uninstall", "--purge"]]) {
    await root.write(`${USER.home}/app/datahubsync`, evil, 0o755);
    await sh(root, `chown ${USER.name}: ${USER.home}/app/*`);
    await root.run(["bash", SCRIPT, "--install-dir", `${USER.home}/app`, ...args]);
  }
  assert.doesNotMatch(await root.read("/tmp/ran"), /^0$/m);
  const refused = await root.run([
    "bash",
    SCRIPT,
    "--install-dir",
    `${USER.home}/b`,
    "--user",
    "root",
  ]);
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /is in a folder that belongs to bob, who would then decide what root runs/,
  );
});

rootAttack("a folder that anybody may change is refused, with what closes it", [], async (root) => {
  for (const [folder, mode] of [[DIR, "777"], ["/opt", "777"], [DIR, "775"]] as const) {
    await sh(root, `mkdir -p ${DIR}; chgrp ${USER.name} ${folder}; chmod ${mode} ${folder}`);
    const refused = await root.run(["bash", SCRIPT, "--setup-crontab"]);
    assert.equal(refused.code, 1, refused.stdout);
    assert.match(refused.stderr, /other users can change what is in/);
    assert.equal(await root.has("/etc/cron.d/datahubsync"), false);
    const remedy = /^hint: (chmod .*)$/m.exec(refused.stderr)?.[1];
    assert(remedy, refused.stderr);
    await sh(root, remedy);
    assert.equal(await sh(root, `stat -c %a ${folder}`), "755\n");
  }
  assertDone(await root.run(["bash", SCRIPT, "--setup-crontab"]));
});

const greedy: [string, string][] = [
  ["local_dir", "datasets: [{ name: x, local_dir: /etc }]"],
  ["a local_dir in a home", `datasets: [{ name: x, local_dir: ${OTHER.home} }]`],
  ["local_dir and logs", "datasets: [{ name: x, local_dir: /etc }]\nlogging: { file: /etc/hosts }"],
  ["the mirror", "datasets: [{ name: x, local_dir: /data/x }]\nmirror: { dir: /etc }"],
  ["the metrics", "datasets: [{ name: x, local_dir: /data/x }]\nmetrics: { textfile: /etc/hosts }"],
  ["the log", "datasets: [{ name: x, local_dir: /data/x }]\nlogging: { file: /etc/hosts }"],
];
for (const [what, text] of greedy) {
  rootAttack(`nothing of the system's is given away when a config names it as ${what}`, [
    "runuser",
  ], async (root) => {
    await root.write(`${DIR}/config.yaml`, `hub: { url: "http://127.0.0.1:1" }\n${text}\n`);
    const before = await system(root);
    for (const user of ["root", USER.name]) {
      await root.run(["bash", SCRIPT, "--user", user, "--setup-crontab"]);
      assert.equal(await system(root), before, user);
    }
    const eve = await sh(root, `stat -c %U ${OTHER.home}`);
    assert.equal(eve, `${OTHER.name}\n`);
    await root.run(["bash", SCRIPT, "--uninstall", "--purge"]);
    assert.equal(await system(root), before);
  });
}

rootAttack(
  "--purge follows no link of the sync's user, and removes as that user",
  ["runuser"],
  async (root) => {
    await root.write(`${DIR}/config.yaml`, configText({ localDir: "/data/x" }));
    await sh(
      root,
      `mkdir -p /data/x /root/private; chown -R ${USER.name}: /data; touch /root/private/manifest /root/private/lock`,
    );
    assertDone(await root.run(["bash", SCRIPT, "--user", USER.name]));
    await sh(
      root,
      "ln -s /root/private /data/.x.datahubsync; rm -rf /opt/datahubsync/logs/*",
      true,
    );
    await sh(root, `ln -s /root/private ${DIR}/logs/sub`, true);
    await root.run(["bash", SCRIPT, "--uninstall", "--purge"]);
    assert.equal(await sh(root, "ls /root/private"), "lock\nmanifest\n");
  },
);

rootAttack("PATH, TMPDIR and DESTDIR of the caller's are checked before root uses them", [
  "useradd",
], async (root) => {
  for (const name of ["stat", "id", "mktemp", "awk", "runuser"]) {
    await root.write(`${USER.home}/bin/${name}`, "#!/bin/sh\nid -u >/tmp/ran\nexit 1\n", 0o755);
  }
  await sh(
    root,
    `mkdir ${USER.home}/tmp; chown -R ${USER.name}: ${USER.home}; touch -d 2020-01-01 ${USER.home}/tmp`,
  );
  const env = { PATH: `${USER.home}/bin:/usr/bin:/bin`, TMPDIR: `${USER.home}/tmp` };
  assertDone(await root.run(["/bin/bash", SCRIPT, "--setup-crontab"], { env }));
  assert.equal(await root.has("/tmp/ran"), false);
  assert.match(await sh(root, `stat -c %y ${USER.home}/tmp`), /^2020-01-01/);
  assertDone(await root.run(["/bin/bash", SCRIPT, "--uninstall", "--purge"], { env }));

  const before = await system(root);
  await sh(
    root,
    `mkdir -p ${USER.home}/dest /var/image; ln -s /etc /var/image/etc; chown ${USER.name}: ${USER.home}/dest`,
  );
  for (
    const [dest, words] of [
      [`${USER.home}/dest`, /is in a folder that belongs to bob/],
      ["/var/image", /leads out of DESTDIR, to \/etc/],
      ["/var/missing", /there is no folder/],
      ["/var/../var/image", /a path with \. or \.\./],
    ] as const
  ) {
    const refused = await root.run(["bash", SCRIPT, "--setup-crontab"], { env: { DESTDIR: dest } });
    assert.notEqual(refused.code, 0, dest);
    assert.match(refused.stderr, words);
  }
  assert.equal(await system(root), before);
});

rootAttack("a log's name is no pattern for logrotate", ["useradd"], async (root) => {
  const text = configText().replace("logs/sync.log", "logs/*.log");
  await root.write(`${DIR}/config.yaml`, text);
  const done = await root.run(["bash", SCRIPT]);
  assertDone(done);
  assert.match(done.stderr, /logrotate would take this name for a pattern/);
  assert.equal(await root.has("/etc/logrotate.d/datahubsync"), false);
});

rootAttack("a takeover that the sync would refuse at its next run is refused before any change", [
  "runuser",
], async (root) => {
  for (const user of ["root", USER.name]) {
    await root.write(`${DIR}/config.yaml`, configText({ localDir: "/data/x" }));
    await sh(root, `mkdir -p /data/.x.datahubsync; chown ${user}: /data`);
    // Somebody has prepared what the sync would take for its own unfinished work.
    await sh(
      root,
      `touch /data/.x.datahubsync/manifest; chown -R ${OTHER.name}: /data/.x.datahubsync`,
    );
    const refused = await root.run(["bash", SCRIPT, "--user", user, "--setup-crontab"]);
    assert.equal(refused.code, 2, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /nothing was changed: \/data\/\.x\.datahubsync belongs to eve/);
    assert.equal(await root.has(`${DIR}/datahubsync`), false);
    const remedy = /^hint: ((?:su -c ')?mv [^,]*),/m.exec(refused.stderr)?.[1];
    assert(remedy, refused.stderr);
    await sh(root, remedy);
    assertDone(await root.run(["bash", SCRIPT, "--user", user, "--setup-crontab"]));
    assertDone(await root.run(["bash", SCRIPT, "--uninstall", "--purge"]));
    await sh(root, "rm -rf /data");
  }
});

/** Puts a program of a user's own where root's install asks one for its version; returns the folder. */
async function trap(root: RootFs, program: string): Promise<string> {
  const dir = `${USER.home}/tools`;
  await root.write(`${dir}/datahubsync`, program, 0o755);
  await sh(root, `chown -R ${USER.name}: ${USER.home}`);
  return dir;
}

/** Whether the kernel lets a program type at its terminal. */
function canType(): boolean {
  try {
    return Deno.readTextFileSync("/proc/sys/dev/tty/legacy_tiocsti").trim() === "1";
  } catch {
    return true; // before Linux 6.2 all do
  }
}

rootTest(
  "a user's program that root's install starts as that user can't type at root's terminal",
  hasTmux() && canType() ? ["runuser", "setsid", "python3"] : ["tmux and TIOCSTI"],
  async (root) => {
    const dir = await trap(
      root,
      `#!/usr/bin/python3
import fcntl, termios
open("/tmp/started", "w").close()
for name in "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr":
    try:
        with open(name) as terminal:
            for byte in b"touch /root/planted\\n":
                fcntl.ioctl(terminal, termios.TIOCSTI, bytes([byte]))
    except OSError:
        pass
print("datahubsync 2.9.9")
`,
    );
    await using screen = await onScreen(root.command(["bash", "--norc", "-i"]));
    await screen.until(/#/);
    await screen.type(`bash ${SCRIPT} --install-dir ${dir}; echo "ended $?"\n`);
    await screen.until(/^ended 0$/m);
    await screen.type('echo "all typed"\n');
    await screen.until(/^all typed$/m);
    assert(await root.has("/tmp/started"), await screen.text());
    assert.equal(await root.has("/root/planted"), false, await screen.text());
  },
);

rootTest(
  "what root's install started as a user ends with it",
  ["runuser", "setsid"],
  async (root) => {
    const dir = await trap(root, "#!/bin/sh\necho $$ >/tmp/started\nexec sleep 86400\n");
    const script =
      `bash ${SCRIPT} --install-dir ${dir} & echo $! >/tmp/pid; wait $!; echo $? >/tmp/code
      until ! kill -0 "$(cat /tmp/started)"; do sleep 0.1; done; touch /tmp/gone; exec sleep 86400`;
    const shell = root.spawn(["bash", "-c", script]);
    try {
      await until(async () =>
        await root.has("/tmp/started") && (await root.read("/tmp/started")) !== ""
      );
      const outside = [...Deno.readDirSync("/proc")].map(({ name }) => name).filter((pid) => {
        try {
          return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0")[1] === SCRIPT &&
            Deno.readLinkSync(`/proc/${pid}/root`) === Deno.realPathSync(root.path) &&
            Deno.statSync(`/proc/${pid}`).uid === 0;
        } catch {
          return false;
        }
      });
      for (const pid of outside) Deno.kill(Number(pid), "SIGTERM");
      await until(() => root.has("/tmp/gone"));
      assert.equal(await root.read("/tmp/code"), "143\n");
    } finally {
      await end(shell, root);
    }
  },
);

rootAttack(
  "a FUSE file system that says it is root's gets root to install nothing into it",
  canBeFaulty() ? ["runuser"] : ["python3-fusepy"],
  async (root) => {
    await sh(root, "mkdir -p /srv/shared; chmod 1777 /srv/shared");
    const place = "/srv/shared/fuse";
    const before = await system(root);
    const { code, stdout, stderr } = await underLyingFs(
      root,
      place,
      `bash ${SCRIPT} --install-dir ${place}/datahubsync --user ${USER.name} </dev/null`,
    );
    assert.equal(code, 1, stdout + stderr);
    assert.match(stderr, /is in a folder that belongs to eve, who would then decide what bob runs/);
    assert.equal(await system(root), before);
    assert.equal(await sh(root, `ls ${OTHER.home}/back`), "");
  },
);

rootTest(
  "a user whom root's install goes on as reads none of root's variables but the sync's own",
  ["runuser"],
  async (root) => {
    const dir = await trap(
      root,
      `#!/bin/sh
cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' >/tmp/seen
echo "datahubsync 2.9.9"
`,
    );
    const secret = {
      AWS_SECRET_ACCESS_KEY: "s3cret",
      BASH_ENV: "/root/s3cret",
      DENO_AUTH_TOKENS: "s3cret@example.com",
      DENO_DIR: "/root/s3cret",
      HISTFILE: "/root/s3cret",
      LD_LIBRARY_PATH: "/root/s3cret",
      SSH_AUTH_SOCK: "/root/s3cret",
      TMPDIR: "/root/s3cret",
      XDG_CONFIG_HOME: "/root/s3cret",
      XDG_RUNTIME_DIR: "/root/s3cret",
      TWO_LINES: "a\nDATAHUBSYNC_FORGED=s3cret",
    };
    const handed = {
      DATAHUBSYNC_TOKEN: "it's the sync's; $(id)",
      https_proxy: "http://proxy.example.com:8080",
      LC_ALL: "C.UTF-8",
    };
    const env = { ...secret, ...handed };
    const done = await root.run(["bash", SCRIPT, "--install-dir", dir], { env });
    assertDone(done);
    const seen = (await root.read("/tmp/seen")).split("\n");
    assert.deepEqual(seen.filter((line) => line.includes("s3cret")), []);
    for (const [name, value] of Object.entries(handed)) {
      assert(seen.includes(`${name}=${value}`), `${name}: ${seen.join("\n")}`);
    }
    assert(seen.includes(`HOME=${USER.home}`) && seen.includes(`USER=${USER.name}`));
  },
);

/** What somebody may lay beside the script in \`/tmp\`, and how root calls it there. */
const BESIDE = ["datahubsync", "dist/datahubsync", "config.example.yaml", "sync_client.py"];
const CALLS = {
  "the script": `cp ${SCRIPT} /tmp/ && bash /tmp/install_client.sh`,
  "the script, in Chinese": `cp ${SCRIPT} /tmp/ && bash /tmp/install_client.sh --lang zh`,
  "the script, to uninstall":
    `cp ${SCRIPT} /tmp/ && bash /tmp/install_client.sh --uninstall --purge`,
  "the script through a pipe": `cat ${SCRIPT} | bash`,
  "the script through a pipe, where there is a bash": `cp /bundle/* .; cat ${SCRIPT} | bash -s --`,
};

rootTest("root starts and installs nothing that lies beside the script and is somebody else's", [
  "useradd",
], async (root) => {
  const before = await system(root);
  for (const beside of BESIDE) {
    for (const [what, call] of Object.entries(CALLS)) {
      await sh(root, "rm -rf /tmp/* /tmp/.[!.]*");
      await sh(
        root,
        `cd /tmp; mkdir -p $(dirname ${beside}); printf '#!/bin/sh\nid >>/tmp/ran\n' >${beside}; chmod 755 ${beside}; cp ${beside} bash`,
        true,
      );
      const { code, stdout, stderr } = await root.run(["sh", "-c", `cd /tmp; ${call}`]);
      assert.equal(code, 1, `${beside}, ${what}: ${stdout}${stderr}`);
      const named = `/tmp/${beside.split("/")[0]} belongs to bob, and lies beside this script`;
      assert(stderr.includes(named), `${beside}, ${what}: ${stderr}`);
      assert.match(stderr, /hint: copy the binary and this script into a folder of your own/);
      assert.equal(await root.has("/tmp/ran"), false, `${beside}, ${what}`);
    }
  }
  // In a folder that others may write to, what is root's by now may be theirs in a moment.
  await sh(root, "mkdir /tmp/open; cp -r /bundle/. /tmp/open/; chmod 777 /tmp/open");
  const open = await root.run(["sh", "-c", `cd /tmp/open; cat ${SCRIPT} | bash`]);
  assert.equal(open.code, 1);
  assert.match(open.stderr, /other users can change what is in \/tmp\/open/);
  assert.equal(await system(root), before);
  // The remedy, typed.
  await sh(root, "mkdir /root/own; cp -r /bundle/. /root/own/");
  assertDone(await root.run(["sh", "-c", "cd /root/own; bash install_client.sh"]));
});

rootTest("what a user unpacked is installed by root, whose sudo that user typed", [
  "useradd",
], async (root) => {
  await sh(root, `cp -r /bundle ${USER.home}/bundle; chown -R ${USER.name}: ${USER.home}/bundle`);
  const env = { SUDO_USER: USER.name };
  assertDone(await root.run(["bash", `${USER.home}/bundle/install_client.sh`], { env }));
  // Unpacked in /tmp by root.
  await sh(root, "cp -r /bundle/. /tmp/");
  assertDone(await root.run(["bash", "/tmp/install_client.sh"]));
});
