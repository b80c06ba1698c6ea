/** `--check` against what can be wrong on this machine; most remedies are typed, and fix it. */
import assert from "node:assert/strict";
import { resolveLayout } from "../../../src/store/layout.ts";
import { acquireLock } from "../../../src/store/lock.ts";
import { writeJournal } from "../../../src/store/publish/journal.ts";
import { withLocksGranted } from "../../support/granted_locks.ts";
import { installed } from "../../support/installed.ts";
import { assertTold, healthyPlace, sync } from "./healthy_place.ts";
import { dirname, join } from "node:path";

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
  place.machine.excessRights = ["run programs", "call native code"];
  await assertTold(place, {
    check: "program.rights",
    verdict: "warning",
    message: /^it may run programs, call native code, which a release may not$/,
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
    fixes: true,
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
  assert.deepEqual(await seen(), [`ok ${token} holds a secret, and its mode 600 protects it`]);
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
    fixes: true,
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
    fixes: true,
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

Deno.test({
  name: "--check tells a file system that doesn't honour locks",
  ignore: !installed("strace"),
  fn: () => withLocksGranted(new URL("./granted_locks.ts", import.meta.url)),
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
    fixes: true,
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
    fixes: true,
  });
  await place.edit("publish: snapshot", "publish: files");
  await assertTold(place, {
    check: "folder.publish",
    verdict: "warning",
    message: /: publish is files, but the folder is a link to a snapshot$/,
    remedy: `${place.program} convert ${place.name} --to files -c ${place.config}`,
    fixes: true,
  });
});
