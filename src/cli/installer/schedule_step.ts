/**
 * The schedule's step: one schedule, wherever the earlier one was; and the rotation of the log that it fills.
 * The new schedule is written first, the others go after it.
 *
 * @module
 */
import { join } from "node:path";
import { asRoot } from "../../as_root.ts";
import { parseCron } from "../../schedule/cron_expression.ts";
import { onCalendar } from "../../schedule/on_calendar.ts";
import { orElse } from "../../or_else.ts";
import { readPlainText } from "../../plain_file.ts";
import { shellWord } from "../../shell_word.ts";
import type { InstallFacts } from "./facts.ts";
import { writableFolders } from "./folders_step.ts";
import type { InstallPlan } from "./plan.ts";
import { environmentFile, HEADER, logrotateFile, syncService, timerFile } from "./unit_files.ts";

/** Where cron reads the job of the machine. */
export const CRON_FILE = "/etc/cron.d/datahubsync";

/** The hub announces the data some minutes before its package is built: half an hour covers that. */
const WAIT = "30m";

/** Marks a line of a crontab as the script's. */
const MARK = "# datahubsync (install_client.sh)";

/** The longest line that some daemons read, less room for the time, the user and the mark. */
const LONGEST_COMMAND = 900;

/** A variable of the environment that the configuration takes, as `NAME=value`. */
type Variables = readonly string[];

/** Rotates the log, which only root's logrotate can. */
export function planRotation(
  plan: InstallPlan,
  logs: readonly string[],
  file = "datahubsync",
): void {
  const { UID_NOW, CONFIG, RUN_USER, RUN_GROUP } = plan.facts;
  if (logs.length === 0) return;
  if (UID_NOW !== "0") {
    // A configuration that `init` has written bounds the log itself.
    if (/^ +max_size: *[1-9]/m.test(configText(plan))) return;
    const said = "Without root there is no logrotate: set logging.max_size in %s to bound the log";
    plan.add("note", plan.t(said, CONFIG));
    return;
  }
  plan.step(plan.t("Log rotation"), () => {
    // logrotate runs as root, reads a name as a pattern, and believes the folder.
    const pattern = logs.find((path) => /["\\*?{}[\]]/.test(path));
    if (pattern === undefined) {
      plan.write(`/etc/logrotate.d/${file}`, logrotateFile(logs, RUN_USER, RUN_GROUP));
    } else {
      const said = "logrotate would take this name for a pattern: %s; set logging.max_size instead";
      plan.add("warn", plan.t(said, pattern));
    }
  });
}

/** Plans the schedule; `variables` are those of the environment that a new configuration takes. */
export function planSchedule(plan: InstallPlan, variables: Variables): void {
  const { KIND, SCHEDULE, RUN_USER, THEN } = plan.facts;
  if (KIND === "") {
    const said = plan.facts.SYSTEMD
      ? "No schedule: run this again with --setup-crontab or --systemd to get one"
      : "No schedule: run this again with --setup-crontab to get one";
    plan.add("note", plan.t(said));
    return;
  }
  plan.step(plan.t('Schedule "%s" by %s, as %s', SCHEDULE, KIND, RUN_USER), () => {
    const command = cronCommand(plan);
    if (KIND !== "systemd" && new TextEncoder().encode(command).length > LONGEST_COMMAND) {
      plan.add(
        "die",
        plan.t("the command after the sync is too long for a crontab"),
        plan.t("put it into a script, and give that: --then /path/of/the/script"),
      );
      return;
    }
    for (const set of plan.disk.installed("set")) {
      if (set.startsWith("then ")) plan.add("forget", "set", set);
    }
    if (THEN) plan.add("record", "set", `then ${THEN}`);
    if (KIND === "cron.d") planCronFile(plan, command, variables);
    else if (KIND === "crontab") planCrontab(plan, command, variables);
    else planUnits(plan, variables);
    if (KIND !== "cron.d" && plan.facts.UID_NOW === "0") plan.add("take_out", CRON_FILE);
    if (KIND !== "systemd") plan.add("drop_unit", "datahubsync.timer", "timers.target");
    plan.add("drop_crontab_lines");
    warnOfOthers(plan);
  });
}

/** The command of a line of cron's, where a percent sign would end it. */
function cronCommand(plan: InstallPlan): string {
  const { BINARY, CONFIG, THEN } = plan.facts;
  const sync = `${shellWord(BINARY)} sync -c ${shellWord(CONFIG)} -q --wait ${WAIT}`;
  return cronText(THEN ? `${sync} --changes; ${thenCommand(plan)}` : sync);
}

/** A text of a crontab's. */
export function cronText(text: string): string {
  return text.replaceAll("%", "\\%");
}

/**
 * The command that --then names, while changes are unread; only if it works are they confirmed. They are
 * asked for rather than the sync's exit code: one dataset may change while another fails.
 */
function thenCommand(plan: InstallPlan): string {
  const { BINARY, CONFIG, THEN } = plan.facts;
  const changes = `${shellWord(BINARY)} changes -c ${shellWord(CONFIG)}`;
  return `N=$(${changes} --last) && { test -z "$N" || ` +
    `{ sh -c ${shellWord(THEN)} && ${changes} --done "$N"; }; }`;
}

function planCronFile(plan: InstallPlan, command: string, variables: Variables): void {
  const { DESTDIR, SCHEDULE, RUN_USER } = plan.facts;
  if (!DESTDIR && !hasProgram("cron") && !hasProgram("crond")) {
    plan.add("warn", plan.t("cron isn't installed here: %s", cronRemedy(plan)));
  }
  const before = plan.disk.lines(CRON_FILE);
  const lines = [
    `${HEADER}. Its next run keeps the time and the variables.`,
    "SHELL=/bin/sh",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    // A proxy, MAILTO or DATAHUBSYNC_TOKEN that somebody put here.
    ...before.filter((line) => /^(?!(SHELL|PATH)[ =])[A-Za-z_][A-Za-z0-9_]*[ \t]*=/.test(line)),
    ...variables.filter((line) => !isSet(line, before)),
    `${SCHEDULE} ${RUN_USER} ${command}`,
  ];
  const mode = lines.some((line) => line.startsWith("DATAHUBSYNC_")) ? "600" : "644";
  plan.write(CRON_FILE, lines.join("\n"), mode);
}

/** The configuration, which may not be in its place yet in a dry run. */
function configText({ facts, disk }: InstallPlan): string {
  const fresh = join(facts.TMP, "new/config.yaml");
  return orElse(() => readPlainText(fresh), disk.text(facts.CONFIG));
}

/** The command to type on a machine without cron. */
export function cronRemedy(plan: InstallPlan, has = hasProgram): string {
  const isRedHat = !has("apt-get") && has("dnf");
  const words = isRedHat ? "dnf install cronie" : "apt-get install cron";
  const install = asRoot(words, { uid: Number(plan.facts.UID_NOW), sudo: has("sudo") });
  return plan.facts.SYSTEMD ? plan.t("%s, or use --systemd", install) : install;
}

function isSet(variable: string, lines: readonly string[]): boolean {
  const name = variable.slice(0, variable.indexOf("="));
  return lines.some((line) => new RegExp(`${name} *=`).test(line));
}

function planCrontab(plan: InstallPlan, command: string, variables: Variables): void {
  const { DESTDIR, SCHEDULE, RUN_USER } = plan.facts;
  if (!DESTDIR && !hasProgram("crontab")) {
    plan.add("die", plan.t("there is no crontab command here"), cronRemedy(plan));
    return;
  }
  for (const variable of variables) {
    const name = variable.slice(0, variable.indexOf("="));
    const said = "the job needs %s: add a line %s=… above its line with: crontab -e";
    plan.add("warn", plan.t(said, name, name));
  }
  plan.add("edit_crontab", RUN_USER, `${SCHEDULE} ${command} ${MARK}`);
  plan.add("record", "crontab", RUN_USER);
}

function planUnits(plan: InstallPlan, variables: Variables): void {
  const { UNIT_DIR, BINARY, CONFIG, THEN, SCHEDULE, KEEP_SPEC, UID_NOW, USER_NOW } = plan.facts;
  const { disk } = plan;
  const service = syncService({
    program: BINARY,
    config: CONFIG,
    wait: WAIT,
    writable: writableFolders(plan),
    ...(THEN && { then: thenCommand(plan) }),
    ...plan.runs,
  });
  plan.write(`${UNIT_DIR}/datahubsync.service`, service);
  const environment = `${UNIT_DIR}/datahubsync.service.d/environment.conf`;
  const unset = variables.filter((line) => !isSet(line, disk.lines(environment)));
  if (unset.length > 0) plan.writeQuietly(environment, environmentFile(unset), "600");
  // Somebody may have set a time there that cron's fields can't say.
  const timer = `${UNIT_DIR}/datahubsync.timer`;
  const kept = disk.lines(timer).filter((line) => KEEP_SPEC && line.startsWith("OnCalendar="));
  plan.write(timer, timerFile(SCHEDULE, kept.length > 0 ? kept : onCalendar(parseCron(SCHEDULE))));
  if (UID_NOW !== "0") {
    const said = "to run while you aren't logged in: loginctl enable-linger %s";
    plan.add("note", plan.t(said, USER_NOW));
  }
  plan.add("start_unit", "datahubsync.timer", "timers.target");
}

/** A line that somebody wrote by hand isn't ours to take away, but two schedules are worth a word. */
function warnOfOthers(plan: InstallPlan): void {
  const { BINARY, INSTALL_DIR } = plan.facts;
  const { disk } = plan;
  const tables: [string, string[]][] = [
    ...disk.crontabs().map(([user, lines]): [string, string[]] => [
      plan.t("the crontab of %s", user),
      lines.filter((line) => !isOwnLine(line, plan.facts)),
    ]),
    ...["/etc/crontab", ...disk.names("/etc/cron.d").map((name) => `/etc/cron.d/${name}`)]
      .filter((path) => path !== CRON_FILE && !path.includes("/."))
      .map((path): [string, string[]] => [path, disk.lines(path)]),
  ];
  for (const [table, lines] of tables) {
    const other = lines.find((line) =>
      !/^\s*#/.test(line) && !line.includes(MARK) &&
      (line.includes(BINARY) || line.includes(`${INSTALL_DIR}/sync.sh`))
    );
    if (other !== undefined) {
      plan.add("warn", plan.t("another schedule is in %s: %s", table, other));
    }
  }
}

/** Whether it is this installation's line, or the one that v2.0's installer wrote. */
export function isOwnLine(line: string, { BINARY, INSTALL_DIR }: InstallFacts): boolean {
  if (line.endsWith(MARK)) {
    return line.includes(cronText(shellWord(BINARY))) || line.includes(`${INSTALL_DIR}/`);
  }
  if (/^[ \t]*#/.test(line) || !line.includes("sync.sh")) return false;
  const at = line.indexOf(INSTALL_DIR);
  return at >= 0 && /^(?:$|[/ \t;&"'])/.test(line.slice(at + INSTALL_DIR.length));
}

/** Whether the machine has a program. */
export function hasProgram(name: string): boolean {
  return ["/usr/local", "/usr", ""].some((top) =>
    ["sbin", "bin"].some((folder) =>
      orElse(() => Deno.statSync(`${top}/${folder}/${name}`).isFile, false)
    )
  );
}
