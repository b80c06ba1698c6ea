/**
 * Outcomes, phases, reasons and spans of time, in both languages.
 *
 * @module
 */
import type { Wording } from "../../messages/catalogue.ts";
import { readBack } from "../../messages/read_back.ts";
import { REPORT } from "../../messages/report.ts";
import type { Phase, Status } from "../../types.ts";
import { durationText, durationTextZh } from "../../units.ts";
import { type Html, html, pair } from "./html.ts";

const OUTCOMES: Record<Status, Wording> = {
  success: REPORT.updated,
  up_to_date: REPORT.up_to_date,
  package_not_ready: REPORT.package_not_ready,
  not_found: REPORT.not_on_hub,
  download_failed: REPORT.download_failed,
  planned: REPORT.planned,
  disk_full: REPORT.disk_full,
  extract_failed: REPORT.extraction_failed,
  rejected: REPORT.rejected,
  config_error: REPORT.configuration,
  locked: REPORT.locked,
  interrupted: REPORT.interrupted,
  error: REPORT.error,
};

const PHASES: Record<Phase, Wording> = {
  catalog: REPORT.catalog,
  directory: REPORT.directory,
  plan: REPORT.plan,
  download: REPORT.download,
  publish: REPORT.publish,
  record: REPORT.record,
};

/** A reason or hint that a run has left, in both languages. */
export function reasonText(text: string): Html {
  const zh = readBack(text, "zh");
  return zh === text
    ? html`
      ${text}
    `
    : pair({ en: text, zh });
}

/** An outcome's name; unknown ones from newer versions are shown as they are. */
export function outcomeWords(outcome: string): Wording {
  return OUTCOMES[outcome as Status] ?? { en: outcome, zh: outcome };
}

/** A span of time. */
export function durationWords(ms: number): Wording {
  return { en: durationText(ms), zh: durationTextZh(ms) };
}

/** A phase's name. */
export function phaseWords(phase: string): Wording {
  return PHASES[phase as Phase] ?? { en: phase, zh: phase };
}
