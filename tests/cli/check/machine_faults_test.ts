/** `--check` against what can be wrong on this machine; most remedies are typed, and mend it. */

import assert from "node:assert/strict";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { syncCommand } from "../../../src/cli/sync/sync_command.ts";
import { parseConfig } from "../../../src/config/load_config.ts";
import { contentOf } from "../../../src/demo/csv_rows.ts";
import { freeSpace } from "../../../src/fs/space.ts";
import { resolveLayout } from "../../../src/store/layout.ts";
import { acquireLock } from "../../../src/store/lock.ts";
import { writeJournal } from "../../../src/store/journal.ts";
import { Manifest } from "../../../src/store/manifest.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { canMount, mount } from "../../support/mounts.ts";
import { assertTold, healthyPlace, type Line, type Place } from "./healthy_place.ts";
import { dirname, join } from "node:path";

const sync = (place: Place, words = "sync"): string =>
  `${place.program} ${words} -d ${place.name} -c ${place.config}`;
const work = (place: Place): string => place.at("data", ".pro.datahubsync");

Deno.test("--check tells a program that is gone", async () => {
  await using place = await healthyPlace();
  place.machine.execPath = place.at("gone", "datahubsync");
  await assertTold(place, {
    check: "program.mode",
    verdict: "error",
    message: /\/gone\/datahubsync can't be looked at: /,
    remedy: "put the binary of a release in its place",
  });
});

Deno.test("--check tells a check that broke, and goes on with the others", async () => {
  await using place = await healthyPlace();
  const { env } = place.machine;
  place.machine.env = (name) => {
    if (name === "DENO_TLS_CA_STORE") throw new Deno.errors.NotCapable("no right to read it");
    return env(name);
  };
  await assertTold(place, {
    check: "network.proxy",
    verdict: "error",
    message: /^this couldn't be checked: no right to read it$/,
    remedy: /^$/,
  });
});

Deno.test("--check tells a program with rights that a release doesn't have", async () => {
  await using place = await healthyPlace();
  place.machine.excessRights = ["run programs"];
  await assertTold(place, {
    check: "program.rights",
    verdict: "warning",
    message: /^it may run programs, which a release may not$/,
    remedy: "put the binary of a release in its place",
  });
});

Deno.test("--check tells a secret that every user may read", async () => {
  await using place = await healthyPlace();
  await place.edit("hub:\n", "hub:\n  token: abc-def\n");
  await Deno.chmod(place.config, 0o644);
  await assertTold(place, {
    check: "config.mode",
    verdict: "warning",
    message: /^it holds a secret, and its mode 644 lets every user of this machine read it$/,
    remedy: `chmod 640 ${place.config}`,
    mends: true,
  });
});

Deno.test("--check says that a file with a secret keeps it", async () => {
  await using place = await healthyPlace();
  const token = join(dirname(place.config), "token");
  await Deno.writeTextFile(token, "abc-def\n", { mode: 0o600 });
  await place.edit("hub:\n", "hub:\n  token_file: token\n");
  const seen = async (): Promise<string[]> =>
    (await place.check()).lines.filter(({ check }) => check === "config.mode")
      .map(({ verdict, message }) => `${verdict} ${message}`);
  assert.deepEqual(await seen(), [`ok ${token} holds a secret, and its mode 600 keeps it`]);
});

Deno.test("--check tells a calendar that ends soon", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    join(dirname(place.config), "days.txt"),
    "days off\n2020-01-01\n2020-10-01\n",
  );
  await place.edit(/( {4}local_dir: .*\n)/, "$1    max_age: {hours: 8000, calendar: days.txt}\n");
  await assertTold(place, {
    check: "config.calendar",
    verdict: "warning",
    message: /^the calendar .*days\.txt ended on 2020-12-31: after that every weekday counts/,
    remedy: "put a newer file in its place; docs/monitoring.md says where to get one",
  });
});

Deno.test("--check says to correct a calendar, not the configuration, where that can't be read", async () => {
  await using place = await healthyPlace();
  const days = join(dirname(place.config), "days.txt");
  await Deno.writeTextFile(days, "days off\n2026-13-01\n");
  await place.edit(/( {4}local_dir: .*\n)/, "$1    max_age: {hours: 8000, calendar: days.txt}\n");
  await assertTold(place, {
    check: "config.calendar",
    verdict: "warning",
    message:
      /days\.txt can't be used, .*line 2: expected a day such as 2026-10-01, found "2026-13-01"$/,
    remedy: `correct that file, or its path in ${place.config}; ` +
      "docs/monitoring.md says what a calendar holds",
  });
});

Deno.test("--check tells a file where the folder should be", async () => {
  await using place = await healthyPlace();
  await Deno.rename(place.data, place.at("data", "aside"));
  await Deno.writeTextFile(place.data, "");
  await assertTold(place, {
    check: "folder.there",
    verdict: "error",
    message: /: .*\/data\/pro is a file, not a folder$/,
    remedy: `mv ${place.data} ${place.data}.old`,
    mends: true,
  });
});

Deno.test("--check tells a file above the folder", async () => {
  await using place = await healthyPlace({ synced: false });
  await place.edit("./data/pro", "./data/deeper/pro");
  await Deno.writeTextFile(place.at("data"), "");
  await assertTold(place, {
    check: "folder.there",
    verdict: "error",
    message: /\/data is a file, not a folder$/,
    remedy: `mv ${place.at("data")} ${place.at("data")}.old`,
    mends: true,
  });
});

Deno.test("--check tells another run that is syncing it", async () => {
  await using place = await healthyPlace();
  const layout = await resolveLayout(place.data);
  using _lock = await acquireLock(layout.lock, { clock: Date.now, hostname: "here", pid: 4711 });
  await assertTold(place, {
    check: "folder.locks",
    verdict: "warning",
    message: /: another run is syncing it now: process 4711 on here$/,
    remedy: "see it: ps -fp 4711",
  });
});

Deno.test("--check tells another run that hasn't said its name", async () => {
  await using place = await healthyPlace();
  const layout = await resolveLayout(place.data);
  await Deno.writeTextFile(layout.lock, "");
  using file = await Deno.open(layout.lock, { read: true, write: true });
  await file.lock(true);
  await assertTold(place, {
    check: "folder.locks",
    verdict: "warning",
    message: /: another run is syncing it now$/,
    remedy: `see whose it is: fuser -v ${layout.lock}`,
  });
});

Deno.test("--check tells a file system that doesn't honour locks", async () => {
  await using place = await healthyPlace();
  place.machine.tryLock = () => Promise.resolve(true);
  await assertTold(place, {
    check: "folder.locks",
    verdict: "warning",
    message: /: locks aren't honoured there: two machines could sync it at once$/,
    remedy: "let one machine sync this folder; which file system it is: stat -f -c %T " +
      place.data,
  });
});

Deno.test("--check tells a publish that was cut off; syncing finishes it", async () => {
  await using place = await healthyPlace();
  const layout = await resolveLayout(place.data);
  await writeJournal(layout, { kind: "publish", moves: [], deletes: [] }, { durable: false });
  await assertTold(place, {
    check: "folder.journal",
    verdict: "warning",
    message: /: a publish was cut off; the next sync finishes it$/,
    remedy: sync(place),
    mends: true,
  });
});

Deno.test("--check tells a plain folder where the configuration wants a snapshot, and back", async () => {
  await using place = await healthyPlace();
  await place.edit("    local_dir", "    publish: snapshot\n    local_dir");
  await assertTold(place, {
    check: "folder.publish",
    verdict: "error",
    message: /: publish is snapshot, but the folder is a plain one with files in it$/,
    remedy: `${place.program} convert ${place.name} --to snapshot -c ${place.config}`,
    mends: true,
  });
  await place.edit("publish: snapshot", "publish: files");
  await assertTold(place, {
    check: "folder.publish",
    verdict: "warning",
    message: /: publish is files, but the folder is a link to a snapshot$/,
    remedy: `${place.program} convert ${place.name} --to files -c ${place.config}`,
    mends: true,
  });
});

Deno.test({
  name: "--check tells a local_dir that is a file system of its own (needs the right to mount)",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    using _mount = mount("tmpfs", "size=8m,mode=755", place.data);
    const expected = {
      check: "folder.work",
      verdict: "warning",
      message:
        /: its work folder has to lie inside it \(.*\), where recursive readers meet it: .*\/pro is a file system of its own$/,
      remedy:
        `set local_dir to a folder in it in ${place.config}: local_dir: ${place.data}/${place.name}`,
    } as const;
    await assertTold(place, expected);
    await place.edit("    local_dir", "    publish: snapshot\n    local_dir");
    await assertTold(place, { ...expected, verdict: "error" });
    await place.edit("./data/pro", `./data/pro/${place.name}`);
    const again = (await place.check()).lines.find(({ check }) => check === "folder.work");
    assert.equal(again?.verdict, "ok");
  },
});

Deno.test({
  name:
    "--check tells a disk with too little room, and with too few inodes (needs the right to mount)",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    {
      using _mount = mount("tmpfs", "size=512k,mode=755", place.at("data"));
      await assertTold(place, {
        check: "folder.space",
        verdict: "error",
        message:
          /: not enough room: a full sync needs \d+ kB \(a publish of all files \d+ kB\), \d+ kB are free$/,
        remedy: `free some room, or move the data to a larger disk: df -h ${place.at("data")}`,
      });
    }
    using _mount = mount("tmpfs", "size=8m,nr_inodes=20", place.at("data"));
    await assertTold(place, {
      check: "folder.inodes",
      verdict: "error",
      message: /: not enough inodes: a full sync makes 56 files, \d+ inodes are free$/,
      remedy: `remove files that nobody needs, or move local_dir: df -i ${place.at("data")}`,
    });
  },
});

Deno.test({
  name: "--check only warns of a disk with room for updates alone (needs the right to mount)",
  ignore: !canMount("tmpfs"),
  fn: async () => {
    await using place = await healthyPlace({ synced: false });
    const disk = place.at("data");
    using _mount = mount("tmpfs", "size=8m", disk);
    assert.equal(await syncCommand({ config: place.config }, fakeTerminal()), 0);
    const content = place.hub.dataset.files.reduce(
      (sum, file) => sum + contentOf(file).length,
      0,
    );
    // All files fit once more, but not the package as well.
    const left = content + place.hub.package.length / 2;
    const ballast = (await freeSpace(disk)).bytes - Math.round(left);
    await Deno.writeFile(join(disk, "ballast"), new Uint8Array(ballast));
    await assertTold(place, {
      check: "folder.space",
      verdict: "warning",
      message:
        /: not enough room: a full sync needs \d+ kB \(a publish of all files \d+ kB\), \d+ kB are free$/,
      remedy: `free some room, or move the data to a larger disk: df -h ${disk}`,
    });
    await Deno.remove(join(disk, "ballast"));
    assert.deepEqual((await place.check()).lines.filter(({ verdict }) => verdict === "error"), []);
    const again = (await place.check()).lines.find(({ check }) => check === "folder.space");
    assert.equal(again?.verdict, "ok");
  },
});

Deno.test("--check tells a state that can't be read; the remedy puts it aside", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.state, "{broken");
  await assertTold(place, {
    check: "state.readable",
    verdict: "error",
    message: /^The state .*\.last_sync\.json can't be read: found no JSON$/,
    remedy: `mv ${place.state} ${place.state}.bad`,
    mends: true,
  });
});

Deno.test("--check tells a folder where the state should be; the remedy moves it away", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.state);
  await Deno.mkdir(place.state);
  await assertTold(place, {
    check: "state.readable",
    verdict: "error",
    message: /^Can't read the state \(.*\.last_sync\.json\): a folder is where a file should be$/,
    remedy: `mv ${place.state} ${place.state}.bad`,
    mends: true,
  });
});

Deno.test("--check tells a state that lies behind a link which leads to itself", async () => {
  await using place = await healthyPlace();
  const loop = place.at("loop");
  await Deno.symlink(loop, loop);
  const terminal = fakeTerminal();
  const options = { config: place.config, state: `${loop}/state.json`, json: true };
  assert.equal(await checkCommand(options, terminal, place.machine), 3);
  const { checks }: { checks: Line[] } = JSON.parse(terminal.stdout());
  const told = checks.filter((line) => line.check.startsWith("state.") && line.verdict === "error");
  assert.match(told[0]!.message, /^Can't read the state \(.*\/state\.json\): Too many levels/);
  assert.match(told[1]!.message, /^it can't be written: Can't look at the folder \(.*\/loop\): /);
  assert.deepEqual(told.map(({ check, remedy }) => [check, remedy]), [
    ["state.readable", `ls -ld ${loop}/state.json`],
    ["state.writable", `ls -ld ${loop}`],
  ]);
});

Deno.test("--check tells a recorded version whose files are gone; syncing mends it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.data, { recursive: true });
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-05T20:15:00 is recorded, but .*\/data\/pro has no files$/,
    remedy: sync(place),
    mends: true,
  });
});

Deno.test("--check tells settings that leave nothing of a package; no sync would", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.data, { recursive: true });
  await place.edit(/local_dir: .*\n/, "$&    include: ['*.CVS']\n");
  assert.equal(await syncCommand({ config: place.config, force: true }, fakeTerminal()), 0);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message:
      /: 2026-01-05T20:15:00 is recorded, and no file of it: the package was empty, or include and exclude leave nothing of it$/,
    remedy: `look at include and exclude of ${place.name} in ${place.config}`,
  });
});

Deno.test("--check tells a version that another program recorded; a forced sync mends it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(`${work(place)}/manifest`);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: .* is recorded by another program: the next change reads all files once$/,
    remedy: `${place.program} sync --force -d ${place.name} -c ${place.config}`,
    mends: true,
  });
});

Deno.test("--check tells files without a version; a forced sync mends it", async () => {
  await using place = await healthyPlace();
  const layout = await resolveLayout(place.data);
  const manifest = await Manifest.load(layout.manifest);
  assert(manifest !== undefined);
  manifest.version = null;
  await manifest.save(layout.manifest);
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-05T20:15:00 is recorded, but the files are of no version$/,
    remedy: sync(place, "sync --force"),
    mends: true,
  });
});

Deno.test("--check tells a damaged manifest; a forced sync mends it", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(`${work(place)}/manifest`, "garbage");
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: The manifest .* is damaged/,
    remedy: sync(place, "sync --force"),
    mends: true,
  });
});

Deno.test("--check tells a manifest of a newer program", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(`${work(place)}/manifest`, '{"format":99,"x":1}');
  await assertTold(place, {
    check: "state.manifest",
    verdict: "error",
    message: /has format version 99; this program reads up to \d+$/,
    remedy: "it was written by a newer datahubsync: use that one, or remove the file to start over",
  });
});

Deno.test("--check tells a state that isn't in step with the files; a forced sync mends it", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.state, JSON.stringify({ [place.name]: "2026-01-04T20:15:00" }));
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: 2026-01-04T20:15:00 is recorded, but the files are of 2026-01-05T20:15:00$/,
    remedy: sync(place, "sync --force"),
    mends: true,
  });
});

Deno.test("--check tells files that are missing or changed; verify --repair mends it", async () => {
  await using place = await healthyPlace();
  const [one, two] = [...Deno.readDirSync(place.data)].map(({ name }) => name);
  await Deno.remove(`${place.data}/${one}`);
  await Deno.writeTextFile(`${place.data}/${two}`, "x");
  await assertTold(place, {
    check: "state.manifest",
    verdict: "warning",
    message: /: of its 56 files 1 are missing and 1 have been changed here$/,
    remedy: `${place.program} verify ${place.name} --repair -c ${place.config}`,
    mends: true,
  });
});

Deno.test("--check tells a configuration without a log", async () => {
  await using place = await healthyPlace();
  await place.edit(/logging:[^]*$/, "");
  await assertTold(place, {
    check: "log.writable",
    verdict: "warning",
    message: /^there is no log file: what a scheduled run does is written nowhere$/,
    remedy: `set logging.file in ${place.config}: file: ./logs/sync.log`,
  });
});

Deno.test("--check tells a folder where the log should be; the remedy moves it away", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.log);
  await Deno.mkdir(place.log);
  await assertTold(place, {
    check: "log.writable",
    verdict: "error",
    message: /sync\.log is a folder$/,
    remedy: `mv ${place.log} ${place.log}.old`,
    mends: true,
  });
});

Deno.test("--check tells a log that nobody rotates; the remedy has logrotate do it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.at("root", "etc", "logrotate.d", "datahubsync"));
  await assertTold(place, {
    check: "log.rotated",
    verdict: "warning",
    message: /^nobody rotates it, and it has \d+ B$/,
    remedy:
      `printf '"%s" {\\n  weekly\\n  rotate 8\\n  compress\\n  delaycompress\\n  missingok\\n` +
      `  notifempty\\n}\\n' ${place.log} > ${
        place.at("root", "etc", "logrotate.d", "datahubsync")
      }`,
    mends: true,
  });
  assert.equal(
    await Deno.readTextFile(place.at("root", "etc", "logrotate.d", "datahubsync")),
    `"${place.log}" {\n  weekly\n  rotate 8\n  compress\n  delaycompress\n  missingok\n  notifempty\n}\n`,
  );
});

Deno.test("--check takes a log that is kept nowhere as it is", async () => {
  await using place = await healthyPlace();
  await place.edit("./logs/sync.log", "/dev/stdout");
  const { lines } = await place.check();
  const log = lines.filter(({ check }) => check.startsWith("log."));
  assert.deepEqual(log.map(({ verdict, message }) => [verdict, message]), [
    ["ok", "it goes to /dev/stdout, where nothing is kept"],
  ]);
});

Deno.test("--check takes patterns of logrotate and logging.max_size for rotation", async () => {
  await using place = await healthyPlace();
  const rules = place.at("root", "etc", "logrotate.d", "datahubsync");
  const verdict = async () =>
    (await place.check()).lines.find(({ check }) => check === "log.rotated")?.verdict;
  await Deno.writeTextFile(rules, `# "${place.log}"\n${place.at("logs")}/*.log /x {\n daily\n}\n`);
  assert.equal(await verdict(), "ok");
  await Deno.writeTextFile(rules, `# "${place.log}"\n/x {\n daily\n}\n`);
  assert.equal(await verdict(), "warning");
  await place.becomeUser(1000);
  await assertTold(place, {
    check: "log.rotated",
    verdict: "warning",
    message: /^nobody rotates it, and it has \d+ B$/,
    remedy: `set logging.max_size in ${place.config}: max_size: 10MB`,
  });
  await place.edit(/$/, "  max_size: 10MB\n");
  parseConfig(await Deno.readTextFile(place.config), { path: place.config, env: () => undefined });
  const ours = (await place.check()).lines.find(({ check }) => check === "log.rotated");
  assert.deepEqual([ours?.verdict, ours?.message], ["ok", "we rotate it at 10 MB and keep 5"]);
});
