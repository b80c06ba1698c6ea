/**
 * The words of `--json` for outcomes, steps and folders, as a person reads them in another language.
 * In English a person reads the words themselves; nobody writes these, they are only read back.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** STATE: the messages of this area. */
export const STATE = catalogue({
  success: { en: "success", zh: "已更新" },
  up_to_date: { en: "up_to_date", zh: "已是最新" },
  planned: { en: "planned", zh: "仅计划" },
  package_not_ready: { en: "package_not_ready", zh: "数据包未就绪" },
  not_found: { en: "not_found", zh: "数据中心没有" },
  download_failed: { en: "download_failed", zh: "下载失败" },
  extract_failed: { en: "extract_failed", zh: "解压失败" },
  rejected: { en: "rejected", zh: "被拒" },
  disk_full: { en: "disk_full", zh: "磁盘空间不足" },
  config_error: { en: "config_error", zh: "配置错误" },
  locked: { en: "locked", zh: "被另一次运行占用" },
  interrupted: { en: "interrupted", zh: "已中断" },
  error: { en: "error", zh: "程序错误" },
  behind: { en: "behind", zh: "落后" },
  ahead: { en: "ahead", zh: "超前" },
  never_synced: { en: "never_synced", zh: "从未同步" },
  not_as_recorded: { en: "not_as_recorded", zh: "与记录不符" },
  not_on_hub: { en: "not_on_hub", zh: "数据中心没有" },
  unknown: { en: "unknown", zh: "未知" },
  changed: { en: "changed", zh: "有改动" },
  missing: { en: "missing", zh: "缺少" },
  empty: { en: "empty", zh: "空目录" },
  unfinished: { en: "unfinished", zh: "未完成" },
  other_version: { en: "other_version", zh: "版本不同" },
  renamed: { en: "renamed", zh: "改名" },
  replaced: { en: "replaced", zh: "整个替换" },
  appended: { en: "appended", zh: "追加" },
  edited: { en: "edited", zh: "修改" },
});
