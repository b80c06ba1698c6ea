/**
 * The last runs, by the history: how they ended, and whether the schedule's last one happened.
 *
 * @module
 */
import { diskError } from "../../fs/disk_error.ts";
import { durationText } from "../../units.ts";
import { historyPathFor, readHistory } from "../../monitoring/history.ts";
import type { HistoryRecord } from "../../monitoring/history_record.ts";
import { localTime } from "../../monitoring/local_time.ts";
import { verdictOf } from "../../monitoring/verdict.ts";
import { orElse } from "../../or_else.ts";
import { timesOf } from "../../schedule/cron_expression.ts";
import { previousRun } from "../../schedule/next_runs.ts";
import { shellWord } from "../../shell_word.ts";
import { betterTime } from "./schedule/better_time.ts";
import { type CheckContext, command, moveAside, takeOver } from "./check_context.ts";
import { aboutDataset, type CheckLine, failure, fine, warning } from "./check_line.ts";
import type { Schedule } from "./schedule/schedule_sources.ts";
import { dirname } from "node:path";
import { CHECK } from "../../messages/check.ts";

/** A run may begin this much later than scheduled: systemd spreads them, machines wake up. */
const GRACE_MS = 10 * 60_000;

/** Checks what the history tells of the last runs. */
export async function checkRuns(
  context: CheckContext,
  schedule: Schedule | undefined,
): Promise<CheckLine[]> {
  const path = historyPathFor(context.config.path);
  let history: HistoryRecord[];
  try {
    history = await readHistory(path);
  } catch (error) {
    return [unreadable(error, path, context)];
  }
  const lines = context.datasets.flatMap(({ name }) => {
    const last = history.findLast(({ dataset }) => dataset === name);
    return aboutDataset(name, [lastRun(last, name, context)]);
  });
  return [
    ...lines,
    ...missed(history, schedule, context),
    ...betterTime(history, schedule, context),
  ];
}

/** What is in the way is moved, and what is somebody else's taken over. */
function unreadable(error: unknown, path: string, { machine }: CheckContext): CheckLine {
  const { code, message, hint } = diskError(error, path, CHECK.read_the_history());
  // The file itself, or the folder that it lies in.
  const blocking = orElse(() => Deno.statSync(path), undefined) ? path : dirname(path);
  const remedy = code === "wrong_type"
    ? moveAside(blocking)
    : code === "no_permission"
    ? takeOver(machine, blocking)
    : hint ?? `ls -l ${shellWord(path)}`;
  return failure("schedule.last", message, remedy);
}

function lastRun(last: HistoryRecord | undefined, name: string, context: CheckContext): CheckLine {
  const sync = command(context, `sync -d ${shellWord(name)}`);
  if (last === undefined) return fine("schedule.last", CHECK.no_run_yet());
  const ago = durationText(context.clock() - Date.parse(last.at));
  if (verdictOf(last.outcome) !== "failed") {
    return fine("schedule.last", CHECK.last_run({ ago, outcome: last.outcome }));
  }
  const why = last.error === undefined ? "" : `: ${last.error}`;
  const remedy = last.hint === undefined ? sync : CHECK.hint_then({ hint: last.hint, sync });
  return warning("schedule.last", CHECK.last_run_why({ ago, outcome: last.outcome, why }), remedy);
}

/** Only said of a schedule that has had its time since it was written. */
function missed(
  history: readonly HistoryRecord[],
  schedule: Schedule | undefined,
  context: CheckContext,
): CheckLine[] {
  if (schedule?.spec === undefined) return [];
  const now = context.clock();
  const times = timesOf(schedule.spec);
  const due = times && previousRun(times, now - GRACE_MS);
  if (due === undefined) return [];
  const written = Deno.statSync(schedule.path).mtime?.getTime() ?? now;
  const lastAt = Math.max(0, ...history.map(({ at }) => Date.parse(at)));
  if (written > due || lastAt >= due) return [];
  const journal = schedule.kind === "systemd" ? CHECK.see_systemd() : CHECK.see_cron();
  return [warning("schedule.last", CHECK.no_trace({ due: localTime(due) }), journal)];
}
