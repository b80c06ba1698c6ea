/** A server that offers data: `--pack`, `--site` and `--serve`, and their way back. */
import assert from "node:assert/strict";
import { assertDone, pretendSystemd, rootTest, SCRIPT, sh, SYSTEMCTL_LOG } from "./bundle.ts";
import type { RootFs } from "../../support/rootfs.ts";

const CRON = "/etc/cron.d/datahubsync-hub";
const UNITS = "/etc/systemd/system";

async function data(root: RootFs, ...folders: string[]): Promise<void> {
  for (const folder of folders) await root.write(`${folder}/a.csv`, "1\n");
}

/** Runs the job of a cron file as cron does. */
async function runJob(root: RootFs, text: string): Promise<string> {
  const [, user, command] = /^(?:\S+ ){5}(\S+) (.*)$/m.exec(text)!;
  const done = await root.run([
    "runuser",
    "-u",
    user!,
    "--",
    "sh",
    "-c",
    command!.replace(/\\%/g, "%"),
  ]);
  assertDone(done);
  return done.stdout + done.stderr;
}

rootTest("--pack packs folders by cron, as a user of its own, and all of it goes", [
  "useradd",
  "runuser",
], async (root) => {
  await data(root, "/data/bars", "/data/it's 50% 数据");
  const words = ["--pack", "/data/bars", "--pack", "/data/it's 50% 数据", "--site", "/srv/hub"];
  const dry = await root.run(["bash", SCRIPT, ...words, "--dry-run"]);
  assertDone(dry);
  assert.match(dry.stdout, /would write \/etc\/cron\.d\/datahubsync-hub/);
  assert.match(dry.stdout, /\| \*\/10 \* \* \* \* datahubsync .* pack \/data\/bars /);
  assert.match(dry.stdout, /\nDry run: \d+ changes would be made, none was\.\n$/);
  assert.equal(await root.has("/opt/datahubsync"), false);

  const done = await root.run(["bash", SCRIPT, ...words]);
  assertDone(done);
  assert.match(done.stdout, /\nDone\. Next:\n {2}let nginx serve \/srv\/hub: docs\/hub\.md\n$/);
  // What is as usual isn't said of each file.
  assert.match(done.stdout, /^ {4}write \/usr\/local\/share\/man\/man1\/datahubsync\.1$/m);
  assert.match(done.stdout, /^ {4}make folder \/srv\/hub \(mode 755, owner datahubsync:/m);
  const text = await root.read(CRON);
  assert.equal(await runJob(root, text), "");
  const catalog = JSON.parse(await root.read("/srv/hub/api/datasets"));
  assert.deepEqual(catalog.datasets.map(({ name }: { name: string }) => name), [
    "bars",
    "it's 50% 数据",
  ]);
  assert.equal(await sh(root, "stat -c %U /srv/hub/api/datasets"), "datahubsync\n");
  const log = "/opt/datahubsync/logs/hub.log";
  assert.match(await root.read(log), /^bars: packed 1 file/);
  const before = await root.read(log);
  await runJob(root, text);
  assert.equal(await root.read(log), before, "nothing new, nothing said");
  assert.match(await root.read("/etc/logrotate.d/datahubsync-hub"), /hub\.log" \{\n.*su datahub/);

  const again = await root.run(["bash", SCRIPT, ...words]);
  assertDone(again);
  assert.equal(await root.read(CRON), text);

  await sh(root, "mv /data/bars /data/away");
  const mailed = await runJob(root, text);
  assert.match(mailed, /^error: .*\/data\/bars isn't a folder/m, "what cron mails");
  assert((await root.read(log)).endsWith(mailed), "and what the log has");
  await sh(root, "mv /data/away /data/bars");

  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  for (const path of [CRON, "/etc/logrotate.d/datahubsync-hub", "/usr/local/bin/datahubsync"]) {
    assert.equal(await root.has(path), false, path);
  }
  assert.equal(await root.has("/srv/hub/api/datasets"), true, "the site stays");
});

rootTest("--systemd --serve packs and serves by units that start with the machine", [
  "useradd",
  "runuser",
], async (root) => {
  await pretendSystemd(root);
  await data(root, "/data/bars", "/home/bob/funds");
  await sh(root, "chmod o+rx /home/bob");
  const words = ["--pack", "/data/bars", "--pack", "/home/bob/funds", "--site", "/srv/hub"];
  const done = await root.run([
    ...["bash", SCRIPT, ...words, "--systemd", "--serve", "0.0.0.0:8000"],
  ]);
  assertDone(done);
  const pack = await root.read(`${UNITS}/datahubsync-pack.service`);
  assert.match(
    pack,
    /^ExecStart=.* pack "\/data\/bars" "\/home\/bob\/funds" --output "\/srv\/hub" --settle 60s --every 10m$/m,
  );
  assert.match(pack, /^User=datahubsync$/m);
  assert.match(pack, /^ProtectHome=read-only$/m);
  assert.match(pack, /^ReadWritePaths="-\/srv\/hub"$/m);
  const serve = await root.read(`${UNITS}/datahubsync-serve.service`);
  assert.match(serve, /^ExecStart=.* serve "\/srv\/hub" --listen 0\.0\.0\.0:8000$/m);
  assert(!/ReadWritePaths/.test(serve), "it only reads");
  for (const unit of ["pack", "serve"]) {
    const link = `${UNITS}/multi-user.target.wants/datahubsync-${unit}.service`;
    assert.equal(await sh(root, `readlink ${link}`), `../datahubsync-${unit}.service\n`);
    const asked = await root.read(SYSTEMCTL_LOG);
    assert(asked.includes(`--system restart datahubsync-${unit}.service`), asked);
  }
  assert.equal(await root.has(CRON), false);

  // By cron instead: one way of packing at a time.
  assertDone(await root.run(["bash", SCRIPT, ...words, "--setup-crontab"]));
  assert.equal(await root.has(`${UNITS}/datahubsync-pack.service`), false);
  assert.equal(await root.has(CRON), true);

  await root.write(SYSTEMCTL_LOG, "", 0o666);
  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  assert.match(await root.read(SYSTEMCTL_LOG), /stop datahubsync-serve\.service/);
  assert.deepEqual(await sh(root, `find ${UNITS} -name 'datahubsync*'`), "");
  assert.equal(await root.has(CRON), false);
});

rootTest("--sign signs what is packed, once the key is the user's own and nobody else's", [
  "useradd",
  "runuser",
], async (root) => {
  await pretendSystemd(root);
  await data(root, "/data/bars");
  const words = ["--pack", "/data/bars", "--site", "/srv/hub", "--sign", "/etc/my hub.key"];
  // Who types is root already.
  await root.write("/usr/local/bin/sudo", '#!/bin/sh\nexec "$@"\n', 0o755);
  for (const env of [{}, { SUDO_USER: "bob" }] as Record<string, string>[]) {
    await sh(root, "rm -f '/etc/my hub.key'; ! id -u datahubsync || userdel datahubsync");
    // Each hint is typed as it stands; the program isn't installed yet.
    const typed = async (says: RegExp): Promise<void> => {
      const done = await root.run(["bash", SCRIPT, ...words], { env });
      assert.equal(done.code, 2, done.stdout + done.stderr);
      assert.match(done.stderr, says);
      assert.equal(await root.has("/opt/datahubsync"), false);
      const hint = /^hint: (.*)$/m.exec(done.stderr)![1]!;
      for (const command of hint.split(" && ")) {
        assert.equal(command.startsWith("sudo "), "SUDO_USER" in env, hint);
      }
      await sh(root, hint);
    };
    await typed(/--sign: there is no file \/etc\/my hub\.key/);
    await sh(root, "chmod 644 '/etc/my hub.key'");
    await typed(/--sign: others may read \/etc\/my hub\.key/);
    await typed(/datahubsync couldn't read \/etc\/my hub\.key/);
  }

  assertDone(await root.run(["bash", SCRIPT, ...words]));
  const text = await root.read(CRON);
  assert.match(text, / --settle 60s --sign '\/etc\/my hub\.key' -q /);
  await runJob(root, text);
  const envelope = JSON.parse(await root.read("/srv/hub/api/datasets.signed"));
  assert.equal(JSON.parse(envelope.payload).datasets[0].name, "bars");
  assert.equal(envelope.signatures.length, 1);

  assertDone(await root.run(["bash", SCRIPT, ...words, "--systemd"]));
  const unit = await root.read(`${UNITS}/datahubsync-pack.service`);
  assert.match(unit, /^ExecStart=.* --every 10m --sign "\/etc\/my hub\.key"$/m);

  assertDone(await root.run(["bash", SCRIPT, "--uninstall"]));
  assert.equal(await root.has(`${UNITS}/datahubsync-pack.service`), false);
  assert.equal(await root.has("/etc/my hub.key"), true, "the key stays");
});

rootTest("--pack and --serve say what is wrong, and change nothing", ["useradd"], async (root) => {
  const plain = await root.run(["sh", SCRIPT, "--pack", "/data/bars"], { asUser: true });
  assert.equal(plain.code, 2);
  assert.match(plain.stderr, /--pack and --serve need root\nhint: (?:sudo|su -c) /);
  await data(root, "/data/bars", "/data/closed");
  await sh(root, "chmod 700 /data/closed");
  const wrong: [words: string[], code: number, says: RegExp][] = [
    [["--pack", "/nowhere"], 2, /no folder \/nowhere/],
    [["--pack", "/data/closed"], 2, /datahubsync couldn't read \/data\/closed\nhint: chmod o\+rx/],
    [["--site", "/srv/hub"], 2, /--site goes with/],
    [["--pack", "/data/bars", "--site", "/srv"], 2, /no place for a site/],
    [["--pack", "/data/bars", "--hub-url", "http://h"], 2, /a hub, .* a client/],
    [["--pack", "/data/bars", "--serve", "0.0.0.0:80"], 2, /a port from 1024 on/],
    [["--pack", "/data/bars", "--serve", "here; rm"], 2, /an address such as/],
    [["--pack", "/data/bars", "--serve", "a\nUser=root:8000"], 2, /an address such as/],
    [["--pack", "/data/bars", "--serve", "a b:8000"], 2, /an address such as/],
    [["--pack", "/data/bars", "--serve", "0.0.0.0:8000"], 1, /systemd doesn't run here/],
    [["--pack", "/data/bars", "--uninstall"], 2, /takes no --pack/],
    [["--pack", "/data/bars", "--schedule", "@daily", "--systemd"], 2, /--schedule is cron's/],
    [["--serve", "0.0.0.0:8000", "--sign", "/k"], 2, /--sign goes with --pack/],
    [["--pack", "/data/bars", "--sign", "/a", "--sign", "/b", "--sign", "/c"], 2, /two keys/],
    [["--pack", "/data/bars", "--sign", "/a/../k"], 2, /with \. or \.\./],
    [["--pack", "/data/bars", "--sign", "/k", "--uninstall"], 2, /takes no --pack/],
    [["--pack", "/data/../etc"], 2, /with \. or \.\./],
  ];
  for (const [words, code, says] of wrong) {
    const done = await root.run(["bash", SCRIPT, ...words]);
    assert.equal(done.code, code, `${words}: ${done.stdout}${done.stderr}`);
    assert.match(done.stderr, says);
    assert.equal(await root.has("/opt/datahubsync"), false, `${words}`);
    assert.equal(await root.has("/srv/hub"), false, `${words}`);
  }
});
