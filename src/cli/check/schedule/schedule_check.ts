/**
 * The schedule: there, once, calling this binary with this configuration, in a form that cron or
 * systemd reads; and when it calls next.
 *
 * Guarantees: a line that syncs another configuration is left alone; of one that isn't understood
 * nothing is concluded and nothing proposed. A remedy never rewrites a line that somebody wrote: it
 * adds one, sets a mode, or says in a sentence what to correct where.
 *
 * @module
 */
import { asRoot } from "../../../as_root.ts";
import { readPlainText } from "../../../plain_file.ts";
import { localTime } from "../../../monitoring/local_time.ts";
import { CronSyntaxError, parseCron } from "../../../schedule/cron_expression.ts";
import { nextRuns } from "../../../schedule/next_runs.ts";
import { shellWord } from "../../../shell_word.ts";
import { type CheckContext, command, onMachine } from "../check_context.ts";
import { userNameOf } from "../../../owners/accounts.ts";
import { type CheckLine, failure, fine, warning } from "../check_line.ts";
import { checkJobEnvironment } from "./job_environment.ts";
import { findSchedules, isOfAnother, type Schedule } from "./schedule_sources.ts";
import { realPath, type ScheduledCall } from "./scheduled_call.ts";
import { dirname, join } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** Where cron daemons leave their process's number. */
const CRON_PIDS = ["/run/crond.pid", "/run/cron.pid", "/var/run/crond.pid", "/var/run/cron.pid"];

/** What was found out about the schedule. */
interface ScheduleFindings {
  lines: CheckLine[];
  /** The first one of this configuration. */
  schedule?: Schedule;
  /** Whether there is one, or one may be where it isn't seen. */
  scheduled: boolean;
  /** Whom it runs as, when that is somebody else than who runs this. */
  otherUser?: string;
}

/** Checks the schedule. */
export async function checkSchedule(context: CheckContext): Promise<ScheduleFindings> {
  const { machine, config } = context;
  const { found, crontabsHidden } = await findSchedules(machine, [join(config.baseDir, "sync.sh")]);
  const unclear = found.filter((one) => one.unclear !== undefined);
  const others = found.filter((one) => isOfAnother(one, config.path));
  const own = found.filter((one) => !unclear.includes(one) && !others.includes(one));
  const lines = [...unclear.map(notUnderstood), ...others.map(ofAnother)];
  const [schedule, another] = own;
  if (schedule === undefined) {
    if (unclear.length === 0) lines.push(absent(crontabsHidden, context));
    return { lines, scheduled: unclear.length > 0 || crontabsHidden };
  }
  if (another !== undefined) {
    const places = own.map(({ place }) => place).join(", ");
    const text = CHECK.several_schedules({ own: own.length, places });
    lines.push(warning("schedule.once", text, CHECK.one_is_enough()));
  }
  for (const one of own) {
    lines.push(
      fine("schedule.present", `${one.place}${one.spec === undefined ? "" : `: ${one.spec}`}`),
      ...calls(one, context),
      ...thenLine(one),
      ...checkJobEnvironment(one, context),
      ...(one.kind === "systemd" ? enabled(one, context) : readable(one, context)),
      nextRun(one, context),
    );
  }
  lines.push(...daemon(own, context));
  const otherUser = userOf(schedule, context);
  return { lines, schedule, scheduled: true, ...(otherUser !== undefined && { otherUser }) };
}

function ofAnother({ place, call }: Schedule): CheckLine {
  return fine("schedule.config", CHECK.another_config({ place, config: String(call?.config) }));
}

function notUnderstood({ place, unclear }: Schedule): CheckLine {
  const text = CHECK.not_understood({ place, unclear: String(unclear) });
  return warning("schedule.unclear", text);
}

function absent(crontabsHidden: boolean, context: CheckContext): CheckLine {
  if (crontabsHidden) {
    return warning("schedule.present", CHECK.none_seen(), "crontab -l | grep datahubsync");
  }
  // Cron takes a bare percent sign for the command's end.
  const line = `15 8 * * * ${command(context, "sync --wait 30m").replaceAll("%", "\\%")}`;
  return warning(
    "schedule.present",
    CHECK.nothing_syncs(),
    `(crontab -l 2>/dev/null; echo ${shellWord(line)}) | crontab -`,
  );
}

/** Whether it calls this program, with a configuration that is there. */
function calls({ call, place }: Schedule, context: CheckContext): CheckLine[] {
  if (call === undefined) {
    const text = CHECK.calls_nothing({ place });
    return [failure("schedule.program", text, CHECK.install_again())];
  }
  const lines = [callsProgram(call, place, context)];
  if (call.noConfig !== undefined) {
    const text = CHECK.no_config({ noConfig: call.noConfig });
    const remedy = CHECK.name_config({ place, path: shellWord(context.config.path) });
    lines.push(failure("schedule.config", text, remedy));
  }
  return lines;
}

/** What it runs after the sync; a script that isn't there would fail without a word from us. */
function thenLine({ then, place }: Schedule): CheckLine[] {
  if (then === undefined) return [];
  const script = /^(\/[^\s'"$`;&|<>()]+)(?=\s|$)/.exec(then)?.[1];
  if (script !== undefined && realPath(script) === undefined) {
    const text = CHECK.script_not_there({ script });
    return [failure("schedule.then", text, CHECK.put_it_there({ place }))];
  }
  return [fine("schedule.then", CHECK.then_runs({ then }))];
}

function callsProgram(
  { program, path, searched }: ScheduledCall,
  place: string,
  context: CheckContext,
): CheckLine {
  const { machine } = context;
  if (path === undefined && searched === undefined) {
    return fine("schedule.program", CHECK.calls_login({ program: String(program) }));
  }
  const correct = CHECK.write_there({ execPath: shellWord(machine.execPath), place });
  if (path === undefined) {
    const text = CHECK.not_in_path({ program: String(program), searched: String(searched) });
    return failure("schedule.program", text, correct);
  }
  const real = realPath(path);
  if (real === undefined) {
    return failure("schedule.program", CHECK.not_there({ path }), correct);
  }
  if (((Deno.statSync(real).mode ?? 0) & 0o111) === 0) {
    const remedy = asRoot(`chmod 755 ${shellWord(path)}`, machine);
    return failure("schedule.program", CHECK.not_executable({ path }), remedy);
  }
  const isScript = path.endsWith("sync.sh");
  if (!machine.compiled || isScript || real === realPath(machine.execPath)) {
    return fine("schedule.program", CHECK.calls_path({ path }));
  }
  const text = CHECK.calls_other({ path, execPath: machine.execPath });
  const check = `${shellWord(path)} check -c ${shellWord(context.config.path)}`;
  return warning("schedule.program", text, check);
}

/** Whom it runs as, where that is somebody else. */
function userOf({ user }: Schedule, { machine }: CheckContext): string | undefined {
  const mine = user === undefined || user === userNameOf(machine.uid) ||
    user === String(machine.uid);
  return mine ? undefined : user;
}

/** What makes cron pass a file by without a word. */
function readable({ kind, path }: Schedule, { machine }: CheckContext): CheckLine[] {
  const lines: CheckLine[] = [];
  if (kind === "cron.d") {
    const info = Deno.statSync(path);
    const mode = (info.mode ?? 0) & 0o777;
    if ((mode & 0o022) !== 0 || (machine.root === "" && info.uid !== 0)) {
      const remedy = asRoot(`chmod 644 ${shellWord(path)}`, machine) +
        (info.uid === 0 ? "" : ` && ${asRoot(`chown root: ${shellWord(path)}`, machine)}`);
      const text = CHECK.cron_passes_by({ path, mode: mode.toString(8) });
      lines.push(failure("schedule.readable", text, remedy));
    }
    if (!readPlainText(path).endsWith("\n")) {
      const remedy = machine.uid === 0
        ? `echo >> ${shellWord(path)}`
        : CHECK.add_a_newline_to_its_end();
      const text = CHECK.cron_last_line({ path });
      lines.push(failure("schedule.readable", text, remedy));
    }
  }
  return lines;
}

function daemon(schedules: readonly Schedule[], { machine }: CheckContext): CheckLine[] {
  const runs = CRON_PIDS.some((pid) => realPath(onMachine(machine, pid)) !== undefined);
  if (runs || schedules.every(({ kind }) => kind === "systemd")) return [];
  const start = cronStart(machine).map((words) => asRoot(words, machine)).join(" && ");
  return [warning("schedule.daemon", CHECK.no_cron_daemon(), start)];
}

/** What starts cron, and before that installs it where it isn't there. */
function cronStart(machine: CheckContext["machine"]): string[] {
  const has = (name: string): boolean =>
    ["/usr/sbin", "/usr/bin"].some((dir) =>
      realPath(onMachine(machine, `${dir}/${name}`)) !== undefined
    );
  if (has("crond")) return [has("systemctl") ? "systemctl enable --now crond" : "crond"];
  if (has("cron") || !has("apt-get") && !has("dnf")) return ["service cron start"];
  return has("apt-get")
    ? ["apt-get install cron", "service cron start"]
    : ["dnf install cronie", "systemctl enable --now crond"];
}

function enabled({ path }: Schedule, { machine }: CheckContext): CheckLine[] {
  const link = join(dirname(path), "timers.target.wants", "datahubsync.timer");
  if (realPath(link) !== undefined) return [];
  const isUsers = !path.startsWith(onMachine(machine, "/etc/"));
  const words = `systemctl ${isUsers ? "--user " : ""}enable --now datahubsync.timer`;
  const text = CHECK.timer_not_enabled();
  const enable = isUsers ? words : asRoot(words, machine);
  return [failure("schedule.readable", text, CHECK.let_systemd({ enable }))];
}

function nextRun({ spec, zone, path, place }: Schedule, context: CheckContext): CheckLine {
  if (zone !== undefined) {
    const text = CHECK.zone_unclear({ zone });
    return warning("schedule.next", text);
  }
  if (spec === undefined) {
    const list = CHECK.ask_systemd({ user: path.includes("systemd/user") ? "--user " : "" });
    return warning("schedule.next", CHECK.only_systemd_knows(), list);
  }
  try {
    const time = parseCron(spec);
    if (time.kind === "boot") return fine("schedule.next", CHECK.at_start());
    const [next] = nextRuns(time, context.clock());
    if (next === undefined) {
      const text = CHECK.never_comes({ spec });
      return failure("schedule.next", text, CHECK.correct_time({ place }));
    }
    return fine("schedule.next", CHECK.next_run({ next: localTime(next) }));
  } catch (error) {
    if (!(error instanceof CronSyntaxError)) throw error;
    if (!error.refused) {
      const text = CHECK.time_not_understood({ spec, message: error.message });
      return warning("schedule.next", text);
    }
    const text = CHECK.cron_cant_read({ spec, message: error.message });
    return failure("schedule.next", text, CHECK.correct_time({ place }));
  }
}
