/** `--check` against what the schedule calls: none, two, another program, one that can't run, a timer's service. */
import assert from "node:assert/strict";
import { assertTold, healthyPlace } from "./healthy_place.ts";
import { ownCrontab, useTimer } from "./schedules.ts";

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
    fixes: true,
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
  assert.equal(await Deno.readTextFile(table), `15 8 * * * '${other}' sync -c ${place.config}\n`);
});

Deno.test("--check tells a program that can't be executed; the remedy makes it executable", async () => {
  await using place = await healthyPlace();
  await Deno.chmod(place.program, 0o644);
  await assertTold(place, {
    check: "schedule.program",
    verdict: "error",
    message: /^it calls .*\/datahubsync, which can't be executed$/,
    remedy: `chmod 755 ${place.program}`,
    fixes: true,
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
    fixes: true,
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
