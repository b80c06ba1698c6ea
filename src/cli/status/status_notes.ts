/**
 * What deserves attention in a status, in sentences.
 *
 * Guarantees: pure; a note shared by several datasets appears once, with their names.
 *
 * @module
 */
import { durationText } from "../../units.ts";
import type { StatusRow } from "../../monitoring/status_rows.ts";
import { verdictOf } from "../../monitoring/verdict.ts";
import { shellWord } from "../../shell_word.ts";
import type { StatusView } from "./status_view.ts";
import { namesText } from "../../config/near_miss.ts";
import { CHECK } from "../../messages/check.ts";
import { STATUS } from "../../messages/status.ts";

/** One thing that deserves attention; `bad` where something is wrong. */
export interface StatusNote {
  bad: boolean;
  text: string;
  hint?: string;
}

/** A note on one dataset; `fix` is the command's word that takes the names. */
interface Trouble {
  bad: boolean;
  text: string;
  fix?: (names: readonly string[]) => string;
}

const syncThem = (names: readonly string[]): string =>
  `sync ${names.map((name) => `-d ${shellWord(name)}`).join(" ")}`;

/** How many datasets get a separate note. */
export function troubledRows(view: StatusView): number {
  return view.rows.filter((row) => troublesOf(row, view).length > 0).length;
}

/** All notes: first those on datasets, in their order, then on the hub, the schedule and calendars. */
export function statusNotes(view: StatusView, command: (words: string) => string): StatusNote[] {
  const shared = new Map<string, { trouble: Trouble; names: string[] }>();
  for (const row of view.rows) {
    for (const trouble of troublesOf(row, view)) {
      const known = shared.get(trouble.text) ?? { trouble, names: [] };
      known.names.push(row.dataset);
      shared.set(trouble.text, known);
    }
  }
  const notes = [...shared.values()].map(({ trouble: { bad, text, fix }, names }): StatusNote => ({
    bad,
    text: `${namesText(names)}: ${text}${fix === undefined ? "" : `: ${command(fix(names))}`}`,
  }));
  const { hub, schedule, calendars = [] } = view;
  if ("error" in hub && hub.error !== undefined) {
    const hint = view.running.size > 0 ? STATUS.run_under_way() : hub.hint;
    const who = hub.kind === "failed" ? whoIsAsked(view) : STATUS.a_server();
    const text = STATUS.cant_be_asked({ who, error: hub.error });
    notes.push({ bad: true, text, ...(hint !== undefined && { hint }) });
  }
  if (schedule?.kind === "none") {
    const text = STATUS.no_schedule({ command: command("check") });
    notes.push({ bad: false, text });
  }
  for (const text of calendars) notes.push({ bad: false, text, hint: CHECK.extend_calendar() });
  return notes;
}

/** The server that knows the versions, in words. */
export function whoIsAsked({ urlsOnly }: StatusView): string {
  return urlsOnly ? STATUS.the_server() : STATUS.the_hub();
}

/** How long ago the last run was, to follow its outcome; empty if unknown. */
export function agoText({ lastAttempt }: StatusRow, { now }: StatusView): string {
  return lastAttempt === null ? "" : STATUS.ago_after({ ago: durationText(now - lastAttempt) });
}

function troublesOf(row: StatusRow, view: StatusView): Trouble[] {
  const { dataset, lastOutcome, lastError, staleness, localVersion } = row;
  const troubles: Trouble[] = [];
  const ago = agoText(row, view);
  const idle = !view.running.has(dataset);
  if (lastOutcome !== null && verdictOf(lastOutcome) === "failed") {
    const why = lastError === null ? "" : `: ${lastError}`;
    troubles.push({ bad: true, text: STATUS.ended_as({ ago, lastOutcome, why }) });
  }
  if (lastOutcome === "interrupted" && idle) {
    troubles.push({ bad: false, text: STATUS.was_interrupted({ ago }), fix: syncThem });
  }
  if (localVersion !== null && idle) troubles.push(...diskTroubles(row));
  if (row.pinned !== null) {
    const unpin = (names: readonly string[]): string => `pin ${shellWord(names[0]!)} --off`;
    const { pinned, stillLive: live } = row;
    const again = (names: readonly string[]): string => `pin ${shellWord(names[0]!)} ${pinned}`;
    troubles.push(
      live === undefined
        ? { bad: false, text: STATUS.pinned_for_syncs({ pinned }), fix: unpin }
        : { bad: true, text: STATUS.pinned_not_reached({ pinned, live }), fix: again },
    );
  }
  if (staleness.stale) troubles.push({ bad: true, text: staleness.text });
  // Already reported, if the last run ended in it.
  if (row.step === "not_on_hub" && lastOutcome === "not_found") return troubles;
  if (row.step === "not_on_hub") troubles.push({ bad: true, text: STATUS.not_listed() });
  else if (localVersion === null) {
    troubles.push({ bad: false, text: STATUS.never_synced(), fix: syncThem });
  }
  return troubles;
}

function diskTroubles({ disk, localDir }: StatusRow): Trouble[] {
  const verify = (names: readonly string[]): string => `verify ${names.map(shellWord).join(" ")}`;
  switch (disk?.word) {
    case "missing":
      return [{ bad: true, text: STATUS.folder_missing({ localDir }), fix: syncThem }];
    case "empty":
      return [{ bad: true, text: STATUS.folder_empty({ localDir }), fix: syncThem }];
    case "unfinished":
      return [{ bad: true, text: STATUS.publish_cut_off(), fix: syncThem }];
    case "other_version":
      return [{ bad: true, text: STATUS.other_version(), fix: syncThem }];
    case "changed": {
      const { differing } = disk;
      const files = STATUS.file_changed({ count: differing });
      return [{ bad: false, text: STATUS.since_placed({ files }), fix: verify }];
    }
    default:
      return [];
  }
}
