/**
 * What install_client.sh finds on the machine before it changes anything (an installation of v2.0, existing schedules),
 * and what follows from that and from the options.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { readCrontab } from "../../schedule/crontab.ts";
import { said } from "../terminal/language.ts";
import { checkedTimes } from "../setup/schedule_command.ts";
import type { Disk, InstallFacts } from "./facts.ts";
import { checkOptions, siteOf } from "./options_check.ts";
import type { InstallPlan } from "./plan.ts";
import { CRON_FILE, isOwnLine } from "./schedule_step.ts";

/** The default schedule. */
const DEFAULT_SCHEDULE = "15 8 * * *";

/** An existing schedule. */
interface Earlier {
  kind: "cron.d" | "crontab" | "systemd";
  user: string;
  spec: string;
}

/** Checks the options and sets what the script goes on with. */
export function planLook(plan: InstallPlan): void {
  const { facts, disk } = plan;
  if (!checkOptions(plan)) return;
  const kept = (name: string): string | undefined =>
    disk.installed("set").find((set) => set.startsWith(`${name} `))?.slice(name.length + 1);
  if (facts.PACK + facts.SERVE !== "") {
    const spec = facts.SCHEDULE || "*/10 * * * *";
    if (!checkSchedule(plan, spec, false, false)) return;
    plan.add("set_fact", "KIND", facts.WANT_SYSTEMD ? "systemd" : "cron.d");
    plan.add("set_fact", "SITE", siteOf(facts));
    plan.add("set_fact", "SCHEDULE", spec);
    plan.add("set_fact", "EARLIER_USER", kept("user"));
    return;
  }
  const isV2 = holdsV2(disk, facts.INSTALL_DIR);
  const earlier = earlierSchedules(facts, disk)[0];
  const kind = facts.WANT_SYSTEMD
    ? "systemd"
    : !facts.WANT_CRON
    ? earlier?.kind
    : facts.UID_NOW === "0"
    ? "cron.d"
    : "crontab";
  if (kind === undefined && facts.SCHEDULE + facts.THEN !== "") {
    const says = plan.t(
      "%s needs --setup-crontab or --systemd",
      facts.THEN ? "--then" : "--schedule",
    );
    plan.add("reject", says, plan.t("nothing is scheduled here yet"));
    return;
  }
  const spec = facts.SCHEDULE || earlier?.spec || DEFAULT_SCHEDULE;
  const keeps = facts.SCHEDULE === "" && earlier !== undefined;
  if (kind !== undefined && !checkSchedule(plan, spec, kind === "systemd", keeps)) return;
  const wasThere = isV2 || disk.isFile(`${facts.INSTALL_DIR}/datahubsync`);
  const user = kept("user") ?? earlier?.user ?? (wasThere ? facts.USER_NOW : "");
  plan.add("set_fact", "V2", isV2 ? "yes" : "");
  plan.add("set_fact", "KIND", kind);
  plan.add("set_fact", "SCHEDULE", spec);
  plan.add("set_fact", "KEEP_SPEC", keeps ? "yes" : "");
  plan.add("set_fact", "THEN", facts.THEN || facts.NO_THEN ? facts.THEN : kept("then"));
  plan.add("set_fact", "EARLIER_USER", user);
}

function checkSchedule(
  plan: InstallPlan,
  spec: string,
  bySystemd: boolean,
  keeps: boolean,
): boolean {
  try {
    checkedTimes(spec, { systemd: bySystemd });
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const [says, hint] = [said(error.message), said(error.hint ?? "")];
    plan.add(
      "reject",
      keeps ? plan.t("the existing schedule can't be kept: %s", says) : says,
      keeps ? plan.t("%s, with --schedule", hint) : hint,
    );
    return false;
  }
}

function earlierSchedules(facts: InstallFacts, disk: Disk): Earlier[] {
  const found: Earlier[] = [];
  if (facts.UID_NOW === "0") {
    const [job] = readCrontab(disk.text(CRON_FILE), { withUser: true });
    if (job !== undefined) found.push({ kind: "cron.d", user: job.user ?? "", spec: job.time });
  }
  const unit = `${facts.UNIT_DIR}/datahubsync`;
  if (disk.isFile(`${unit}.timer`)) {
    const user = /^User=(.*)$/m.exec(disk.text(`${unit}.service`))?.[1] || facts.USER_NOW;
    const spec = /^# Schedule: (.*)$/m.exec(disk.text(`${unit}.timer`))?.[1] || DEFAULT_SCHEDULE;
    found.push({ kind: "systemd", user, spec });
  }
  for (const [user, lines] of disk.crontabs()) {
    const own = lines.find((line) => isOwnLine(line, facts));
    const time = own === undefined ? undefined : /^\s*(@\S+|(?:\S+\s+){4}\S+)/.exec(own)?.[1];
    if (time !== undefined) {
      found.push({ kind: "crontab", user, spec: time.replaceAll(/\s+/g, " ") });
    }
  }
  return found;
}

/**
 * Where v2.0 may have been put, by a line of a crontab: `user<TAB>folder` lines. Whether the folder counts depends
 * on who controls it, which the script says.
 */
export function foldersOfV2(disk: Disk): string {
  return disk.crontabs().flatMap(([user, lines]) =>
    lines.filter((line) => !/^\s*#/.test(line)).map((line) =>
      // The quoted path, the bare one, which ends at a blank, and the one that it is entered by.
      (/.*["'](\/[^"']*)\/sync\.sh/.exec(line) ?? /.*\s(\/\S*)\/sync\.sh/.exec(line) ??
        /.*cd\s*(\/[^\s;&]*).*sync\.sh/.exec(line))?.[1]
    ).filter((folder) => folder !== undefined && holdsV2(disk, folder))
      .map((folder) => `${user}\t${folder}\n`)
  ).join("");
}

/** Whether the Python client's installer filled this folder. */
function holdsV2(disk: Disk, folder: string): boolean {
  if (!disk.isFile(`${folder}/config.yaml`) && !disk.isFile(`${folder}/config/config.yaml`)) {
    return false;
  }
  const script = disk.text(`${folder}/sync.sh`);
  // This program's own two-line replacement of a script of v2.0.
  if (/^exec .*\/datahubsync/m.test(script)) return false;
  // This program's module exports the names of v2.0's.
  const own = "under the names of the Python client v2.0";
  return script.includes("python") || disk.isFile(`${folder}/data_sync_client.py`) ||
    (disk.isFile(`${folder}/sync_client.py`) &&
      !disk.text(`${folder}/sync_client.py`).includes(own));
}
