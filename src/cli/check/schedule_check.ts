/**
 * The schedule: there, once, calling this binary with this configuration, in a form that cron or
 * systemd reads; and when it calls next.
 *
 * @module
 */
import { messageOf } from "../../errors.ts";
import { localTime } from "../../observe/local_time.ts";
import { shellWord } from "../../shell_word.ts";
import { asRoot, type CheckContext, command, onMachine } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { checkJobEnvironment } from "./job_environment.ts";
import { findSchedules, type Schedule } from "./schedule_sources.ts";
import { Cron } from "croner";
import { dirname, join } from "node:path";

/** Where cron daemons leave their process's number. */
const CRON_PIDS = ["/run/crond.pid", "/run/cron.pid", "/var/run/crond.pid", "/var/run/cron.pid"];

/** What was found out about the schedule. */
export interface ScheduleFindings {
  lines: CheckLine[];
  /** The only one, when there is one. */
  schedule?: Schedule;
}

/** Checks the schedule. */
export function checkSchedule(context: CheckContext): ScheduleFindings {
  const { machine, config } = context;
  const { found, crontabsHidden } = findSchedules(machine, [join(config.baseDir, "sync.sh")]);
  const [schedule, another] = found;
  if (schedule === undefined) return { lines: [absent(crontabsHidden, context)] };
  const lines: CheckLine[] = [];
  if (another !== undefined) {
    const places = found.map(({ path }) => path).join(" and ");
    const text = `there are ${found.length} schedules: ${places}`;
    lines.push(warning("schedule.once", text, `remove one of them from ${another.path}`));
  }
  for (const one of found) {
    lines.push(
      fine("schedule.present", `${one.path}${one.spec === undefined ? "" : `: ${one.spec}`}`),
      ...calls(one, context),
      ...checkJobEnvironment(one, context),
      ...(one.kind === "systemd" ? enabled(one, context) : readable(one, context)),
      nextRun(one, context),
    );
  }
  return { lines, schedule };
}

function absent(crontabsHidden: boolean, context: CheckContext): CheckLine {
  if (crontabsHidden) {
    return warning(
      "schedule.present",
      "there is none in /etc/cron.d or systemd, and your crontab can't be read from here",
      "crontab -l | grep datahubsync",
    );
  }
  const line = `15 8 * * * ${command(context, "sync --wait 30m")}`;
  return warning(
    "schedule.present",
    "nothing syncs by itself: there is no schedule in cron or systemd",
    `(crontab -l 2>/dev/null; echo ${shellWord(line)}) | crontab -`,
  );
}

/** Whether it calls this program, with this configuration. */
function calls(schedule: Schedule, context: CheckContext): CheckLine[] {
  const { machine, config } = context;
  const { program, path } = schedule;
  const service = schedule.kind === "systemd" ? path.replace(/timer$/, "service") : path;
  const replace = (from: string, to: string): string =>
    schedule.kind === "crontab"
      ? `crontab -l | sed ${shellWord(substitution(from, to))} | crontab -`
      : asRoot(machine, `sed -i ${shellWord(substitution(from, to))} ${shellWord(service)}`);
  if (program === "") {
    const text = `${service} doesn't call datahubsync`;
    return [failure("schedule.program", text, "run install_client.sh --systemd again")];
  }
  const lines: CheckLine[] = [];
  const real = realPath(program);
  const isScript = program.endsWith("sync.sh");
  if (real === undefined) {
    const text = `it calls ${program}, which isn't there`;
    lines.push(failure("schedule.program", text, replace(program, machine.execPath)));
  } else if (((Deno.statSync(real).mode ?? 0) & 0o111) === 0) {
    const mend = asRoot(machine, `chmod 755 ${shellWord(program)}`);
    lines.push(failure("schedule.program", `it calls ${program}, which can't be executed`, mend));
  } else if (!machine.compiled || isScript || real === realPath(machine.execPath)) {
    lines.push(fine("schedule.program", `it calls ${program}`));
  } else {
    const text = `it calls ${program}, not this program (${machine.execPath})`;
    lines.push(warning("schedule.program", text, replace(program, machine.execPath)));
  }
  if (schedule.config !== undefined && realPath(schedule.config) !== realPath(config.path)) {
    const text = `it uses another configuration: ${schedule.config}`;
    lines.push(warning("schedule.config", text, replace(schedule.config, config.path)));
  }
  return lines;
}

function substitution(from: string, to: string): string {
  const pattern = from.replace(/[\\.*[\]^$|]/g, "\\$&");
  return `s|${pattern}|${to.replace(/[\\&|]/g, "\\$&")}|g`;
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

/** What makes cron pass a file by without a word; and whether there is a cron at all. */
function readable({ kind, path }: Schedule, { machine }: CheckContext): CheckLine[] {
  const lines: CheckLine[] = [];
  if (kind === "cron.d") {
    const info = Deno.statSync(path);
    const mode = (info.mode ?? 0) & 0o777;
    if ((mode & 0o022) !== 0 || (machine.root === "" && info.uid !== 0)) {
      const mend = asRoot(machine, `chmod 644 ${shellWord(path)}`) +
        (info.uid === 0 ? "" : ` && ${asRoot(machine, `chown root: ${shellWord(path)}`)}`);
      const text = `cron passes ${path} by: it must be root's, and writable for root only ` +
        `(its mode is ${mode.toString(8)})`;
      lines.push(failure("schedule.readable", text, mend));
    }
    if (!Deno.readTextFileSync(path).endsWith("\n")) {
      const mend = machine.uid === 0
        ? `echo >> ${shellWord(path)}`
        : `echo | sudo tee -a ${shellWord(path)}`;
      const text = `cron passes the last line of ${path} by: it doesn't end in a newline`;
      lines.push(failure("schedule.readable", text, mend));
    }
  }
  if (!CRON_PIDS.some((pid) => realPath(onMachine(machine, pid)) !== undefined)) {
    const text = "no cron daemon seems to run";
    lines.push(warning("schedule.daemon", text, asRoot(machine, "service cron start")));
  }
  return lines;
}

function enabled({ path }: Schedule, { machine }: CheckContext): CheckLine[] {
  const link = join(dirname(path), "timers.target.wants", "datahubsync.timer");
  if (realPath(link) !== undefined) return [];
  const isUsers = !path.startsWith(onMachine(machine, "/etc/"));
  const words = `systemctl ${isUsers ? "--user " : ""}enable --now datahubsync.timer`;
  const text = "systemd has the timer, but it isn't enabled";
  return [failure("schedule.readable", text, isUsers ? words : asRoot(machine, words))];
}

function nextRun(schedule: Schedule, context: CheckContext): CheckLine {
  const list = `systemctl ${
    schedule.path.includes("systemd/user") ? "--user " : ""
  }list-timers datahubsync.timer`;
  if (schedule.spec === undefined) {
    return warning("schedule.next", "when it runs next only systemd knows", list);
  }
  if (schedule.spec === "@reboot") {
    return fine("schedule.next", "it runs when the machine starts");
  }
  try {
    const next = new Cron(schedule.spec, { paused: true }).nextRun(new Date(context.clock()));
    if (next === null) throw new Error("it never runs");
    return fine("schedule.next", `its next run is ${localTime(next.getTime())}`);
  } catch (error) {
    const text = `its time "${schedule.spec}" can't be read: ${messageOf(error)}`;
    const remedy = `correct it in ${schedule.path}, to for example: 15 8 * * *`;
    return failure("schedule.next", text, remedy);
  }
}
