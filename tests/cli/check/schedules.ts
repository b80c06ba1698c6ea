/**
 * Schedules of other kinds for a healthy place: a user's crontab, a systemd timer.
 *
 * @module
 */
import { writeExecutable } from "../../support/executable.ts";
import type { Place } from "./healthy_place.ts";

/** A `crontab` that writes where `--check` looks, in place of the machine's. */
export async function ownCrontab(place: Place): Promise<string> {
  const table = place.at("root", "var", "spool", "cron", "crontabs", "root");
  await writeExecutable(
    place.at("bin", "crontab"),
    `#!/bin/sh\nif [ "$1" = -l ]; then cat '${table}'; else cat >'${table}.new' && mv '${table}.new' '${table}'; fi\n`,
  );
  return table;
}

/** Puts the schedule into a timer instead. */
export async function useTimer(place: Place, service: string): Promise<string> {
  await Deno.remove(place.cron);
  const units = place.at("root", "etc", "systemd", "system");
  await Deno.mkdir(`${units}/timers.target.wants`, { recursive: true });
  await Deno.writeTextFile(
    `${units}/datahubsync.timer`,
    "# Schedule: 15 8 * * *\n[Timer]\nOnCalendar=*-*-* 08:15:00\n",
  );
  await Deno.writeTextFile(`${units}/datahubsync.service`, `[Service]\nExecStart=${service}\n`);
  await Deno.symlink("../datahubsync.timer", `${units}/timers.target.wants/datahubsync.timer`);
  return units;
}
