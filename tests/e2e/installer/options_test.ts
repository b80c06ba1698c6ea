/** The command line of install_client.sh: every option, and what is refused before any change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { installed } from "../../support/installed.ts";
import { listTree } from "../../support/rootfs.ts";
import { assertDone, configText, finish, makeDestination, PROJECT } from "./bundle.ts";

const OPTIONS = [
  ...["--install-dir", "--data-dir", "--hub-url", "--setup-crontab", "--schedule", "--systemd"],
  ...["--then", "--no-then"],
  ...[
    "--user",
    "--sync",
    "--pack",
    "--site",
    "--serve",
    "--sign",
    "--dry-run",
    "--uninstall",
    "--purge",
  ],
  "--help",
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
  ["a hub that is no URL", ["--hub-url", "ftp://hub.example.com"], /expected the hub's address/],
  ["a hub with a password", ["--hub-url", "http://me:pw@hub"], /without user and password/],
  ["a user that is an option", ["--user", "-R"], /the name of a user was expected/],
  ["a user with a path", ["--user", "../x"], /the name of a user was expected/],
  ["a user with a blank", ["--user", "bob root"], /the name of a user was expected/],
  ["a user that is a number", ["--user", "0"], /the name of a user was expected/],
  ["a folder that is the system's", ["--data-dir", "/etc"], /\/etc is no place for this/],
  ["a path that climbs", ["--install-dir", "/opt/../etc"], /a path with \. or \.\./],
  ["the root folder", ["--install-dir", "/"], /\/ is no place for this/],
  ["a path that can't be quoted", ["--data-dir", '/da"ta'], /can't be used/],
  ["--schedule with nothing to schedule", ["--schedule", "1 2 * * *"], /needs --setup-crontab or/],
  ["four fields", ["--setup-crontab", "--schedule", "1 2 * *"], /expected five fields/],
  ["minute 60", ["--setup-crontab", "--schedule", "60 2 * * *"], /"60" is not a minute: 0 to 59/],
  ["weekday 8", ["--systemd", "--schedule", "0 2 * * 8"], /"8" is not a weekday: 0 to 7/],
  ["a range that runs back", ["--systemd", "--schedule", "0 22-2 * * *"], /"22-2" is not an hour/],
  ["@reboot", ["--systemd", "--schedule", "@reboot"], /@reboot has no OnCalendar= line/],
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

Deno.test({
  name: "install_client.sh beside a binary that can't answer it says so, and changes nothing",
  ignore: !linux,
  fn: async () => {
    await using dest = await makeDestination();
    const older =
      "#!/bin/sh\n[ \"$1\" = --version ] || { echo 'error: unknown command' >&2; exit 2; }\n";
    const binary = `${dest.path}/../bundle/datahubsync`;
    await Deno.writeTextFile(binary, `${older}echo datahubsync 2.9\n`);
    const { code, stderr } = await dest.install(["--setup-crontab"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /datahubsync can't answer this script: it is of another version\nhint: take/,
    );
    assert.deepEqual(await listTree(dest.path), []);
    await Deno.remove(binary);
    const help = await dest.install(["--help"]);
    assert.match(help.stdout, /^Usage: install_client\.sh --uninstall/m);
  },
});

// What cron's fields mean is the binary's `schedule` to say; here is that the timer gets its lines.
const calendars: [string, string[]][] = [
  ["15 8 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 08:15:00"]],
  // A day and a weekday: cron runs on either.
  ["0 6 1 * 1", ["*-*-01 06:00:00", "Mon *-*-* 06:00:00"]],
  ["@daily", ["*-*-* 00:00:00"]],
];

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
