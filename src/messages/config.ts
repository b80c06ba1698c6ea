/**
 * What is wrong with files that the configuration names, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** CONFIG: the messages of this area. */
export const CONFIG = catalogue({
  secret_expected: {
    en: "expected the path of a file that holds nothing but the secret, found no text",
    zh: "应是一个只含密钥的文件的路径，而不是别的内容",
  },
  no_secret: {
    en: "expected the path of a file that holds nothing but the secret: {path} {why}",
    zh: "应是一个只含密钥的文件的路径：{path} {why}",
  },
  isnt_file: { en: "isn't a regular file", zh: "不是普通文件" },
  too_large: { en: "is larger than 64 KB", zh: "大于 64 KB" },
  is_empty: { en: "is empty", zh: "是空的" },
  isnt_there: { en: "doesn't exist", zh: "不存在" },
  no_permission: { en: "may not be read", zh: "没有读取权限" },
  isnt_text: { en: "can't be read as text", zh: "无法作为文本读取" },
  calendar_unusable: {
    en: "{path} can't be used, so public holidays aren't known: {why}",
    zh: "{path} 无法使用，因此不知道节假日：{why}",
  },
  hours_all_day: {
    en: "from and to are the same hour, so this limit holds all day",
    zh: "from 与 to 是同一时刻，因此这一限速全天有效",
  },
  hours_overlap: {
    en: "these hours overlap those of entry {first}, which counts where both hold",
    zh: "这段时间与第 {first} 项重叠，重叠处以第 {first} 项为准",
  },
  calendar_isnt_file: { en: "it isn't a regular file", zh: "它不是普通文件" },
  calendar_too_large: { en: "it is larger than 8 MB", zh: "它大于 8 MB" },
  calendar_isnt_there: { en: "there is no such file", zh: "没有这个文件" },
  calendar_empty: { en: "it has no days", zh: "其中没有日期" },
  calendar_day: {
    en: "line {line}: expected a day such as 2026-10-01, found {found}",
    zh: "第 {line} 行：应是 2026-10-01 这样的日期，而不是 {found}",
  },
  calendar_which: {
    en:
      "expected a line `trading days` or `days off` at its beginning: its days don't tell which they are",
    zh: "开头应有一行 `trading days`（交易日）或 `days off`（休市日）：从其中的日期看不出是哪一种",
  },
});
