/**
 * The owner rule's warnings and refusals, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** OWNERS: the messages of this area. */
export const OWNERS = catalogue({
  the_program: { en: "the program", zh: "程序" },
  the_configuration: { en: "the configuration", zh: "配置文件" },
  the_record_of: { en: "the record of {dataset}", zh: "{dataset} 的记录" },
  the_state_and_the_history: { en: "the state and the history", zh: "状态和历史" },
  the_log: { en: "the log", zh: "日志" },
  the_work_folder_of: { en: "the work folder of {dataset}", zh: "{dataset} 的工作目录" },
  the_data_of: { en: "the data of {dataset}", zh: "{dataset} 的数据" },
  the_mirror: { en: "the mirror", zh: "镜像" },
  the_metrics: { en: "the metrics", zh: "指标文件" },
  the_site: { en: "the site", zh: "站点" },
  lies_there: { en: "{text}; {words} lies there", zh: "{text}；{words}在那里" },
  belongs_to: { en: "{path} belongs to {owner}", zh: "{path} 属于 {owner}" },
  mounted_by: {
    en: "{path} is a FUSE file system that {owner} mounted",
    zh: "{path} 是 {owner} 挂载的 FUSE 文件系统",
  },
  mounted_by_anybody: {
    en: "{path} is a FUSE file system that anybody may have mounted",
    zh: "{path} 是任何人都可能挂载的 FUSE 文件系统",
  },
  outside_user: { en: "a user outside of this container", zh: "容器之外的用户" },
  group: { en: "the group {group}", zh: "{group} 组" },
  may_write: {
    en: "{who} may write to {path} (mode {bits})",
    zh: "{who}可以改动 {path}（权限 {bits}）",
  },
  secret_file: { en: "a file with a secret", zh: "含密钥的文件" },
  the_calendar: { en: "the calendar", zh: "日历" },
  the_output: { en: "the output", zh: "输出文件" },
  everybody: { en: "everybody", zh: "所有人" },
  or_access_list: {
    en: "{group}, or whom an access list names (getfacl),",
    zh: "{group}或访问列表（getfacl）中的用户",
  },
});
