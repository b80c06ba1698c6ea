/** The command line of install_client.sh: every option, and what is refused before any change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { installed } from "../../support/installed.ts";
import { listTree } from "../../support/rootfs.ts";
import { assertDone, configText, finish, makeDestination, PROJECT } from "./bundle.ts";

const OPTIONS = [
  ...["--install-dir", "--data-dir", "--hub-url", "--setup-crontab", "--schedule", "--systemd"],
  ...["--user", "--sync", "--dry-run", "--uninstall", "--purge", "--help"],
];

const script = join(PROJECT, "install_client.sh");
const linux = Deno.build.os === "linux";

const noShellcheck = !installed("shellcheck");
Deno.test({
  name: "install_client.sh is clean for shellcheck, as bash and as POSIX sh",
  ignore: noShellcheck,
  async fn() {
    for (const shell of ["bash", "sh"]) {
      assertDone(await finish("shellcheck", ["-s", shell, script]));
    }
  },
});

Deno.test({
  name: "--help names every option",
  ignore: !linux,
  fn: async () => {
    const { code, stdout } = await finish("sh", [script, "--help"]);
    assert.equal(code, 0);
    for (const option of OPTIONS) assert.match(stdout, new RegExp(`${option}\\b`));
  },
});

const refused: [string, string[], RegExp][] = [
  ["an unknown option", ["--instal-dir", "/x"], /unknown option: --instal-dir/],
  ["an option without its value", ["--user", "--sync"], /--user needs a value/],
  ["--purge alone", ["--purge"], /--purge goes with --uninstall only/],
  ["two schedules", ["--setup-crontab", "--systemd"], /exclude each other/],
  ["--uninstall with --sync", ["--uninstall", "--sync"], /--uninstall takes --purge/],
  ["a hub that is no URL", ["--hub-url", "hub.example.com"], /expected http:\/\/… or https:\/\/…/],
  ["the root folder", ["--install-dir", "/"], /root folder/],
  ["a path that can't be quoted", ["--data-dir", '/da"ta'], /can't be used/],
  ["--schedule with nothing to schedule", ["--schedule", "1 2 * * *"], /needs --setup-crontab or/],
  ["four fields", ["--setup-crontab", "--schedule", "1 2 * *"], /expected five fields/],
  ["minute 60", ["--setup-crontab", "--schedule", "60 2 * * *"], /"60" is not a minute: 0 to 59/],
  ["weekday 8", ["--systemd", "--schedule", "0 2 * * 8"], /"8" is not a weekday: 0 to 7/],
  ["a range that runs back", ["--systemd", "--schedule", "0 22-2 * * *"], /"22-2" is not a hour/],
  ["@reboot", ["--systemd", "--schedule", "@reboot"], /found "@reboot"/],
];

for (const [what, args, words] of refused) {
  Deno.test({
    name: `install_client.sh refuses ${what} and changes nothing`,
    ignore: !linux,
    fn: async () => {
      await using dest = await makeDestination();
      const { code, stderr } = await dest.install(args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, words);
      assert.match(stderr, /^hint: /m);
      assert.deepEqual(await listTree(dest.path), []);
    },
  });
}

Deno.test({
  name: "install_client.sh refuses a config that the binary refuses, and changes nothing",
  ignore: !linux,
  fn: async () => {
    await using dest = await makeDestination();
    await dest.write("/opt/datahubsync/config.yaml", configText() + "hub: BROKEN\n");
    const before = await listTree(dest.path, { times: true });
    const { code, stderr } = await dest.install(["--setup-crontab"]);
    assert.equal(code, 2);
    assert.match(stderr, /\/opt\/datahubsync\/config\.yaml:\d+:\d+: /);
    assert.match(stderr, /nothing was changed/);
    assert.deepEqual(await listTree(dest.path, { times: true }), before);
  },
});

const calendars: [string, string[]][] = [
  ["15 8 * * *", ["*-*-* 08:15:00"]],
  ["*/15 8-10 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 08,09,10:00,15,30,45:00"]],
  ["0 0 1 jan,JUL *", ["*-01,07-01 00:00:00"]],
  ["30 9 * * 7", ["Sun *-*-* 09:30:00"]],
  ["30 9 * * 0,sat", ["Sat,Sun *-*-* 09:30:00"]],
  ["5 1-9/4 * * *", ["*-*-* 01,05,09:05:00"]],
  ["50/5 3 * * *", ["*-*-* 03:50,55:00"]],
  // A day and a weekday: cron runs on either.
  ["0 6 1 * 1", ["*-*-01 06:00:00", "Mon *-*-* 06:00:00"]],
  ["0 6 */2 * 1", [`Mon *-*-${odd()} 06:00:00`]],
  ["@daily", ["*-*-* 00:00:00"]],
  ["@weekly", ["Sun *-*-* 00:00:00"]],
];

function odd(): string {
  return Array.from({ length: 16 }, (_, day) => String(2 * day + 1).padStart(2, "0")).join(",");
}

const noSystemd = !installed("systemd-analyze");
for (const [spec, expected] of calendars) {
  Deno.test({
    name: `--systemd turns "${spec}" into OnCalendar=`,
    ignore: !linux,
    fn: async () => {
      await using dest = await makeDestination();
      const finished = await dest.install(["--dry-run", "--systemd", "--schedule", spec]);
      assertDone(finished);
      const found = [...finished.stdout.matchAll(/OnCalendar=(.*)/g)].map((match) => match[1]);
      assert.deepEqual(found, expected);
      if (noSystemd) return;
      for (const line of expected) assertDone(await finish("systemd-analyze", ["calendar", line]));
    },
  });
}
