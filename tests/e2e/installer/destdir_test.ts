/**
 * install_client.sh inside DESTDIR: what it writes, keeps and takes out again, file by file.
 *
 * Longer than 250 lines because each file that the installer touches is followed.
 */
import assert from "node:assert/strict";
import { listTree, missingFor } from "../../support/rootfs.ts";
import { join } from "node:path";
import {
  assertDone,
  configText,
  type Destination,
  finish,
  makeDestination,
  PROJECT,
} from "./bundle.ts";

const missing = missingFor();

function destTest(name: string, body: (dest: Destination) => Promise<void>): void {
  Deno.test({
    name: missing === undefined ? name : `${name} (needs ${missing})`,
    ignore: missing !== undefined,
    async fn() {
      await using dest = await makeDestination();
      await body(dest);
    },
  });
}

const CRON = "/etc/cron.d/datahubsync";
const BINARY = "/opt/datahubsync/datahubsync";
const OURS = "# datahubsync (install_client.sh)";

async function modeOf(dest: Destination, path: string): Promise<string> {
  return ((await Deno.stat(dest.at(path))).mode! & 0o7777).toString(8);
}

/** The schedules that stand anywhere in DESTDIR. */
async function schedules(dest: Destination): Promise<string[]> {
  const found: string[] = [];
  if (await dest.has(CRON)) found.push("cron.d");
  if (await dest.has("/etc/systemd/system/datahubsync.timer")) found.push("systemd");
  for (const user of ["root", "bob"]) {
    const table = await dest.read(`/var/spool/cron/crontabs/${user}`).catch(() => "");
    for (const line of table.split("\n")) if (/sync/.test(line)) found.push(`${user}: ${line}`);
  }
  return found;
}

destTest("install_client.sh puts everything in place with the promised modes", async (dest) => {
  assertDone(await dest.install(["--setup-crontab", "--hub-url", "http://hub.example:8080/"]));
  const expected: Record<string, string> = {
    "/opt/datahubsync/datahubsync": "755",
    "/opt/datahubsync/config.yaml": "644",
    "/opt/datahubsync/logs": "755",
    "/data": "755",
    "/etc/logrotate.d/datahubsync": "644",
    [CRON]: "644",
  };
  for (const [path, mode] of Object.entries(expected)) assert.equal(await modeOf(dest, path), mode);
  assert.match(
    await dest.read(CRON),
    /^15 8 \* \* \* root \/opt\/datahubsync\/datahubsync sync -c \/opt\/datahubsync\/config\.yaml -q --wait 30m$/m,
  );
  assert.match(
    await dest.read("/opt/datahubsync/config.yaml"),
    /^ +url: "http:\/\/hub\.example:8080"/m,
  );
  assert.equal(
    await Deno.readLink(dest.at("/usr/local/bin/datahubsync")),
    "/opt/datahubsync/datahubsync",
  );
});

destTest("--dry-run prints every change and changes nothing", async (dest) => {
  const flags = ["--setup-crontab", "--sync", "--schedule", "1 2 * * *"];
  const before = await listTree(dest.path, { times: true });
  const dry = await dest.install(["--dry-run", ...flags]);
  assertDone(dry);
  assert.deepEqual(await listTree(dest.path, { times: true }), before);
  const real = await dest.install(flags);
  assertDone(real);
  const changes = (text: string): string[] =>
    [...text.matchAll(/^ {4}(?:would )?((?:write|make|link|set|remove|move|take) .*)$/gm)].map((
      found,
    ) => found[1]!);
  assert(changes(real.stdout).length > 5);
  assert.deepEqual(changes(dry.stdout), changes(real.stdout));
  const upgraded = await listTree(dest.path, { times: true });
  assertDone(await dest.install(["--dry-run", "--systemd"]));
  assertDone(await dest.install(["--dry-run", "--uninstall", "--purge"]));
  assert.deepEqual(await listTree(dest.path, { times: true }), upgraded);
});

destTest(
  "install_client.sh run again keeps config, state, data and the time of the schedule",
  async (dest) => {
    assertDone(await dest.install(["--setup-crontab", "--schedule", "7 9 * * 1-5"]));
    const config = configText() + "# mine\n";
    await dest.write("/opt/datahubsync/config.yaml", config);
    await dest.write("/opt/datahubsync/.last_sync.json", '{"a":"b"}\n');
    await dest.write("/data/stock-trading-data-pro/a.csv", "1\n");
    const cron = (await dest.read(CRON)).replace("SHELL=", "HTTPS_PROXY=http://proxy:3128\nSHELL=");
    await dest.write(CRON, cron);
    const again = await dest.install(["--hub-url", "http://other"]);
    assertDone(again);
    assert.match(again.stderr, /--hub-url: for a new config only/);
    assert.equal(await dest.read("/opt/datahubsync/config.yaml"), config);
    assert.equal(
      await dest.read("/opt/datahubsync/config.example.yaml"),
      await Deno.readTextFile(join(PROJECT, "config.example.yaml")),
    );
    assert.equal(await dest.read("/opt/datahubsync/.last_sync.json"), '{"a":"b"}\n');
    assert.equal(await dest.read("/data/stock-trading-data-pro/a.csv"), "1\n");
    assert.match(await dest.read(CRON), /^HTTPS_PROXY=http:\/\/proxy:3128\n7 9 \* \* 1-5 root /m);
    const settled = await listTree(dest.path, { times: true });
    const third = await dest.install(["--hub-url", "http://other"]);
    assertDone(third);
    assert.deepEqual(await listTree(dest.path, { times: true }), settled);
  },
);

destTest(
  "install_client.sh leaves exactly one schedule, wherever the earlier one was",
  async (dest) => {
    assertDone(await dest.install(["--setup-crontab", "--schedule", "7 9 * * 1-5"]));
    await dest.write(
      "/var/spool/cron/crontabs/root",
      `0 1 * * * true\n5 5 * * * ${BINARY} sync ${OURS}\n`,
    );
    assertDone(await dest.install(["--systemd"]));
    assert.deepEqual(await schedules(dest), ["systemd"]);
    assert.match(
      await dest.read("/etc/systemd/system/datahubsync.timer"),
      /^OnCalendar=Mon,Tue,Wed,Thu,Fri \*-\*-\* 09:07:00$/m,
    );
    assert.equal(await dest.read("/var/spool/cron/crontabs/root"), "0 1 * * * true\n");
    const timer = await dest.read("/etc/systemd/system/datahubsync.timer");
    await dest.write(
      "/etc/systemd/system/datahubsync.timer",
      timer.replace("09:07:00", "09:07:30"),
    );
    assertDone(await dest.install([]));
    assert.match(await dest.read("/etc/systemd/system/datahubsync.timer"), /09:07:30/);
    assertDone(await dest.install(["--setup-crontab"]));
    assert.deepEqual(await schedules(dest), ["cron.d"]);
    assert.match(await dest.read(CRON), /^7 9 \* \* 1-5 root /m);
    assert.equal(
      await dest.has("/etc/systemd/system/timers.target.wants/datahubsync.timer"),
      false,
    );
  },
);

destTest("install_client.sh protects a config that holds a token", async (dest) => {
  await dest.write("/opt/datahubsync/config.yaml", configText({ token: "s3cret" }));
  assertDone(await dest.install([]));
  assert.equal(await modeOf(dest, "/opt/datahubsync/config.yaml"), "640");
});

destTest(
  "install_client.sh quotes blanks, Chinese, quotes and percent signs in paths",
  async (dest) => {
    const dir = "/srv/数据 it's 100%";
    const args = ["--install-dir", `${dir}/程序`, "--data-dir", `${dir}/data`];
    assertDone(await dest.install([...args, "--setup-crontab"]));
    const cron = await dest.read(CRON);
    assert(cron.includes(`'/srv/数据 it'\\''s 100\\%/程序/datahubsync' sync -c '`), cron);
    assert((await dest.read("/etc/logrotate.d/datahubsync")).includes(`"${dir}/程序/logs/`));
    assert((await dest.read(`${dir}/程序/config.yaml`)).includes(`local_dir: "${dir}/data/`));
    assert(await dest.has(`${dir}/data`));
    assertDone(await dest.install([...args, "--systemd"]));
    const service = await dest.read("/etc/systemd/system/datahubsync.service");
    assert(
      service.includes(`ExecStart=/usr/bin/env "/srv/数据 it's 100%%/程序/datahubsync" sync -c "`),
      service,
    );
    assert(service.includes(`ReadWritePaths="-${dir.replace("%", "%%")}/data"`), service);
    assertDone(await dest.install(["--uninstall", "--purge", "--install-dir", `${dir}/程序`]));
    assert.deepEqual(await listTree(dest.path), []);
  },
);

destTest(
  "--uninstall takes out what was put in and nothing else; --purge never takes data",
  async (dest) => {
    await dest.write("/etc/cron.d/other", "# theirs\n");
    await dest.write("/opt/other", "theirs\n");
    await dest.write("/var/spool/cron/crontabs/root", "0 1 * * * true\n");
    const before = await listTree(dest.path);
    assertDone(await dest.install(["--setup-crontab"]));
    await dest.write("/opt/datahubsync/.last_sync.json", "{}\n");
    await dest.write("/opt/datahubsync/logs/sync.log", "x\n");
    await dest.write("/opt/datahubsync/notes.txt", "mine\n");
    await dest.write("/data/stock-trading-data-pro/a.csv", "1\n");
    await dest.write("/opt/datahubsync/config.yaml", configText());
    const work = "/data/.stock-trading-data-pro.datahubsync";
    for (const name of ["lock", "manifest", "versions/1/a.csv"]) {
      await dest.write(`${work}/${name}`, "x");
    }
    assertDone(await dest.install(["--uninstall"]));
    assert.equal(await dest.has("/opt/datahubsync/datahubsync"), false);
    // What a later --purge has to know stays.
    assert.doesNotMatch(await dest.read("/opt/datahubsync/.installed"), /^(file|link)\t/m);
    for (const name of ["config.yaml", ".last_sync.json", "logs/sync.log", "notes.txt"]) {
      assert(await dest.has(`/opt/datahubsync/${name}`), name);
    }
    assert.deepEqual(await schedules(dest), []);
    assertDone(await dest.install(["--uninstall", "--purge"]));
    const left = (await listTree(dest.path)).map((line) => line.split(" ", 1)[0]);
    for (const line of before) assert(left.includes(line.split(" ", 1)[0]!), line);
    assert.deepEqual(
      left.filter((path) => /datahubsync|data/.test(path!) && !path!.endsWith("/")),
      [
        `${work}/versions/1/a.csv`,
        "/data/stock-trading-data-pro/a.csv",
        "/opt/datahubsync/notes.txt",
      ],
    );
  },
);

destTest("--uninstall directly after an install leaves the tree as it was", async (dest) => {
  for (const dir of ["/etc/cron.d", "/etc/logrotate.d", "/usr/local/bin"]) {
    await Deno.mkdir(dest.at(dir), { recursive: true });
  }
  const before = await listTree(dest.path);
  assertDone(await dest.install(["--setup-crontab"]));
  assertDone(await dest.install(["--systemd"]));
  assertDone(await dest.install(["--uninstall", "--purge"]));
  assert.deepEqual(await listTree(dest.path), before);
  const nothing = await dest.install(["--uninstall"]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.stderr, /nothing in \/opt\/datahubsync was installed by this script/);
});

destTest("--purge leaves a publish that was cut off", async (dest) => {
  assertDone(await dest.install([]));
  await dest.write("/opt/datahubsync/config.yaml", configText());
  const work = "/data/.stock-trading-data-pro.datahubsync";
  await dest.write(`${work}/journal`, "x");
  await dest.write(`${work}/staging/1`, "x");
  const purged = await dest.install(["--uninstall", "--purge"]);
  assertDone(purged);
  assert.match(purged.stderr, /unfinished publish/);
  assert(await dest.has(`${work}/staging/1`));
});

destTest(
  "install_client.sh undoes a step that fails and lets the earlier ones stand",
  async (dest) => {
    assertDone(await dest.install(["--systemd"]));
    // A folder where the file must go: the schedule can't be written, nor the other one taken out.
    await Deno.mkdir(dest.at(CRON), { recursive: true });
    const before = await listTree(dest.path, { times: true });
    const failed = await dest.install(["--setup-crontab"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /cron\.d\/datahubsync is a folder, a file was expected/);
    assert.match(failed.stderr, /"Schedule .*" failed/);
    // The config's step, before it, had a new example to write.
    const unchanged = (lines: string[]): string[] =>
      lines.filter((line) => !/config\.example|\.installed|^\/opt\/datahubsync\/ /.test(line));
    assert.deepEqual(unchanged(await listTree(dest.path, { times: true })), unchanged(before));
    assert(await dest.has("/etc/systemd/system/datahubsync.timer"));
  },
);

destTest(
  "a file that can't be replaced is undone, and nothing of the attempt is left",
  async (dest) => {
    assertDone(await dest.install([]));
    await dest.write(BINARY, "an older one");
    const before = await listTree(dest.path);
    // As on a disk that is full: the new program doesn't fit.
    const script = `${dest.path}/../bundle/install_client.sh`;
    const failed = await finish("bash", ["-c", `ulimit -f 4000; exec bash "${script}"`], {
      DESTDIR: dest.path,
    });
    assert.notEqual(failed.code, 0);
    assert.match(failed.stderr, /"Program .*" failed\.\n.*it is undone/);
    assert.deepEqual(await listTree(dest.path), before);
  },
);

destTest("a file where a folder has to be is named, and nothing is changed", async (dest) => {
  await dest.write("/usr/local/share", "");
  const failed = await dest.install([]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /: \/usr\/local\/share is a file, a folder was expected\nhint: move/);
  assert.equal(await dest.has("/opt/datahubsync/datahubsync"), false);
});

destTest("install_client.sh works in dash as it does in bash", async (dest) => {
  const trees: string[][] = [];
  for (const shell of ["bash", "dash"]) {
    const path = dest.at(shell);
    await Deno.mkdir(path);
    const script = `${dest.path}/../bundle/install_client.sh`;
    for (const args of [["--setup-crontab"], ["--systemd"]]) {
      assertDone(await finish(shell, [script, ...args], { DESTDIR: path }));
    }
    trees.push(await listTree(path, { skip: /\/datahubsync\/datahubsync$/ }));
  }
  assert.deepEqual(trees[1], trees[0]);
});
