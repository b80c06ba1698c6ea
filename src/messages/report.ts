/**
 * What the report's page shows, in both languages at once.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";
import { STATE } from "./state.ts";

/** REPORT: the messages of this area. Nothing below says them: they are never read back. */
export const REPORT = catalogue({
  title: { en: "DataHubSync report", zh: "DataHubSync 报告" },
  last_days: { en: "Last {days} days", zh: "最近 {days} 天" },
  machine: { en: "Machine", zh: "机器" },
  hub: { en: "Hub", zh: "数据中心" },
  config: { en: "Config", zh: "配置" },
  written: {
    en: "Written {at} by DataHubSync {version}",
    zh: "由 DataHubSync {version} 生成于 {at}",
  },

  // The sentence at the top.
  no_data: { en: "No data yet", zh: "暂无数据" },
  nothing_synced: { en: "Nothing has been synced yet.", zh: "尚未进行过同步。" },
  run_once: {
    en: "Run {command} once, then look here again.",
    zh: "请先运行一次 {command}，再查看报告。",
  },
  needs_attention: { en: "Needs attention", zh: "需要关注" },
  fails: { en: "{name} fails", zh: "{name} 同步失败" },
  is_stale: { en: "{name} is stale", zh: "{name} 数据过旧" },
  never_synced_yet: { en: "{name} hasn't been synced yet", zh: "{name} 尚未同步" },
  between: { en: ", ", zh: "、" },
  end: { en: ".", zh: "。" },
  and_more: { en: ", and {more} more.", zh: "，另有 {more} 个。" },
  other_is_good: { en: "The other dataset is in good order. ", zh: "另一个数据集状态良好。" },
  others_are_good: {
    en: "The other {others} datasets are in good order. ",
    zh: "其余 {others} 个数据集状态良好。",
  },
  all_is_well: { en: "All is well", zh: "一切正常" },
  all_is_well_now: { en: "All is well now", zh: "目前一切正常" },
  one_is_good: { en: "The dataset is in good order.", zh: "数据集状态良好。" },
  all_are_good: {
    en: "All {count} datasets are in good order.",
    zh: "全部 {count} 个数据集状态良好。",
  },
  some_failed: {
    en:
      "{failures} of {runs:run|runs} failed in the last {days} days, the last one at {last}; the runs since then went well.",
    zh: "最近 {days} 天共运行 {runs:次}，失败 {failures} 次，最近一次失败在 {last}，此后均正常。",
  },
  no_run_in: { en: "No run in the last {days} days.", zh: "最近 {days} 天没有运行记录。" },
  went_well_of: {
    en: "{rate} of {runs} {count?run|runs} went well in the last {days} days.",
    zh: "最近 {days} 天共运行 {runs} 次，成功率 {rate}。",
  },

  // The row of large numbers.
  success_rate: { en: "Success rate", zh: "成功率" },
  count_failed: { en: "{failures} failed", zh: "失败 {failures} 次" },
  updates: { en: "Updates", zh: "更新次数" },
  in_runs: { en: "in {runs:run|runs}", zh: "共运行 {runs:次}" },
  downloaded: { en: "Downloaded", zh: "下载量" },
  saved_by_delta: { en: "{part} saved by delta", zh: "增量节省 {part}" },
  by_patches: {
    en: "{saved} by {updates:patch|patches}",
    zh: "其中 {updates:次补丁更新}节省 {saved}",
  },
  median_update: { en: "Median update", zh: "更新用时中位数" },
  on_disk: { en: "On disk", zh: "磁盘占用" },
  datasets_count: { en: "{count:dataset|datasets}", zh: "{count:个数据集}" },

  // The tiles.
  datasets: { en: "Datasets", zh: "数据集" },
  went_well: { en: "went well", zh: "正常" },
  data_late: { en: "data late", zh: "数据迟到" },
  failed: { en: "failed", zh: "失败" },
  no_run: { en: "no run", zh: "无运行" },
  never_synced: { en: "never synced", zh: "从未同步" },
  no_run_known: { en: "no run known", zh: "无运行记录" },
  failing: { en: "failing", zh: "失败" },
  stale: { en: "stale", zh: "过旧" },
  in_order: { en: "in order", zh: "正常" },
  fresh: { en: "fresh", zh: "及时" },
  was_due: { en: "new data was due {time}", zh: "新数据本应于 {time} 前到达" },
  due_by: { en: "new data due by {time}", zh: "新数据应于 {time} 前到达" },
  age_unknown: { en: "age of the data unknown", zh: "数据时间未知" },
  old: { en: "{age} old", zh: "{age}前的数据" },
  usually: { en: "usually {time}", zh: "通常 {time}" },
  usually_today_late: {
    en: "usually {time}, today {late} late",
    zh: "通常 {time}，今天已晚 {late}",
  },
  fresh_days: { en: "fresh on {good} of {all:day|days}", zh: "{all:天}中 {good} 天按时" },
  fresh_weeks: { en: "fresh on {good} of {all:week|weeks}", zh: "{all:周}中 {good} 周按时" },
  fresh_months: { en: "fresh on {good} of {all:month|months}", zh: "{all:个月}中 {good} 个月按时" },
  today: { en: "today", zh: "今天" },
  success: { en: "Success", zh: "成功率" },
  median: { en: "Median", zh: "用时" },

  // The charts.
  over_time: { en: "Over time", zh: "趋势" },
  charts_from_day: {
    en: "Charts begin with the second day of runs.",
    zh: "从有运行记录的第二天起显示图表。",
  },
  charts_from_week: {
    en: "Charts begin with the second week of runs.",
    zh: "从有运行记录的第二周起显示图表。",
  },
  charts_from_month: {
    en: "Charts begin with the second month of runs.",
    zh: "从有运行记录的第二个月起显示图表。",
  },
  rate_sub: { en: "Part of the runs that went well", zh: "运行成功的比例" },
  rate_line: { en: "success rate", zh: "成功率" },
  volume: { en: "Data volume", zh: "数据量" },
  volume_sub: { en: "Received from the hub", zh: "从数据中心下载" },
  duration: { en: "Duration", zh: "用时" },
  duration_sub: { en: "Runs that fetched something", zh: "有数据更新的运行" },
  median_line: { en: "median", zh: "中位数" },
  slowest_line: { en: "slowest", zh: "最慢" },
  errors: { en: "Errors", zh: "错误" },
  errors_sub: { en: "Failed runs by reason", zh: "按原因统计的失败次数" },
  no_errors: { en: "none", zh: "无" },
  freshness: { en: "Freshness", zh: "新鲜度" },
  freshness_sub: { en: "The oldest that the data got", zh: "期间内数据的最大年龄" },
  disk: { en: "Size on disk", zh: "磁盘占用" },
  disk_sub: { en: "The datasets' files", zh: "数据文件大小" },
  others: { en: "{count:other|others}", zh: "其他 {count:个}" },
  seconds: { en: "{value} s", zh: "{value} 秒" },
  minutes: { en: "{value} min", zh: "{value} 分钟" },
  hours: { en: "{value} h", zh: "{value} 小时" },
  days: { en: "{value} d", zh: "{value} 天" },
  where_time_goes: { en: "Where the time goes", zh: "时间分布" },
  where_time_goes_sub: {
    en: "All updates of the period, by phase",
    zh: "期间内所有更新，按阶段统计",
  },

  // The phases of a sync.
  catalog: { en: "catalog", zh: "查询清单" },
  directory: { en: "directory", zh: "读取数据包的目录" },
  plan: { en: "plan", zh: "制定计划" },
  download: { en: "download and extract", zh: "下载并解压" },
  publish: { en: "publish", zh: "发布" },
  record: { en: "record", zh: "记录" },

  // The tables.
  failed_runs: { en: "Failed runs", zh: "失败的运行" },
  newest_of: { en: ", the newest {shown} of {all}", zh: "（最近 {shown} 次，共 {all} 次）" },
  none_failed: { en: "None in this period.", zh: "期间内没有失败。" },
  slowest_updates: { en: "Slowest updates", zh: "最慢的更新" },
  when: { en: "When", zh: "时间" },
  dataset: { en: "Dataset", zh: "数据集" },
  outcome: { en: "Outcome", zh: "结果" },
  reason: { en: "Reason", zh: "原因" },
  entries_fetched: { en: "Entries fetched", zh: "更新文件" },
  retries: { en: "Retries", zh: "重试" },

  // How a run ended: a person's words, not those of `--json`.
  updated: { en: "updated", zh: STATE.success.zh },
  up_to_date: { en: "up to date", zh: STATE.up_to_date.zh },
  package_not_ready: { en: "package not ready", zh: STATE.package_not_ready.zh },
  not_on_hub: { en: "not on the hub", zh: STATE.not_found.zh },
  download_failed: { en: "download failed", zh: STATE.download_failed.zh },
  planned: { en: "planned", zh: STATE.planned.zh },
  disk_full: { en: "disk full", zh: STATE.disk_full.zh },
  extraction_failed: { en: "extraction failed", zh: STATE.extract_failed.zh },
  rejected: { en: "rejected", zh: STATE.rejected.zh },
  configuration: { en: "configuration", zh: STATE.config_error.zh },
  locked: { en: "locked by another run", zh: STATE.locked.zh },
  interrupted: { en: "interrupted", zh: STATE.interrupted.zh },
  error: { en: "error", zh: STATE.error.zh },
});
