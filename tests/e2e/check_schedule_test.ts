/**
 * What `--check` says of real crontabs, and its remedies, typed: with the machine's own crontab, cron
 * and shell, in a throw-away root.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CLOSED_PORT } from "../support/closed_port.ts";
import { clearSchedules, type RootFs, USER } from "../support/rootfs.ts";
import { assertDone, PROJECT, rootTest, SCRIPT } from "./installer/bundle.ts";

const PLACE = "/opt/datahubsync";
const BINARY = `${PLACE}/datahubsync`;
const CONFIG = `${PLACE}/config.yaml`;
const CRON = "/etc/cron.d/datahubsync";

interface Line {
  check: string;
  verdict: string;
  message: string;
  remedy: string | null;
}

/** An installation of a hub that is away: what is said of the schedule doesn't ask it. */
async function furnish(root: RootFs, place = PLACE): Promise<void> {
  await clearSchedules(root);
  await Deno.mkdir(root.at(place), { recursive: true });
  await Deno.copyFile(join(PROJECT, "dist/datahubsync"), root.at(`${place}/datahubsync`));
  await Deno.chmod(root.at(`${place}/datahubsync`), 0o755);
  await root.write(`${place}/config.yaml`, configText(place));
}

function configText(place: string): string {
  return `hub:\n  url: http://127.0.0.1:${CLOSED_PORT}\n  retries: 0\ndatasets:\n` +
    `  - {name: bars, local_dir: "${place}/bars"}\n`;
}

/** What is said of the schedule, but for the daemon, which doesn't run. */
async function scheduleLines(root: RootFs, options: { place?: string; asUser?: boolean } = {}) {
  const { place = PLACE, asUser = false } = options;
  const words = [`${place}/datahubsync`, "check", "--json", "-c", `${place}/config.yaml`];
  const { stdout, stderr } = await root.run(words, { asUser });
  assert.equal(stderr, "");
  const { checks }: { checks: Line[] } = JSON.parse(stdout);
  return checks.filter(({ check }) => check.startsWith("schedule.") && check !== "schedule.last")
    .filter(({ check }) => check !== "schedule.daemon");
}

const faults = (lines: readonly Line[]): Line[] => lines.filter(({ verdict }) => verdict !== "ok");

/** A job as cron's shell runs it. */
async function asCron(root: RootFs, command: string): Promise<string> {
  const env = ["-i", "HOME=/root", "PATH=/usr/local/bin:/usr/bin:/bin"];
  const { stdout, stderr } = await root.run(["env", ...env, "/bin/sh", "-c", command]);
  return stdout + stderr;
}

const WORKING = [
  `${BINARY} sync -c ${CONFIG} -q --wait 30m`,
  "datahubsync sync -c /opt/datahubsync/config.yaml",
  "cd /opt/datahubsync && ./datahubsync sync",
  "cd /opt/datahubsync; ./datahubsync",
  `bash -lc 'cd ${PLACE} && ./datahubsync sync'`,
  `env A=b flock -n /tmp/x timeout 1h nice -n 5 ${BINARY} sync -c ${CONFIG}`,
  `/bin/sh -c "${BINARY} sync -c ${CONFIG}" >/dev/null 2>&1 || true`,
  `[ -x ${BINARY} ] && ${BINARY} --config=${CONFIG}`,
  `D=${PLACE}; "$D"/datahubsync sync -c "$D/config.yaml" | logger -t sync`,
  BINARY,
];

rootTest("--check finds nothing wrong with lines that work in cron's shell", [], async (root) => {
  await furnish(root);
  await Deno.remove(root.at("/usr/local/bin/datahubsync")).catch(() => {});
  await Deno.symlink(BINARY, root.at("/usr/local/bin/datahubsync"));
  for (const command of WORKING) {
    const text = `PATH=/usr/local/bin:/usr/bin:/bin\nMAILTO=""\n15 8 * * MON-FRI root ${command}\n`;
    await root.write(CRON, text);
    const lines = await scheduleLines(root);
    assert.deepEqual(faults(lines), [], command);
    assert.equal(
      lines.find(({ check }) => check === "schedule.present")?.message,
      `${CRON}:3: 15 8 * * MON-FRI`,
    );
    assert.equal(await root.read(CRON), text);
    // And they do work: the hub is what they complain about, if anything.
    assert.doesNotMatch(await asCron(root, command), /not found|No such file|configuration file/);
  }
});

rootTest("--check finds nothing wrong with the lines that the installer writes", [
  "crontab",
  "runuser",
], async (root) => {
  for (const place of [PLACE, "/srv/100% it's 数据"]) {
    await furnish(root, place);
    const args = ["bash", SCRIPT, "--install-dir", place, "--setup-crontab"];
    assertDone(await root.run(args));
    assert.deepEqual(faults(await scheduleLines(root, { place })), []);
    await Deno.remove(root.at(place), { recursive: true });
    await Deno.remove(root.at(CRON));
  }
});

rootTest("--check's line for a crontab, typed, makes a schedule that is found and works", [
  "crontab",
], async (root) => {
  const place = "/srv/100% it's 数据";
  await furnish(root, place);
  const [absent] = faults(await scheduleLines(root, { place }));
  assert.equal(absent?.check, "schedule.present");
  assertDone(await root.run(["sh", "-c", "echo '0 7 * * * true' | crontab -"]));
  assertDone(await root.run(["sh", "-c", absent.remedy!]));
  assert.deepEqual(faults(await scheduleLines(root, { place })), []);
  const table = (await root.run(["crontab", "-l"])).stdout.trimEnd().split("\n");
  assert.match(table.at(-2)!, /^0 7 \* \* \* true$/);
  const command = table.at(-1)!.replace(/^15 8 \* \* \* /, "").replaceAll("\\%", "%");
  const said = await asCron(root, command.replace("--wait 30m ", ""));
  assert.match(said, /bars.*can't be reached/);
});

rootTest("--check leaves another configuration's crontab alone, and adds one of its own", [
  "crontab",
], async (root) => {
  await furnish(root);
  await root.write("/opt/second/config.yaml", configText("/opt/second"));
  const first = `15 8 * * * ${BINARY} sync -c ${CONFIG}\n`;
  assertDone(await root.run(["sh", "-c", `printf '%s' '${first}' | crontab -`]));
  const { stdout } = await root.run([
    ...[BINARY, "check", "--json", "-c", "/opt/second/config.yaml"],
  ]);
  const { checks }: { checks: Line[] } = JSON.parse(stdout);
  const told = checks.find(({ check }) => check === "schedule.present")!;
  assertDone(await root.run(["sh", "-c", told.remedy!]));
  const table = (await root.run(["crontab", "-l"])).stdout;
  assert(table.includes(first), table);
  assert.deepEqual(faults(await scheduleLines(root)), []);
});

rootTest("--check's remedies for a file that cron passes by, typed, fix it", [
  "chmod",
], async (root) => {
  await furnish(root);
  const line = `15 8 * * * root ${BINARY} sync -c ${CONFIG}`;
  await root.write(CRON, line, 0o666);
  await Deno.chown(root.at(CRON), USER.uid, USER.uid);
  await Deno.chmod(root.at(BINARY), 0o755);
  const lines = faults(await scheduleLines(root));
  assert.deepEqual(lines.map(({ remedy }) => remedy), [
    `chmod 644 ${CRON} && chown root: ${CRON}`,
    `echo >> ${CRON}`,
  ]);
  for (const { remedy } of lines) assertDone(await root.run(["sh", "-c", remedy!]));
  assert.deepEqual(faults(await scheduleLines(root)), []);
  assert.equal(await root.read(CRON), `${line}\n`);
});

rootTest(
  "--check's command for a cron daemon, typed, starts one",
  ["cron", "service"],
  async (root) => {
    await furnish(root);
    await root.write(CRON, `15 8 * * * root ${BINARY} sync -c ${CONFIG}\n`);
    const words = `${BINARY} check --json -c ${CONFIG}`;
    // One command: what it starts ends with it.
    const { stdout } = await root.run(["sh", "-c", `${words}; service cron start >&2; ${words}`]);
    const [before, after] = stdout.trim().split("\n").map((line): Line[] =>
      JSON.parse(line).checks
    );
    const daemon = ({ check }: Line): boolean => check === "schedule.daemon";
    assert.equal(before?.find(daemon)?.remedy, "service cron start");
    assert.equal(after?.find(daemon), undefined);
  },
);

rootTest("--check of somebody else's schedule, repeated as it says, is that user's own", [
  "runuser",
], async (root) => {
  await furnish(root);
  await root.write(CRON, `15 8 * * * ${USER.name} ${BINARY} sync -c ${CONFIG}\n`);
  const { stdout } = await root.run([BINARY, "check", "-c", CONFIG]);
  assert.match(stdout, /^Schedule\n {2}! the schedule runs as bob, but this check ran as root/);
  const remedies = [...stdout.matchAll(/→ (.*)/g)].map(([, remedy]) => remedy!);
  assert.equal(remedies.length, 1, stdout);
  const { stdout: again } = await root.run(["sh", "-c", remedies[0]!]);
  assert.doesNotMatch(again, /the schedule runs as/);
  assert.match(again, /\d+ checks passed/);
});

rootTest("--check without root says how to look at one's own crontab; typed, that shows it", [
  "crontab",
], async (root) => {
  await furnish(root);
  const line = `15 8 * * * ${BINARY} sync -c ${CONFIG}`;
  assertDone(await root.run(["sh", "-c", `echo '${line}' | crontab -`], { asUser: true }));
  const [hidden] = faults(await scheduleLines(root, { asUser: true }));
  assert.equal(hidden?.check, "schedule.present");
  const { stdout } = await root.run(["sh", "-c", hidden.remedy!], { asUser: true });
  assert.equal(stdout, `${line}\n`);
});
