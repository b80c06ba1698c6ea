/**
 * The demo's story, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** DEMO: the messages of this area. */
export const DEMO = catalogue({
  isnt_empty: { en: "{path} isn't empty", zh: "{path} 不是空的" },
  name_folder: {
    en: "name another folder with --dir, or leave it out for a temporary one",
    zh: "请用 --dir 写另一个目录，或省略它，使用临时目录",
  },
  make_temporary: { en: "make a temporary folder", zh: "新建临时目录" },
  name_folder_for_it: {
    en: "name a folder with --dir, or set TMPDIR to one that can be written",
    zh: "请用 --dir 写一个目录，或把 TMPDIR 设为可写的目录",
  },
  isnt_folder: { en: "{path} isn't a folder", zh: "{path} 不是目录" },
  name_another: { en: "name another one with --dir", zh: "请用 --dir 写另一个目录" },
  missing: { en: "missing: {path}", zh: "缺少：{path}" },
  different: { en: "different: {path}", zh: "不同：{path}" },
  not_on_hub: { en: "not on the hub: {path}", zh: "数据中心没有：{path}" },
  not_the_hubs: {
    en: "the folders aren't what the hub has:\n  {list}",
    zh: "各目录与数据中心不一致：\n  {list}",
  },
  what_it_is: {
    en: "DataHubSync demo: two made-up datasets on a hub on this machine.",
    zh: "DataHubSync 演示：本机的一个数据中心，上面有两个生成的数据集。",
  },
  copies_in: { en: "The copies are in", zh: "副本在" },
  copies_removed: { en: "The copies, removed at the end, are in", zh: "副本（结束时删除）在" },
  hub_is: {
    en: "The hub is two commands, run here in this process:",
    zh: "数据中心就是两条命令，在本进程内运行：",
  },
  daily_bars: { en: "daily bars, one row more a day", zh: "日线，每天多一行" },
  reports: { en: "reports, Chinese file names", zh: "财报，中文文件名" },
  part: { en: "{files:file|files}, {size}: {about}", zh: "{files:个文件}，{size}：{about}" },
  one_package: { en: "one package of {size}", zh: "一个 {size} 的数据包" },
  dataset: { en: "dataset", zh: "数据集" },
  result: { en: "result", zh: "结果" },
  asked: { en: "asked", zh: "请求" },
  received: { en: "received", zh: "下载量" },
  of: { en: "of", zh: "占比" },
  files: { en: "files", zh: "文件" },
  time: { en: "time", zh: "用时" },
  first: {
    en: "First sync: the folders are empty, everything is fetched.",
    zh: "第一次同步：目录是空的，全部下载。",
  },
  again: {
    en: "Again: the hub's list says that nothing is new, so nothing is asked.",
    zh: "再来一次：数据中心的清单表明没有更新，什么都不下载。",
  },
  lost: {
    en: "A folder is lost; the connection breaks while it is fetched again.",
    zh: "丢了一个目录；重新下载时连接断开。",
  },
  goes_on: { en: "A new run goes on where that one stopped.", zh: "再次运行，从断开处继续。" },
  together: {
    en: "both together {fetched}, for a package of {whole}",
    zh: "两次共 {fetched}，数据包为 {whole}",
  },
  next_day: {
    en: "Next day: rows are added, files come, go and are rewritten.",
    zh: "第二天：数据增加了行，文件有新增、删除和重写。",
  },
  per_file: {
    en: "{each} per changed file of {dataset}, by one patch (docs/patch.md)",
    zh: "{dataset} 每个变化的文件只下载 {each}，来自一个补丁（docs/patch.md）",
  },
  all_equal: {
    en: "All {files:file is|files are} the hub's, byte for byte. That took {took} in all.",
    zh: "全部 {files:个文件}与数据中心逐字节一致。共用时 {took}。",
  },
  report_is: {
    en: "The report is a page about these runs: open it in a browser.",
    zh: "报告是关于这几次运行的页面：请在浏览器中打开。",
  },
  left_in: { en: "Left in {dir}:", zh: "留在 {dir}：" },
  left_data: { en: "the two copies", zh: "两个副本" },
  left_source: { en: "what the hub packs", zh: "数据中心打包的内容" },
  left_hub: {
    en: "the hub: `datahubsync serve` it again",
    zh: "数据中心：可再用 `datahubsync serve` 提供",
  },
  left_config: { en: "the configuration (its hub has ended)", zh: "配置（其中的数据中心已停止）" },
  left_state: { en: "their versions", zh: "它们的版本" },
  left_log: { en: "the log", zh: "日志" },
  left_report: { en: "the report", zh: "报告" },
});
