/**
 * What `status` shows, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** STATUS: the messages of this area. */
export const STATUS = catalogue({
  run_under_way: {
    en: "a run is under way, and some hubs answer one request after the other",
    zh: "正有一次运行在进行，而有的数据中心一次只应答一个请求",
  },
  the_hub: { en: "the hub", zh: "数据中心" },
  the_server: { en: "the server", zh: "服务器" },
  a_server: { en: "a server", zh: "某个服务器" },
  cant_be_asked: { en: "{who} can't be asked: {error}", zh: "无法询问{who}：{error}" },
  no_schedule: {
    en: "no schedule found, so nothing syncs by itself: {command}",
    zh: "没有找到定时任务，不会自动同步：{command}",
  },
  ago_after: { en: " {ago} ago", zh: "（{ago}前）" },
  ended_as: {
    en: "the last run{ago} ended as {lastOutcome}{why}",
    zh: "上次运行{ago}的结果：{lastOutcome}{why}",
  },
  was_interrupted: { en: "the last run{ago} was interrupted", zh: "上次运行{ago}被中断" },
  not_listed: { en: "the hub doesn't list it", zh: "数据中心的清单里没有它" },
  never_synced: { en: "never synced", zh: "从未同步" },
  folder_missing: { en: "the folder {localDir} isn't there", zh: "目录 {localDir} 不存在" },
  folder_empty: { en: "the folder {localDir} is empty", zh: "目录 {localDir} 是空的" },
  publish_cut_off: {
    en: "a publish was cut off; a sync finishes it",
    zh: "上次发布中断；同步一次即可完成",
  },
  other_version: {
    en: "the folder is of another version than recorded",
    zh: "目录中的版本与记录的不同",
  },
  file_changed: {
    en: "{count:file was|files were} changed or removed",
    zh: "有 {count:个文件}被改动或删除",
  },
  since_placed: { en: "{files} since it was placed", zh: "放入之后{files}" },
  dataset: { en: "dataset", zh: "数据集" },
  version: { en: "version", zh: "版本" },
  age: { en: "age", zh: "距今" },
  newest_row: { en: "newest row", zh: "最新一行" },
  hub: { en: "hub", zh: "数据中心" },
  server: { en: "server", zh: "服务器" },
  available: { en: "available", zh: "可用版本" },
  last_run: { en: "last run", zh: "上次运行" },
  took: { en: "took", zh: "用时" },
  received: { en: "received", zh: "下载量" },
  days_30: { en: "30 days", zh: "30 天" },
  next_run: { en: "next run", zh: "下次运行" },
  on_disk: { en: "on disk", zh: "磁盘上" },
  one_needs_attention: { en: "The dataset needs attention", zh: "数据集需要处理" },
  need_attention: {
    en: "{troubled} of {count} datasets {troubled?needs|need} attention",
    zh: "{count} 个数据集中有 {troubled} 个需要处理",
  },
  the_dataset_is: { en: "The dataset is", zh: "数据集" },
  all_are: { en: "All {count} datasets are", zh: "全部 {count} 个数据集" },
  hub_cant_be_asked: { en: "The hub can't be asked", zh: "无法询问数据中心" },
  server_cant_be_asked: { en: "The server can't be asked", zh: "无法询问服务器" },
  good_asking: { en: "{which} in good order; asking {who} …", zh: "{which}正常；正在询问{who} …" },
  good_not_asked: {
    en: "{which} in good order; {who} wasn't asked",
    zh: "{which}正常；没有询问{who}",
  },
  one_behind: { en: "The dataset is behind {who}", zh: "数据集落后于{who}" },
  are_behind: {
    en: "{behind} of {count} datasets {behind?is|are} behind {who}",
    zh: "{count} 个数据集中有 {behind} 个落后于{who}",
  },
  up_to_date: { en: "{which} up to date with {who}", zh: "{which}与{who}一致" },
  signed_by: {
    en: "The hub's catalog is signed by {by} until {until}.",
    zh: "数据中心的清单由 {by} 签名，有效期至 {until}。",
  },
  patches_saved: {
    en: "Patches saved {saved} of download in 30 days ({updates:update|updates}).",
    zh: "30 天内补丁节省了 {saved} 的下载（{updates:次更新}）。",
  },
  watch_needs_terminal: {
    en: "--watch needs a terminal to draw on, found {found}",
    zh: "--watch 需要终端，而不是{found}",
  },
  pipe_or_file: { en: "a pipe or file", zh: "管道或文件" },
  without_watch: {
    en: "leave --watch out, and call it as often as you like",
    zh: "请去掉 --watch，需要时反复调用即可",
  },
  ctrl_c_ends: { en: "Ctrl-C ends this", zh: "按 Ctrl-C 结束" },
  no_answer_within: {
    en: "no answer from {url} within {seconds} s",
    zh: "{url} 在 {seconds} 秒内没有应答",
  },
  look_at_hub: { en: "look at the hub", zh: "请检查数据中心" },
  not_asked: { en: "not asked", zh: "未询问" },
  asking: { en: "asking …", zh: "询问中 …" },
  no_answer: { en: "no answer", zh: "没有应答" },
  running: { en: "running {time}", zh: "已运行 {time}" },
  usually: { en: "usually", zh: "通常" },
  today_late: { en: "{time}, today {late} late", zh: "{time}，今天晚了 {late}" },
  pinned_not_reached: {
    en:
      "pinned to version {pinned}, but {live} is still live, since the change to it was cut short; to finish that",
    zh: "固定在版本 {pinned}，但换到它的过程中断了，当前仍是 {live}；要完成切换",
  },
  pinned_for_syncs: {
    en: "pinned to version {pinned}, and not synced; for syncs to go on",
    zh: "固定在版本 {pinned}，没有同步；要恢复同步",
  },
});
