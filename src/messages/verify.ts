/**
 * What `verify` shows, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** VERIFY: the messages of this area. */
export const VERIFY = catalogue({
  sum: {
    en: "{entries:file|files}, {read} read: {missing} missing, {damaged} damaged, {extra} extra",
    zh: "{entries:个文件}，读取了 {read}：缺少 {missing} 个，损坏 {damaged} 个，多出 {extra} 个",
  },
  and_left: { en: ", {left} that this disk can't hold", zh: "，这块磁盘放不下 {left} 个" },
  and_repaired: { en: ", {repaired} repaired", zh: "，修复了 {repaired} 个" },
  missing: { en: "missing", zh: "缺少" },
  damaged: { en: "damaged", zh: "损坏" },
  left_out: { en: "left out", zh: "略去" },
  extra: { en: "extra", zh: "多出" },
  more: {
    en: "… and {rest} more {kind}; --json lists them all",
    zh: "… {kind}的还有 {rest} 个；用 --json 可全部列出",
  },
  to_fetch: {
    en: "to fetch what is missing or damaged: {command}",
    zh: "把缺少或损坏的重新取回：{command}",
  },
});
