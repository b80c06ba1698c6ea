/**
 * Where a schedule of ours may stand: `/etc/cron.d`, `/etc/crontab`, the crontabs of the users, and
 * systemd's timer.
 *
 * Guarantees: reads, and says what it had no right to read. It can't ask another program, so what
 * only `crontab -l` or `systemctl` knows stays unseen.
 *
 * @module
 */
import { type Machine, onMachine } from "./check_context.ts";
import { basename, join } from "node:path";

/** What is needed of the machine. */
export type Surroundings = Pick<Machine, "root" | "home" | "env">;

/** One line or unit that runs us. */
export interface Schedule {
  kind: "cron.d" | "crontab" | "systemd";
  /** The file that it stands in. */
  path: string;
  /** Cron's five fields or `@daily` and its like; missing where only systemd knows. */
  spec?: string;
  /** The program that is called. */
  program: string;
  /** The configuration that it names. */
  config?: string;
  /** Whom it runs as, where that is said. */
  user?: string;
}

/** What was found, and what couldn't be looked at. */
export interface Schedules {
  found: Schedule[];
  /** Whether crontabs of users couldn't be read. */
  crontabsHidden: boolean;
}

/** Names that cron reads in its folder: no dots, no backups. */
const CRON_NAME = /^[A-Za-z0-9_-]+$/;

/** Finds every schedule that calls us. `scripts` = other programs that count as ours (`sync.sh`). */
export function findSchedules(machine: Surroundings, scripts: readonly string[]): Schedules {
  const found: Schedule[] = [];
  const lines = (path: string, kind: "cron.d" | "crontab", withUser: boolean): void => {
    for (const line of (textOf(path) ?? "").split("\n")) {
      const schedule = readCronLine(line, { withUser, scripts });
      const user = withUser ? {} : { user: basename(path) };
      if (schedule !== undefined) found.push({ kind, path, ...user, ...schedule });
    }
  };
  const folder = onMachine(machine, "/etc/cron.d");
  for (const name of namesIn(folder) ?? []) {
    if (CRON_NAME.test(name)) lines(join(folder, name), "cron.d", true);
  }
  lines(onMachine(machine, "/etc/crontab"), "cron.d", true);
  let crontabsHidden = false;
  for (const spool of ["/var/spool/cron/crontabs", "/var/spool/cron"]) {
    const names = namesIn(onMachine(machine, spool));
    if (names === undefined) crontabsHidden = true;
    for (const name of names ?? []) lines(join(onMachine(machine, spool), name), "crontab", false);
  }
  for (const units of unitFolders(machine)) found.push(...readUnits(units, scripts));
  return { found, crontabsHidden };
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

/** Reads a line of a crontab; `undefined` when it doesn't call us. */
export function readCronLine(
  line: string,
  options: { withUser: boolean; scripts: readonly string[] },
): Pick<Schedule, "spec" | "program" | "config" | "user"> | undefined {
  if (/^\s*(#|$)/.test(line) || /^\s*[A-Za-z_]\w*\s*=/.test(line)) return undefined;
  const fields = options.withUser
    ? /^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(?<user>\S+)\s+(?<command>.*)$/.exec(line)
    : /^\s*(@\w+|(?:\S+\s+){4}\S+)\s+(?<command>.*)$/.exec(line);
  if (fields === null) return undefined;
  const { user, command = "" } = fields.groups ?? {};
  const called = readCommand(command, options.scripts);
  const spec = fields[1]!.replace(/\s+/g, " ");
  return called && { spec, ...called, ...(user !== undefined && { user }) };
}

function readUnits(folder: string, scripts: readonly string[]): Schedule[] {
  const path = join(folder, "datahubsync.timer");
  const timer = textOf(path);
  const service = textOf(join(folder, "datahubsync.service"));
  if (timer === undefined) return [];
  const start = /^ExecStart=[-@:+!]*(.*)$/m.exec(service ?? "")?.[1] ?? "";
  const called = readCommand(start, scripts);
  const spec = /^# Schedule: (.+)$/m.exec(timer)?.[1]?.trim();
  const user = /^User=(\S+)$/m.exec(service ?? "")?.[1];
  const said = { ...(spec && { spec }), ...(user && { user }) };
  return [{ kind: "systemd", path, program: "", ...said, ...called }];
}

/** The program of ours in a command, and the configuration that it is given. */
function readCommand(
  text: string,
  scripts: readonly string[],
): Pick<Schedule, "program" | "config"> | undefined {
  const words = splitWords(text);
  const at = words.findIndex((word) => basename(word) === "datahubsync" || scripts.includes(word));
  if (at === -1) return undefined;
  const rest = words.slice(at + 1);
  const option = rest.findIndex((word) => word === "-c" || word === "--config");
  const config = option === -1
    ? rest.find((word) => word.startsWith("--config="))?.slice("--config=".length)
    : rest[option + 1];
  return { program: words[at]!, ...(config !== undefined && { config }) };
}

/** A command's words, with quotes and backslashes resolved; it goes no further than a shell's `;`. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g)) {
    words.push(
      word.replace(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g,
        (_, single?: string, double?: string, escaped?: string) =>
          single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? "",
      ),
    );
  }
  return words;
}

/** The names in a folder, none where there is no such folder; `undefined` = no right to look. */
function namesIn(folder: string): string[] | undefined {
  try {
    return [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name)
      .sort();
  } catch (error) {
    return error instanceof Deno.errors.PermissionDenied ? undefined : [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}
