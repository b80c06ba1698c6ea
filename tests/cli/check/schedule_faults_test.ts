/** `--check` against everything that can be wrong with the schedule and the last runs. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { historyPathFor } from "../../../src/monitoring/history.ts";
import { writeExecutable } from "../../support/executable.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";

/** A `crontab` that writes where `--check` looks, in place of the machine's. */
async function ownCrontab(place: Place): Promise<string> {
  const table = place.at("root", "var", "spool", "cron", "crontabs", "root");
  await writeExecutable(
    place.at("bin", "crontab"),
    `#!/bin/sh\nif [ "$1" = -l ]; then cat '${table}'; else cat >'${table}.new' && mv '${table}.new' '${table}'; fi\n`,
  );
  return table;
}

/** Puts the schedule into a timer instead. */
async function useTimer(place: Place, service: string): Promise<string> {
  await Deno.remove(place.cron);
  const units = place.at("root", "etc", "systemd", "system");
  await Deno.mkdir(`${units}/timers.target.wants`, { recursive: true });
  await Deno.writeTextFile(
    `${units}/datahubsync.timer`,
    "# Schedule: 15 8 * * *\n[Timer]\nOnCalendar=*-*-* 08:15:00\n",
  );
  await Deno.writeTextFile(`${units}/datahubsync.service`, `[Service]\nExecStart=${service}\n`);
  await Deno.symlink("../datahubsync.timer", `${units}/timers.target.wants/datahubsync.timer`);
  return units;
}

Deno.test("--check tells that there is no schedule; the remedy makes one", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  const table = await ownCrontab(place);
  await assertTold(place, {
    check: "schedule.present",
    verdict: "warning",
    message: /^nothing syncs by itself: there is no schedule of it in cron or systemd$/,
    remedy: `(crontab -l 2>/dev/null; echo '15 8 * * * ${place.program} sync --wait 30m ` +
      `-c ${place.config}') | crontab -`,
    mends: true,
  });
  assert.match(await Deno.readTextFile(table), /^15 8 \* \* \* \//);
});

Deno.test({
  name: "--check says how to look at a crontab that it may not read (needs another user than root)",
  ignore: Deno.uid() === 0,
  fn: async () => {
    await using place = await healthyPlace();
    await Deno.remove(place.cron);
    await Deno.chmod(place.at("root", "var", "spool", "cron", "crontabs"), 0o000);
    await assertTold(place, {
      check: "schedule.present",
      verdict: "warning",
      message:
        /^there is none in \/etc\/cron\.d or systemd, and your crontab can't be read from here$/,
      remedy: "crontab -l | grep datahubsync",
    });
    await Deno.chmod(place.at("root", "var", "spool", "cron", "crontabs"), 0o755);
  },
});

Deno.test("--check tells two schedules", async () => {
  await using place = await healthyPlace();
  const table = await ownCrontab(place);
  await Deno.writeTextFile(table, `@daily ${place.program} sync -c ${place.config}\n`);
  await assertTold(place, {
    check: "schedule.once",
    verdict: "warning",
    message: /^there are 2 schedules: .*\/cron\.d\/datahubsync:1, .*\/crontabs\/root:1$/,
    remedy: "one is enough: remove the others",
  });
});

Deno.test("--check tells a schedule that calls a program which isn't there", async () => {
  await using place = await healthyPlace();
  const old = place.at("old", "datahubsync");
  await Deno.writeTextFile(place.cron, `15 8 * * * root ${old} sync -c ${place.config}\n`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls .*\/old\/datahubsync, which isn't there$/,
    remedy: `write ${place.program} there, which is this program (${place.cron}:1)`,
  });
});

Deno.test("--check tells a schedule that calls a name which isn't in cron's PATH, and takes one that is", async () => {
  await using place = await healthyPlace();
  const line = `15 8 * * * root datahubsync sync -c ${place.config}\n`;
  await Deno.writeTextFile(place.cron, `PATH=${place.at("empty")}:/nowhere\n${line}`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls datahubsync, which isn't in its PATH \(.*\/empty:\/nowhere\)$/,
    remedy: `write ${place.program} there, which is this program (${place.cron}:2)`,
  });
  await Deno.writeTextFile(place.cron, `PATH="/nowhere:${place.at("bin")}"\n${line}`);
  assert.equal((await place.check()).code, 0);
});

Deno.test("--check tells a crontab's line that calls another program; the remedy asks that one", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  const table = await ownCrontab(place);
  const other = place.at("other dir", "datahubsync");
  await Deno.mkdir(place.at("other dir"));
  await Deno.copyFile(place.program, other);
  await Deno.writeTextFile(table, `15 8 * * * '${other}' sync -c ${place.config}\n`);
  const remedy = `'${other}' check -c ${place.config}`;
  await assertTold(place, {
    check: "schedule.program",
    verdict: "warning",
    message: /^it calls .*\/other dir\/datahubsync, not this program \(.*\/bin\/datahubsync\)$/,
    remedy,
  });
  await place.type(remedy);
  assert.equal(
    await Deno.readTextFile(table),
    `15 8 * * * '${other}' sync -c ${place.config}\n`,
  );
});

Deno.test("--check tells a program that can't be executed; the remedy makes it executable", async () => {
  await using place = await healthyPlace();
  await Deno.chmod(place.program, 0o644);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls .*\/datahubsync, which can't be executed$/,
    remedy: `chmod 755 ${place.program}`,
    mends: true,
  });
});

Deno.test("--check tells a schedule whose run will find no configuration", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 8 * * * root ${place.program} sync -c /old/config.yaml\n`,
  );
  await assertTold(place, {
    check: "schedule.config",
    verdict: "error",
    message:
      /^its run will find no configuration: expected a configuration file at --config \/old\/config\.yaml, found none$/,
    remedy: `name this one in ${place.cron}:1: -c ${place.config}`,
  });
});

Deno.test("--check leaves the schedule of another configuration alone, and adds one", async () => {
  await using place = await healthyPlace();
  const table = await ownCrontab(place);
  const other = place.at("other", "config.yaml");
  await Deno.mkdir(place.at("other"));
  await Deno.copyFile(place.config, other);
  const first = `15 8 * * * root cd ${place.at("other")} && ${place.program}\n`;
  await Deno.writeTextFile(place.cron, first);
  await assertTold(place, {
    check: "schedule.present",
    verdict: "warning",
    message: /^nothing syncs by itself/,
    remedy: /^\(crontab -l 2>\/dev\/null; echo /,
    mends: true,
  });
  assert.equal(await Deno.readTextFile(place.cron), first);
  assert.match(await Deno.readTextFile(table), /^15 8 \* \* \* \//);
  const { lines } = await place.check();
  const told = lines.find(({ check }) => check === "schedule.config");
  assert.equal(told?.verdict, "ok");
  assert.equal(told.message, `${place.cron}:1 syncs another configuration: ${other}`);
});

for (
  const [line, why] of [
    ["$(cat /etc/our-sync) datahubsync sync", "a program that only the shell can name"],
    ["eval datahubsync sync", "what `eval` does with it"],
    ["env -S 'datahubsync sync'", "`env -S`"],
    ["case $(date +\\%u) in 1) datahubsync;; esac", "a `case`"],
    ["datahubsync sync -c $CONFIG", "a word that only the shell knows"],
    ["cd $DATA && ./datahubsync", "the folder that it is called in"],
    ["sh -c 'datahubsync sync", "a quote that isn't closed"],
    ["cd / && bash -lc datahubsync", "which configuration it finds"],
  ]
) {
  Deno.test(`--check doesn't understand \`${line}\`, says so, and proposes nothing`, async () => {
    await using place = await healthyPlace();
    await Deno.writeTextFile(place.cron, `0 7 * * * root true\n15 8 * * * root ${line}\n`);
    const { code, lines } = await place.check();
    assert.equal(code, 0);
    const told = lines.filter(({ check, verdict }) =>
      verdict !== "ok" || check === "schedule.present"
    );
    assert.deepEqual(told, [{
      check: "schedule.unclear",
      verdict: "warning",
      dataset: null,
      message: `${place.cron}:2 isn't understood here (${why}): whether it syncs this isn't known`,
      remedy: null,
    }]);
  });
}

Deno.test("--check doesn't understand a job of another shell than a POSIX one", async () => {
  await using place = await healthyPlace();
  const text = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, `SHELL=/usr/bin/fish\n${text}`);
  const { lines } = await place.check();
  const told = lines.find((line) =>
    line.check === "schedule.unclear" && line.verdict === "warning"
  );
  assert.match(
    told?.message ?? "",
    /datahubsync:2 isn't understood here \(SHELL=\/usr\/bin\/fish\)/,
  );
  assert.equal(told?.remedy, null);
});

Deno.test("--check tells a cron file that cron passes by for its mode; the remedy sets it", async () => {
  await using place = await healthyPlace();
  await Deno.chmod(place.cron, 0o666);
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message:
      /^cron passes .* by: it must be root's, and writable for root only \(its mode is 666\)$/,
    remedy: new RegExp(`^chmod 644 ${place.cron}`),
    mends: Deno.uid() === 0,
  });
});

Deno.test({
  name: "--check tells a cron file that isn't root's either; the remedy gives it back (needs root)",
  ignore: Deno.uid() !== 0,
  fn: async () => {
    await using place = await healthyPlace();
    await Deno.chmod(place.cron, 0o666);
    await Deno.chown(place.cron, 65534, 65534);
    await assertTold(place, {
      check: "schedule.readable",
      verdict: "error",
      message: /its mode is 666\)$/,
      remedy: `chmod 644 ${place.cron} && chown root: ${place.cron}`,
      mends: true,
    });
    assert.equal((await Deno.stat(place.cron)).uid, 0);
  },
});

Deno.test("--check tells a cron file without its last newline; the remedy adds it", async () => {
  await using place = await healthyPlace();
  const text = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, text.trimEnd());
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /^cron passes the last line of .* by: it doesn't end in a newline$/,
    remedy: `echo >> ${place.cron}`,
    mends: true,
  });
  await place.becomeUser(1000);
  await Deno.writeTextFile(place.cron, (await Deno.readTextFile(place.cron)).trimEnd());
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /doesn't end in a newline$/,
    remedy: "add a newline to its end",
  });
});

Deno.test("--check tells a time that cron can't read", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 88 * * * root ${place.program} sync -c ${place.config}\n`,
  );
  await assertTold(place, {
    check: "schedule.next",
    verdict: "error",
    message:
      /^cron can't read its time "15 88 \* \* \*": "88" is not an hour: 0 to 23 was expected$/,
    remedy: `correct it in ${place.cron}:1, to for example: 15 8 * * *`,
  });
});

Deno.test("--check tells a time that never comes", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 8 31 2 * root ${place.program} sync -c ${place.config}\n`,
  );
  await assertTold(place, {
    check: "schedule.next",
    verdict: "error",
    message: /^its time "15 8 31 2 \*" never comes: no month has such a day$/,
    remedy: `correct it in ${place.cron}:1, to for example: 15 8 * * *`,
  });
});

Deno.test("--check tells a field for seconds as one too many", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `0 15 8 * * * root ${place.program} sync -c ${place.config}\n`,
  );
  const { lines } = await place.check();
  const told = lines.find(({ check, verdict }) => check === "schedule.next" && verdict === "error");
  assert.match(
    told?.message ?? "",
    /^cron can't read its time "0 15 8 \* \* \*": expected five fields .*no fields for seconds/,
  );
});

Deno.test("--check says of a time that each cron reads its own way that it isn't understood", async () => {
  await using place = await healthyPlace();
  for (const [spec, says] of [["15 8 * * 5#2", "nth weekday"], ["0 22-2 * * *", "a range runs"]]) {
    await Deno.writeTextFile(
      place.cron,
      `${spec} root ${place.program} sync -c ${place.config}\n`,
    );
    const { code, lines } = await place.check();
    assert.equal(code, 0);
    const told = lines.find(({ check, verdict }) =>
      check === "schedule.next" && verdict === "warning"
    );
    assert(told !== undefined);
    assert(told.message.startsWith(`its time "${spec}" isn't understood here: `), told.message);
    assert(told.message.includes(says!), told.message);
    assert.equal(told.remedy, null);
  }
});

Deno.test("--check says that CRON_TZ means a time to one cron and nothing to another", async () => {
  await using place = await healthyPlace();
  const text = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, `CRON_TZ=Pacific/Kiritimati\n${text}`);
  const { code, lines } = await place.check();
  assert.equal(code, 0);
  const told = lines.find((line) => line.check === "schedule.next" && line.verdict === "warning");
  assert.equal(
    told?.message,
    "its time is read in Pacific/Kiritimati (CRON_TZ) by cronie, and in this machine's zone by " +
      "Debian's cron: when it runs next isn't known here",
  );
  assert.equal(told.remedy, null);
});

Deno.test("--check tells that no cron daemon runs", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.at("root", "run", "crond.pid"));
  await assertTold(place, {
    check: "schedule.daemon",
    verdict: "warning",
    message: /^no cron daemon seems to run$/,
    remedy: "service cron start",
  });
});

Deno.test("--check reads a systemd timer, and tells one that isn't enabled", async () => {
  await using place = await healthyPlace();
  const units = await useTimer(place, `"${place.program}" sync -c "${place.config}"`);
  assert.deepEqual((await place.check()).lines.filter(({ verdict }) => verdict !== "ok"), []);
  await Deno.remove(`${units}/timers.target.wants/datahubsync.timer`);
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /^systemd has the timer, but it isn't enabled$/,
    remedy: "let systemd start it: systemctl enable --now datahubsync.timer",
  });
});

Deno.test("--check tells a service that calls a program which isn't there", async () => {
  await using place = await healthyPlace();
  const units = await useTimer(place, `/gone/datahubsync sync -c ${place.config}`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls \/gone\/datahubsync, which isn't there$/,
    remedy: `write ${place.program} there, which is this program (${units}/datahubsync.service)`,
  });
});

Deno.test("--check tells a service that calls something else", async () => {
  await using place = await healthyPlace();
  const units = await useTimer(place, "/bin/true");
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: new RegExp(`^${units}/datahubsync\\.service doesn't call datahubsync$`),
    remedy: "run install_client.sh --systemd again",
  });
});

Deno.test("--check says how to ask systemd for a next run that only it knows", async () => {
  await using place = await healthyPlace();
  const units = await useTimer(place, `${place.program} sync -c ${place.config}`);
  await Deno.writeTextFile(`${units}/datahubsync.timer`, "[Timer]\nOnCalendar=daily\n");
  await assertTold(place, {
    check: "schedule.next",
    verdict: "warning",
    message: /^when it runs next only systemd knows$/,
    remedy: "ask it: systemctl list-timers datahubsync.timer",
  });
});

Deno.test("--check tells how the last run failed, with the hint it gave", async () => {
  await using place = await healthyPlace();
  const record = {
    v: 1,
    at: new Date(Date.now() - 3 * 3600_000).toISOString(),
    dataset: place.name,
    outcome: "extract_failed",
    success: false,
    error: "No room",
    hint: "free some room",
  };
  await Deno.writeTextFile(historyPathFor(place.config), `${JSON.stringify(record)}\n`);
  await assertTold(place, {
    check: "schedule.last",
    verdict: "warning",
    message: /: last run 3 h ago: extract_failed: No room$/,
    remedy: `free some room; then: ${place.program} sync -d ${place.name} -c ${place.config}`,
  });
});

Deno.test("--check tells a history that can't be read; the remedy moves away what is in its place", async () => {
  await using place = await healthyPlace();
  const history = historyPathFor(place.config);
  const folder = dirname(history);
  await Deno.remove(history);
  await Deno.mkdir(history);
  const expected = {
    check: "schedule.last",
    verdict: "error",
    message: /^Can't read the history \(.*\/history\.jsonl\): a folder is where a file should be$/,
    remedy: `mv ${history} ${history}.old`,
  } as const;
  await assertTold(place, expected);
  await place.type(expected.remedy);
  const assertRead = async (): Promise<void> => {
    const { lines } = await place.check();
    const told = lines.find(({ check }) => check === "schedule.last");
    assert.equal(told?.verdict, "ok");
    assert.match(told.message, /: no run of it is in the history yet$/);
  };
  await assertRead();
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "");
  const above = {
    ...expected,
    message: /^Can't read the history \(.*\/history\.jsonl\): a file is where a folder should be$/,
    remedy: `mv ${folder} ${folder}.old`,
  };
  await assertTold(place, above);
  await place.type(above.remedy);
  await assertRead();
});

Deno.test("--check tells a scheduled run that has left no trace", async () => {
  await using place = await healthyPlace();
  const long = new Date(Date.now() - 3 * 86_400_000);
  const record = { v: 1, at: long.toISOString(), dataset: place.name, outcome: "success" };
  await Deno.writeTextFile(historyPathFor(place.config), `${JSON.stringify(record)}\n`);
  await Deno.utime(place.cron, long, long);
  await assertTold(place, {
    check: "schedule.last",
    verdict: "warning",
    message: /^the run that was due at \d{4}-\d\d-\d\dT08:15:00\S* has left no trace$/,
    remedy:
      "see whether cron called it: journalctl -t CRON --since today, or: grep CRON /var/log/syslog | tail",
  });
  const units = await useTimer(place, `${place.program} sync -c ${place.config}`);
  await Deno.utime(`${units}/datahubsync.timer`, long, long);
  await assertTold(place, {
    check: "schedule.last",
    verdict: "warning",
    message: /^the run that was due at \d{4}-\d\d-\d\dT08:15:00\S* has left no trace$/,
    remedy: "see whether systemd called it: journalctl -u datahubsync.service --since today",
  });
});

Deno.test("--check tells a variable that the scheduled run won't have", async () => {
  await using place = await healthyPlace();
  await place.edit(
    "hub:\n",
    "hub:\n  # ${DATAHUBSYNC_SECRET_1}\n  token: ${DATAHUBSYNC_SECRET_4}\n",
  );
  Deno.env.set("DATAHUBSYNC_SECRET_4", "abc-def");
  try {
    await assertTold(place, {
      check: "schedule.environment",
      verdict: "error",
      message: /^the scheduled run won't have DATAHUBSYNC_SECRET_4, which the configuration names$/,
      remedy: `add a line DATAHUBSYNC_SECRET_4=… above it in ${place.cron}, ` +
        "and let only root read the file (mode 600)",
    });
    const text = await Deno.readTextFile(place.cron);
    await Deno.writeTextFile(place.cron, `${text}DATAHUBSYNC_SECRET_4=abc-def\n`);
    assert.equal((await place.check()).code, 3, "it holds for the lines below it only");
    await Deno.writeTextFile(place.cron, `DATAHUBSYNC_SECRET_4=abc-def\n${text}`);
    assert.equal((await place.check()).code, 0);
    const units = await useTimer(place, `${place.program} sync -c ${place.config}`);
    await assertTold(place, {
      check: "schedule.environment",
      verdict: "error",
      message: /^the scheduled run won't have DATAHUBSYNC_SECRET_4/,
      remedy: "systemctl edit datahubsync.service, with: [Service] and below it " +
        "Environment=DATAHUBSYNC_SECRET_4=…",
    });
    await Deno.mkdir(`${units}/datahubsync.service.d`);
    await Deno.writeTextFile(
      `${units}/datahubsync.service.d/override.conf`,
      '[Service]\nEnvironment="DATAHUBSYNC_SECRET_4=abc-def"\n',
    );
    assert.equal((await place.check()).code, 0);
  } finally {
    Deno.env.delete("DATAHUBSYNC_SECRET_4");
  }
});

Deno.test("--check tells a proxy that the scheduled run won't have, and knows where cron finds one", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  const table = await ownCrontab(place);
  const line = `15 8 * * * ${place.program} sync -c ${place.config}\n`;
  await Deno.writeTextFile(table, line);
  place.variables.set("http_proxy", place.hub.url);
  await assertTold(place, {
    check: "schedule.environment",
    verdict: "warning",
    message: /^the scheduled run won't have http_proxy, which sets the proxy here$/,
    remedy: "add a line http_proxy=… above it, with: crontab -e",
  });
  const fine = async (): Promise<void> => {
    const { lines } = await place.check();
    assert.deepEqual(lines.filter(({ check }) => check === "schedule.environment"), []);
  };
  for (
    const found of [
      `http_proxy=${place.hub.url}\n${line}`,
      line.replace(place.program, `env http_proxy=${place.hub.url} ${place.program}`),
      line.replace(place.program, `http_proxy=${place.hub.url} ${place.program}`),
      line.replace(place.program, `. /etc/our-proxy && ${place.program}`),
    ]
  ) {
    await Deno.writeTextFile(table, found);
    await fine();
  }
  await Deno.writeTextFile(table, line);
  await Deno.writeTextFile(
    place.at("root", "etc", "environment"),
    `http_proxy="${place.hub.url}"\n`,
  );
  await fine();
});

Deno.test("--check of somebody else's schedule begins with that, and proposes nothing else", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.cron, `15 8 * * * bob ${place.program} sync -c ${place.config}\n`);
  await Deno.remove(place.at("root", "run", "crond.pid"));
  place.hub.hub.removeDataset(place.name);
  const { code, lines } = await place.check();
  assert.equal(code, 3);
  assert.deepEqual(lines[0], {
    check: "schedule.user",
    verdict: "warning",
    dataset: null,
    message: "the schedule runs as bob, but this check ran as root: what bob may read and write " +
      "isn't seen here",
    remedy: `runuser -u bob -- ${place.program} check -c ${place.config}`,
  });
  assert.deepEqual(lines.slice(1).filter(({ remedy }) => remedy !== null), []);
  const terminal = fakeTerminal();
  await checkCommand({ config: place.config }, terminal, place.machine);
  assert.match(terminal.stdout(), /^Schedule\n {2}! the schedule runs as bob, .*\n {4}→ runuser/);
  assert.equal(terminal.stdout().match(/→/g)?.length, 1);
});

Deno.test("--check tells a command after the sync that isn't there", async () => {
  await using place = await healthyPlace();
  const changes = `${place.program} changes -c ${place.config}`;
  const line = `15 8 * * * root ${place.program} sync -c ${place.config} --changes; ` +
    `N=$(${changes} --last) && { test -z "$N" || { sh -c '/no/such/load --all' && ` +
    `${changes} --done "$N"; }; }\n`;
  await Deno.writeTextFile(place.cron, line);
  await assertTold(place, {
    check: "schedule.then",
    verdict: "error",
    message: /^after a sync it runs \/no\/such\/load, which isn't there$/,
    remedy: `put it there, or correct it in ${place.cron}:1`,
  });
});

/** A history in which new data came at that time of the hub's day, with a week of runs. */
async function dataAt(place: Place, time: string): Promise<void> {
  const lines = Array.from({ length: 7 }, (_, index) => {
    const day = new Date(Date.now() - (7 - index) * 86_400_000).toISOString();
    const version = `${day.slice(0, 10)}T${time}:00`;
    return JSON.stringify({
      v: 1,
      at: index === 6 ? new Date().toISOString() : day,
      dataset: place.name,
      outcome: "success",
      success: true,
      version,
    });
  });
  await Deno.writeTextFile(historyPathFor(place.config), `${lines.join("\n")}\n`);
}

Deno.test("--check proposes a better time where new data waits for a run; the remedy mends it", async () => {
  await using place = await healthyPlace();
  // Six hours after cron's 8:15, whatever zone this machine is in; the hub is in Shanghai.
  const local = new Date();
  local.setHours(14, 15, 0, 0);
  const time = new Date(local.getTime() + 8 * 3600_000).toISOString().slice(11, 16);
  await dataAt(place, time);
  const { lines } = await place.check();
  const line = lines.find(({ check, verdict }) =>
    check === "schedule.time" && verdict === "warning"
  );
  assert.ok(line !== undefined);
  const said =
    /usually has new data at (\d\d:\d\d) \(Asia\/Shanghai\); the next run after it comes 1\d h.* later$/;
  assert.equal(said.exec(line.message)?.[1], time, line.message);
  const spec = /^write (\d+ \d+ \* \* \*) as the time in /.exec(line.remedy!)![1]!;
  const before = await Deno.readTextFile(place.cron);
  await Deno.writeTextFile(place.cron, before.replace("15 8 * * *", spec));
  const after = (await place.check()).lines.filter(({ check }) => check === "schedule.time");
  assert.deepEqual(after, []);
  await Deno.writeTextFile(place.cron, before.replace("15 8 * * *", "0 * * * *"));
  const hourly = (await place.check()).lines.filter(({ check }) => check === "schedule.time");
  assert.deepEqual(hourly, []);
});
