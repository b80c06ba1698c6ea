/** `--check` against everything that can be wrong with the schedule and the last runs. */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { readCronLine } from "../../../src/cli/check/schedule_sources.ts";
import { historyPathFor } from "../../../src/observe/history.ts";
import { writeExecutable } from "../../support/executable.ts";
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
  await Deno.writeTextFile(`${units}/datahubsync.timer`, "# Schedule: 15 8 * * *\n[Timer]\n");
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
    message: /^nothing syncs by itself: there is no schedule in cron or systemd$/,
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
    message: /^there are 2 schedules: .*\/cron\.d\/datahubsync and .*\/crontabs\/root$/,
    remedy: `remove one of them from ${table}`,
  });
});

Deno.test("--check tells a schedule that calls a program which isn't there; the remedy corrects it", async () => {
  await using place = await healthyPlace();
  const old = place.at("old", "datahubsync");
  await Deno.writeTextFile(place.cron, `15 8 * * * root ${old} sync -c ${place.config}\n`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls .*\/old\/datahubsync, which isn't there$/,
    remedy: `sed -i 's|${old}|${place.program}|g' ${place.cron}`,
    mends: true,
  });
});

Deno.test("--check tells a crontab's line that calls another program; the remedy corrects it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  const table = await ownCrontab(place);
  const other = place.at("other dir", "datahubsync");
  await Deno.mkdir(place.at("other dir"));
  await Deno.copyFile(place.program, other);
  await Deno.writeTextFile(table, `15 8 * * * '${other}' sync -c ${place.config}\n`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "warning",
    message: /^it calls .*\/other dir\/datahubsync, not this program \(.*\/bin\/datahubsync\)$/,
    remedy: `crontab -l | sed 's|${other}|${place.program}|g' | crontab -`,
    mends: true,
  });
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

Deno.test("--check tells a schedule with another configuration; the remedy corrects it", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(
    place.cron,
    `15 8 * * * root ${place.program} sync -c /old/config.yaml\n`,
  );
  await assertTold(place, {
    check: "schedule.config",
    verdict: "warning",
    message: /^it uses another configuration: \/old\/config\.yaml$/,
    remedy: `sed -i 's|/old/config\\.yaml|${place.config}|g' ${place.cron}`,
    mends: true,
  });
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
  await Deno.writeTextFile(place.cron, text.trimEnd());
  place.machine.uid = 1000;
  await assertTold(place, {
    check: "schedule.readable",
    verdict: "error",
    message: /doesn't end in a newline$/,
    remedy: `echo | sudo tee -a ${place.cron}`,
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
    message: /^its time "15 88 \* \* \*" can't be read: /,
    remedy: `correct it in ${place.cron}, to for example: 15 8 * * *`,
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
    message: /^its time "15 8 31 2 \*" can't be read: it never runs$/,
    remedy: `correct it in ${place.cron}, to for example: 15 8 * * *`,
  });
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
    remedy: "systemctl enable --now datahubsync.timer",
  });
});

Deno.test("--check tells a service that calls a program which isn't there; the remedy corrects it", async () => {
  await using place = await healthyPlace();
  const units = await useTimer(place, `/gone/datahubsync sync -c ${place.config}`);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls \/gone\/datahubsync, which isn't there$/,
    remedy: `sed -i 's|/gone/datahubsync|${place.program}|g' ${units}/datahubsync.service`,
    mends: true,
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
    remedy: "systemctl list-timers datahubsync.timer",
  });
});

Deno.test("--check tells a dataset that was never synced", async () => {
  await using place = await healthyPlace();
  await Deno.remove(historyPathFor(place.config));
  await assertTold(place, {
    check: "schedule.last",
    verdict: "warning",
    message: /: no run of it is in the history$/,
    remedy: `${place.program} sync -d ${place.name} -c ${place.config}`,
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
  const empty = {
    check: "schedule.last",
    verdict: "warning",
    message: /: no run of it is in the history$/,
    remedy: `${place.program} sync -d ${place.name} -c ${place.config}`,
  } as const;
  await assertTold(place, { ...empty, mends: true });
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "");
  const above = {
    ...expected,
    message: /^Can't read the history \(.*\/history\.jsonl\): a file is where a folder should be$/,
    remedy: `mv ${folder} ${folder}.old`,
  };
  await assertTold(place, above);
  await place.type(above.remedy);
  await assertTold(place, { ...empty, mends: true });
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
    remedy: "journalctl -t CRON --since today, or: grep CRON /var/log/syslog | tail",
  });
  const units = await useTimer(place, `${place.program} sync -c ${place.config}`);
  await Deno.utime(`${units}/datahubsync.timer`, long, long);
  await assertTold(place, {
    check: "schedule.last",
    verdict: "warning",
    message: /^the run that was due at \d{4}-\d\d-\d\dT08:15:00\S* has left no trace$/,
    remedy: "journalctl -u datahubsync.service --since today, " +
      "or: grep CRON /var/log/syslog | tail",
  });
});

Deno.test("--check tells a variable that the scheduled run won't have; the remedy defines it", async () => {
  await using place = await healthyPlace();
  await place.edit("hub:\n", "hub:\n  # ${DATAHUBSYNC_SECRET_1}\n  token: ${DATAHUBSYNC_TOKEN}\n");
  Deno.env.set("DATAHUBSYNC_TOKEN", "abc-def");
  try {
    await assertTold(place, {
      check: "schedule.environment",
      verdict: "error",
      message: /^the scheduled run won't have DATAHUBSYNC_TOKEN, which the configuration names$/,
      remedy:
        `sed -i "1i DATAHUBSYNC_TOKEN=$DATAHUBSYNC_TOKEN" ${place.cron} && chmod 600 ${place.cron}`,
      mends: true,
    });
    assert.match(await Deno.readTextFile(place.cron), /^DATAHUBSYNC_TOKEN=abc-def\n15 8 /);
    const units = await useTimer(place, `${place.program} sync -c ${place.config}`);
    await assertTold(place, {
      check: "schedule.environment",
      verdict: "error",
      message: /^the scheduled run won't have DATAHUBSYNC_TOKEN/,
      remedy: "systemctl edit datahubsync.service, with: [Service] and below it " +
        "Environment=DATAHUBSYNC_TOKEN=…",
    });
    await Deno.mkdir(`${units}/datahubsync.service.d`);
    await Deno.writeTextFile(
      `${units}/datahubsync.service.d/override.conf`,
      '[Service]\nEnvironment="DATAHUBSYNC_TOKEN=abc-def"\n',
    );
    assert.equal((await place.check()).code, 0);
  } finally {
    Deno.env.delete("DATAHUBSYNC_TOKEN");
  }
});

Deno.test("--check tells a proxy that the scheduled run won't have; the remedy defines it", async () => {
  await using place = await healthyPlace();
  await Deno.remove(place.cron);
  const table = await ownCrontab(place);
  await Deno.writeTextFile(table, `15 8 * * * ${place.program} sync -c ${place.config}\n`);
  place.variables.set("http_proxy", place.hub.url);
  await assertTold(place, {
    check: "schedule.environment",
    verdict: "warning",
    message: /^the scheduled run won't have http_proxy, which sets the proxy here$/,
    remedy: '(echo "http_proxy=$http_proxy"; crontab -l) | crontab -',
    mends: true,
  });
});

Deno.test("--check tells a schedule of another user, whose rights it hasn't tried", async () => {
  await using place = await healthyPlace();
  await Deno.writeTextFile(place.cron, `15 8 * * * bob ${place.program} sync -c ${place.config}\n`);
  await assertTold(place, {
    check: "schedule.user",
    verdict: "warning",
    message: /^it runs as bob, but this check ran as root$/,
    remedy: `runuser -u bob -- ${place.program} check -c ${place.config}`,
  });
});

Deno.test("readCronLine() reads users, quotes, nicknames and scripts, and passes others by", () => {
  const system = { withUser: true, scripts: ["/opt/x/sync.sh"] };
  const own = { withUser: false, scripts: ["/opt/x/sync.sh"] };
  assert.deepEqual(
    readCronLine(`15 8 * * 1-5 bob '/opt/my dir/datahubsync' sync --config="/a b/c.yaml"`, system),
    {
      spec: "15 8 * * 1-5",
      user: "bob",
      program: "/opt/my dir/datahubsync",
      config: "/a b/c.yaml",
    },
  );
  assert.deepEqual(readCronLine("@daily /opt/x/sync.sh >/dev/null 2>&1", own), {
    spec: "@daily",
    program: "/opt/x/sync.sh",
  });
  assert.deepEqual(readCronLine("0  8 * * *  cd /o && ./datahubsync sync -c /c", own), {
    spec: "0 8 * * *",
    program: "./datahubsync",
    config: "/c",
  });
  for (const line of ["# 15 8 * * * datahubsync", "PATH=/datahubsync", "0 8 * * * backup", ""]) {
    assert.equal(readCronLine(line, own), undefined, line);
  }
});
