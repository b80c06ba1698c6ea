/**
 * The names of outcomes and phases, in both languages.
 *
 * @module
 */

import { both, type Html, html } from "./html.ts";
import { STATE } from "../../messages/state.ts";
import { readBack } from "../../messages/read_back.ts";
import type { Phase, Status } from "../../types.ts";

/** A text in English and Chinese. */
export interface Words {
  en: string;
  zh: string;
}

/** Their Chinese is that of the terminal. */
const OUTCOMES: Record<Status, string> = {
  success: "updated",
  up_to_date: "up to date",
  package_not_ready: "package not ready",
  not_found: "not on the hub",
  download_failed: "download failed",
  planned: "planned",
  disk_full: "disk full",
  extract_failed: "extraction failed",
  rejected: "rejected",
  config_error: "configuration",
  locked: "locked by another run",
  interrupted: "interrupted",
  error: "error",
};

const PHASES: Record<Phase, Words> = {
  catalog: { en: "catalog", zh: "查询清单" },
  directory: { en: "directory", zh: "读取数据包的目录" },
  plan: { en: "plan", zh: "制定计划" },
  download: { en: "download and extract", zh: "下载并解压" },
  publish: { en: "publish", zh: "发布" },
  record: { en: "record", zh: "记录" },
};

/** A reason or hint that a run has left, in both languages. */
export function reasonText(text: string): Html {
  const zh = readBack(text, "zh");
  return zh === text
    ? html`
      ${text}
    `
    : both(text, zh);
}

/** An outcome's name; unknown ones from newer versions are shown as they are. */
export function outcomeWords(outcome: string): Words {
  if (!(outcome in OUTCOMES)) return { en: outcome, zh: outcome };
  return { en: OUTCOMES[outcome as Status], zh: STATE[outcome as Status].zh };
}

/** A phase's name. */
export function phaseWords(phase: string): Words {
  return PHASES[phase as Phase] ?? { en: phase, zh: phase };
}
