/**
 * The names of outcomes and phases, in both languages.
 *
 * @module
 */

import { both, type Html, html } from "./html.ts";
import { readBack } from "../../messages/read_back.ts";
import type { Phase, Status } from "../../types.ts";

/** A text in English and Chinese. */
export interface Words {
  en: string;
  zh: string;
}

const OUTCOMES: Record<Status, Words> = {
  success: { en: "updated", zh: "已更新" },
  up_to_date: { en: "up to date", zh: "已是最新" },
  package_not_ready: { en: "package not ready", zh: "数据包未就绪" },
  not_found: { en: "not on the hub", zh: "服务器上没有" },
  download_failed: { en: "download failed", zh: "下载失败" },
  planned: { en: "planned", zh: "仅计划" },
  disk_full: { en: "disk full", zh: "磁盘空间不足" },
  extract_failed: { en: "extraction failed", zh: "解压失败" },
  rejected: { en: "rejected", zh: "未通过检查" },
  config_error: { en: "configuration", zh: "配置错误" },
  locked: { en: "locked by another run", zh: "被另一次运行占用" },
  interrupted: { en: "interrupted", zh: "已中断" },
  error: { en: "error", zh: "错误" },
};

const PHASES: Record<Phase, Words> = {
  catalog: { en: "catalog", zh: "查询目录" },
  directory: { en: "directory", zh: "读取包目录" },
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
  return OUTCOMES[outcome as Status] ?? { en: outcome, zh: outcome };
}

/** A phase's name. */
export function phaseWords(phase: string): Words {
  return PHASES[phase as Phase] ?? { en: phase, zh: phase };
}
