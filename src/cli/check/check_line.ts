/**
 * The result of a check: one line, with a remedy to type if something is wrong.
 *
 * @module
 */
import { hintOf, messageOf } from "../../errors.ts";
import { CHECK } from "../../messages/check.ts";

/** The verdict of a check. */
export type CheckVerdict = "ok" | "warning" | "error";

/** The sections of a report, in order. */
export const AREAS = {
  program: CHECK.area_program,
  config: CHECK.area_config,
  network: CHECK.area_network,
  hub: CHECK.area_hub,
  dataset: CHECK.area_dataset,
  folder: CHECK.area_folder,
  state: CHECK.area_state,
  log: CHECK.area_log,
  notify: CHECK.area_notify,
  schedule: CHECK.area_schedule,
} as const;

/** One line of a report. */
export interface CheckLine {
  /** What was checked: an area, a dot, and a word: `hub.dns`. */
  check: `${keyof typeof AREAS}.${string}`;
  verdict: CheckVerdict;
  /** The dataset that it is about. */
  dataset?: string;
  /** What was found. */
  text: string;
  /** A command to type, or what to change where. */
  remedy?: string;
  /** Whether a report begins with it, because it changes what the others mean. */
  first?: boolean;
  /** Whether it is shown although nothing is wrong: what a user should know once. */
  noted?: boolean;
}

/** Something is as it should be. */
export function fine(check: CheckLine["check"], text: string): CheckLine {
  return { check, verdict: "ok", text };
}

/** Something works, but not well, or can't be checked from here. */
export function warning(check: CheckLine["check"], text: string, remedy?: string): CheckLine {
  return { check, verdict: "warning", text, ...(remedy !== undefined && { remedy }) };
}

/** Something doesn't work. */
export function failure(check: CheckLine["check"], text: string, remedy?: string): CheckLine {
  return { check, verdict: "error", text, ...(remedy !== undefined && { remedy }) };
}

/** What an error says doesn't work; `remedy` where it doesn't say what to do. */
export function thrown(check: CheckLine["check"], error: unknown, remedy?: string): CheckLine {
  return failure(check, messageOf(error), hintOf(error) ?? remedy);
}

/** The lines, said of a dataset. */
export function aboutDataset(dataset: string, lines: readonly CheckLine[]): CheckLine[] {
  return lines.map((line) => ({
    ...line,
    dataset,
    text: CHECK.about_dataset({ dataset, text: line.text }),
  }));
}
