/** `--check` against what the scheduled runs left behind, what they won't have, and when they come. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { checkCommand } from "../../../src/cli/check/check_command.ts";
import { historyPathFor } from "../../../src/monitoring/history.ts";
import { fakeTerminal } from "../../support/fake_terminal.ts";
import { assertTold, healthyPlace, type Place } from "./healthy_place.ts";
import { ownCrontab, useTimer } from "./schedules.ts";

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
    remedy: `sudo -u bob ${place.program} check -c ${place.config}`,
  });
  assert.deepEqual(lines.slice(1).filter(({ remedy }) => remedy !== null), []);
  const terminal = fakeTerminal();
  await checkCommand({ config: place.config }, terminal, place.machine);
  assert.match(terminal.stdout(), /^Schedule\n {2}! the schedule runs as bob, .*\n {4}→ sudo/);
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

Deno.test("--check proposes a better time where new data waits for a run; the remedy fixes it", async () => {
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
