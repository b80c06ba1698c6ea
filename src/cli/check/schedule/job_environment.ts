/**
 * What the scheduled run lacks of this shell's environment: cron and systemd start it with next to
 * no variables.
 *
 * Guarantees: no value of a variable is read into a message. Where more variables come from a file
 * (a login shell's, `EnvironmentFile=`), nothing is said to be missing.
 *
 * @module
 */
import { asRoot } from "../../../as_root.ts";
import { readPlainText } from "../../../plain_file.ts";
import { addressesOf } from "../../../config/addresses.ts";
import { variablesNamedIn } from "../../../config/env_names.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, failure, warning } from "../check_line.ts";
import { proxyFor } from "../../../hub/route/proxy.ts";
import type { Schedule } from "./schedule_sources.ts";
import { CHECK } from "../../../messages/check.ts";

/** Checks a schedule against what this run has. */
export function checkJobEnvironment(schedule: Schedule, context: CheckContext): CheckLine[] {
  const { config, machine } = context;
  const { call } = schedule;
  if (call === undefined || call.sourced) return [];
  const lacks = (name: string): boolean => !call.variables.has(name);
  const lines: CheckLine[] = [];
  for (const name of variablesNamedIn(readPlainText(config.path)).filter(lacks)) {
    const says = CHECK.job_lacks({ name });
    lines.push(failure("schedule.environment", says, define(name, schedule, context)));
  }
  const proxies = addressesOf(config).map((url) => proxyFor(url, machine.env)?.variable);
  for (const name of new Set(proxies)) {
    if (name === undefined || !lacks(name)) continue;
    const says = CHECK.job_lacks_proxy({ name });
    lines.push(warning("schedule.environment", says, define(name, schedule, context)));
  }
  return lines;
}

/** A value may hold what a shell, cron or sed reads their own way: a person puts it in. */
function define(name: string, { kind, path }: Schedule, { machine }: CheckContext): string {
  if (kind === "systemd") {
    const edit = asRoot("systemctl edit datahubsync.service", machine);
    return CHECK.systemd_add({ edit, name });
  }
  if (kind === "crontab") return CHECK.crontab_add({ name });
  const message = name.startsWith("DATAHUBSYNC_")
    ? CHECK.cron_file_add_secret
    : CHECK.cron_file_add;
  return message({ name, path });
}
