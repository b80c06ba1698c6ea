/**
 * Schedules of syncs: in `/etc/cron.d`, `/etc/crontab`, the users' crontabs, and systemd's timer.
 *
 * Guarantees: reads, and says what it wasn't permitted to read. What isn't understood is given as such,
 * with nothing concluded from it. It can't ask another program, so what only `crontab -l` or
 * `systemctl` knows stays unseen.
 *
 * @module
 */
import { given } from "../../../given.ts";
import { orElse } from "../../../or_else.ts";
import { parseCron } from "../../../schedule/cron_expression.ts";
import { type CronJob, readCrontab } from "../../../schedule/crontab.ts";
import { commandAfter, shellTextIn } from "../../../schedule/command_after.ts";
import { callsInShell, callsInWords, type JobCall } from "../../../schedule/job_calls.ts";
import { onCalendar } from "../../../schedule/on_calendar.ts";
import { readService } from "../../../schedule/service_unit.ts";
import { NotUnderstood } from "../../../schedule/shell_commands.ts";
import { type Machine, onMachine, textOf } from "../check_context.ts";
import { homeOf } from "../../../owners/accounts.ts";
import {
  CRON_PATH,
  describeCall,
  isOurs,
  isSync,
  mentionsUs,
  realPath,
  type ScheduledCall,
} from "./scheduled_call.ts";
import { basename, join } from "node:path";

/** What is needed of the machine. */
export type Surroundings = Pick<Machine, "root" | "home" | "env">;

/** One line or unit that syncs, or may. */
export interface Schedule {
  kind: "cron.d" | "crontab" | "systemd";
  /** The file that it stands in. */
  path: string;
  /** The same for a person: with the line. */
  place: string;
  /** A time of cron's; missing where only systemd knows, or `zone` makes it another. */
  spec?: string;
  /** The `CRON_TZ` that is set for it, where it isn't this machine's own zone. */
  zone?: string;
  /** Whom it runs as, where that is said. */
  user?: string;
  /** What about it isn't understood: nothing is known of what it calls. */
  unclear?: string;
  /** What it calls, where that is known. */
  call?: ScheduledCall;
  /** The command that it runs while changes are unread. */
  then?: string;
}

/** What was found, and what couldn't be looked at. */
interface Schedules {
  found: Schedule[];
  /** Whether crontabs of users couldn't be read. */
  crontabsHidden: boolean;
}

/** Names that cron reads in its folder: no dots, no backups. */
const CRON_NAME = /^[A-Za-z0-9_-]+$/;

/** Finds every schedule that syncs. `scripts` = other programs that count as ours (`sync.sh`). */
export async function findSchedules(
  machine: Surroundings,
  scripts: readonly string[],
): Promise<Schedules> {
  const found: Schedule[] = [];
  const environment = everybodys(machine);
  const read = async (path: string, kind: "cron.d" | "crontab"): Promise<void> => {
    for (const job of readCrontab(textOf(path) ?? "", { withUser: kind === "cron.d" })) {
      const user = job.user ?? (kind === "crontab" ? basename(path) : undefined);
      const about = { kind, path, place: `${path}:${job.line}`, ...(user && { user }) };
      const variables = new Map([...environment, ...job.variables]);
      found.push(...await readJob({ ...job, variables, ...(user && { user }) }, about, scripts));
    }
  };
  const folder = onMachine(machine, "/etc/cron.d");
  for (const name of namesIn(folder) ?? []) {
    if (CRON_NAME.test(name)) await read(join(folder, name), "cron.d");
  }
  await read(onMachine(machine, "/etc/crontab"), "cron.d");
  let crontabsHidden = false;
  for (const spool of ["/var/spool/cron/crontabs", "/var/spool/cron"]) {
    const names = namesIn(onMachine(machine, spool));
    if (names === undefined) crontabsHidden = true;
    for (const name of names ?? []) await read(join(onMachine(machine, spool), name), "crontab");
  }
  for (const units of unitFolders(machine)) found.push(...await readTimer(units, scripts));
  return { found, crontabsHidden };
}

/** Whether it syncs a configuration that is there and isn't this one. */
export function isOfAnother({ call }: Schedule, config: string): boolean {
  return call?.config !== undefined && realPath(call.config) !== realPath(config);
}

/** Where systemd keeps units that people made: the machine's, and this user's. */
function unitFolders(machine: Surroundings): string[] {
  const { home } = machine;
  const folders = [onMachine(machine, "/etc/systemd/system")];
  if (home) {
    folders.push(join(machine.env("XDG_CONFIG_HOME") || join(home, ".config"), "systemd/user"));
  }
  return folders;
}

/** What PAM gives every job; the search path isn't among it. */
function everybodys(machine: Surroundings): [name: string, value: string][] {
  const lines = (textOf(onMachine(machine, "/etc/environment")) ?? "").split("\n");
  return lines.flatMap((line) => {
    const [, name, value = ""] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || name === "PATH") return [];
    return [[name, value.replace(/^(["'])(.*)\1$/, "$2")] as [string, string]];
  });
}

type About = Pick<Schedule, "kind" | "path" | "place" | "user">;

async function readJob(
  job: CronJob,
  about: About,
  scripts: readonly string[],
): Promise<Schedule[]> {
  const home = homeOf(job.user ?? "root");
  const given = new Map([["HOME", home], ["PATH", CRON_PATH], ["SHELL", "/bin/sh"]]);
  if (job.user !== undefined) given.set("LOGNAME", job.user).set("USER", job.user);
  const variables = new Map([...given, ...job.variables]);
  const zone = foreignZone(job.variables.get("CRON_TZ"));
  const time = zone === undefined ? { spec: job.time } : { zone };
  try {
    const shell = variables.get("SHELL")!;
    if (!/^(?:ba|da|z|k|a)?sh$/.test(basename(shell))) throw new NotUnderstood(`SHELL=${shell}`);
    const surroundings = { cwd: variables.get("HOME")!, variables, sourced: false };
    const calls = callsInShell(job.command, surroundings, isOurs(scripts)).filter(isSync(scripts));
    return await schedulesOf(calls, { ...about, ...time }, commandAfter(job.command), scripts);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return mentionsUs(job.command) ? [{ ...about, ...time, unclear: error.message }] : [];
  }
}

/** What each call does; `then` is what comes after it. */
async function schedulesOf(
  calls: readonly JobCall[],
  about: Schedule,
  then: string | undefined,
  scripts: readonly string[],
): Promise<Schedule[]> {
  const after = then !== undefined && { then };
  return await Promise.all(
    calls.map(async (call) => ({ ...about, ...await describeCall(call, scripts), ...after })),
  );
}

async function readTimer(folder: string, scripts: readonly string[]): Promise<Schedule[]> {
  const path = join(folder, "datahubsync.timer");
  const timer = textOf(path);
  if (timer === undefined) return [];
  const texts = serviceTexts(path);
  const service = readService(texts, homeOf("root"));
  const spec = timeOf(timer);
  const about: Schedule = {
    kind: "systemd",
    path,
    place: path.replace(/timer$/, "service"),
    ...given({ spec, user: service.user }),
  };
  try {
    const calls = callsInWords(service.start, service, isOurs(scripts)).filter(isSync(scripts));
    if (calls.length === 0) return [about];
    return await schedulesOf(calls, about, commandAfter(shellTextIn(service.after)), scripts);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    return [{ ...about, unclear: error.message }];
  }
}

/** The texts of the service beside a timer: its own, then what was added to it. */
function serviceTexts(timer: string): string[] {
  const service = timer.replace(/timer$/, "service");
  const added = (namesIn(`${service}.d`) ?? []).filter((name) => name.endsWith(".conf"));
  return [service, ...added.map((name) => join(`${service}.d`, name))]
    .map((path) => textOf(path) ?? "");
}

/** The time that the installer noted, while the timer still says the same. */
function timeOf(timer: string): string | undefined {
  const spec = /^# Schedule: (.+)$/m.exec(timer)?.[1]?.trim();
  if (spec === undefined) return undefined;
  const said = timer.split("\n").filter((line) => line.startsWith("OnCalendar="));
  const noted = orElse(() => onCalendar(parseCron(spec)).join("\n"), undefined);
  return said.join("\n") === noted ? spec : undefined;
}

/** A zone that isn't this machine's: cronie reads times in it, Debian's cron doesn't. */
function foreignZone(zone: string | undefined): string | undefined {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone === undefined || zone === "" || zone === own ? undefined : zone;
}

/** The names in a folder, none where there is no such folder; `undefined` = not permitted to look. */
function namesIn(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name)
      .sort();
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? undefined : [];
  }
}
