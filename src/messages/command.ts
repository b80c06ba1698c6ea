/**
 * What commands say at a terminal, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** COMMAND: the messages of this area. */
export const COMMAND = catalogue({
  error: { en: "error: {text}", zh: "错误：{text}" },
  hint: { en: "hint: {text}", zh: "提示：{text}" },
  note: { en: "note: {text}", zh: "说明：{text}" },
  of: { en: "{names}: {text}", zh: "{names}：{text}" },
  interrupted_kept: {
    en: "interrupted: {kept} kept; run again to go on",
    zh: "已中断：已保留 {kept}；再运行一次即可继续",
  },
  interrupted_again: { en: "interrupted: run again to go on", zh: "已中断：再运行一次即可继续" },
  interrupted: { en: "interrupted", zh: "已中断" },
  try_help: { en: "Try '{help}'.", zh: "可以运行“{help}”查看用法。" },
  a_bug: { en: "This is a bug.", zh: "这是程序的缺陷。" },
});
