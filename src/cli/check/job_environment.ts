/**
 * What the scheduled run has and hasn't of this shell's surroundings: cron and systemd start it as
 * their own user, and with next to no environment.
 *
 * Guarantees: no value of a variable is read into a message; a remedy names the variable, and the
 * shell puts the value in.
 *
 * @module
 */
import { ENV_NAMES } from "../../config/env_names.ts";
import { shellWord } from "../../shell_word.ts";
import { asRoot, type CheckContext, command, userName } from "./check_context.ts";
import { type CheckLine, failure, warning } from "./check_line.ts";
import { proxyFor } from "./proxy.ts";
import type { Schedule } from "./schedule_sources.ts";
import { join } from "node:path";

/** Checks a schedule against what this run has. */
export function checkJobEnvironment(schedule: Schedule, context: CheckContext): CheckLine[] {
  const { config, machine } = context;
  const text = definitions(schedule);
  const lacks = (name: string): boolean =>
    !new RegExp(`(^|["'\\s])${name}\\s*=`, "m").test(text) && !/^EnvironmentFile=/m.test(text);
  const lines: CheckLine[] = [];
  for (const name of namedIn(Deno.readTextFileSync(config.path)).filter(lacks)) {
    const says = `the scheduled run won't have ${name}, which the configuration names`;
    lines.push(failure("schedule.environment", says, define(name, schedule, context)));
  }
  const proxies = config.hub.urls.map((url) => proxyFor(url, machine.env)?.variable);
  for (const name of new Set(proxies)) {
    if (name === undefined || !lacks(name)) continue;
    const says = `the scheduled run won't have ${name}, which sets the proxy here`;
    lines.push(warning("schedule.environment", says, define(name, schedule, context)));
  }
  return [...lines, ...otherUser(schedule, context)];
}

/** Variables of ours that the configuration names outside of comments. */
function namedIn(yaml: string): string[] {
  const text = yaml.replace(/(^|\s)#.*$/gm, "");
  return ENV_NAMES.filter((name) => text.includes(`\${${name}}`));
}

/** The text in which the job's variables are set. */
function definitions({ kind, path }: Schedule): string {
  if (kind !== "systemd") return textOf(path);
  const service = path.replace(/timer$/, "service");
  const dropIns = namesIn(`${service}.d`).map((name) => textOf(join(`${service}.d`, name)));
  return [textOf(service), ...dropIns].join("\n");
}

function define(name: string, { kind, path }: Schedule, { machine }: CheckContext): string {
  const line = `"${name}=$${name}"`;
  if (kind === "crontab") return `(echo ${line}; crontab -l) | crontab -`;
  if (kind === "systemd") {
    const edit = asRoot(machine, "systemctl edit datahubsync.service");
    return `${edit}, with: [Service] and below it Environment=${name}=…`;
  }
  const file = shellWord(path);
  const insert = asRoot(machine, `sed -i "1i ${name}=$${name}" ${file}`);
  return name.startsWith("DATAHUBSYNC_")
    ? `${insert} && ${asRoot(machine, `chmod 600 ${file}`)}`
    : insert;
}

/** Rights were tried as the user of this run: that says little about another one's. */
function otherUser(schedule: Schedule, context: CheckContext): CheckLine[] {
  const { machine } = context;
  const me = userName(machine);
  const { user } = schedule;
  if (user === undefined || user === me || user === String(machine.uid)) return [];
  const become = machine.uid === 0 ? `runuser -u ${user} --` : `sudo -u ${user}`;
  const again = `${become} ${command(context, "check")}`;
  return [warning("schedule.user", `it runs as ${user}, but this check ran as ${me}`, again)];
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      name.endsWith(".conf")
    );
  } catch {
    return [];
  }
}
