/**
 * What commands say at a terminal, in both languages. It is longer than 250 lines because it has
 * every command.
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
  try_help: { en: "Try `{help}`.", zh: "可以运行 `{help}` 查看用法。" },
  a_bug: { en: "This is a bug.", zh: "这是程序的缺陷。" },
  duration_after: {
    en: "expected a duration after {option}, found {text}",
    zh: "{option} 之后应是时长，而不是 {text}",
  },
  write_duration: { en: "write it as 90s, 30m or 2h", zh: "请写成 90s、30m 或 2h" },
  waiting_for: {
    en: "waiting for {names} until {end} ({why}); asking again at {at}",
    zh: "等待 {names}，直到 {end}（{why}）；下次询问在 {at}",
  },
  announced: { en: "the hub has announced {announced}", zh: "数据中心已宣布 {announced}" },
  every_least: {
    en: "--every: expected at least 1s, found {every}",
    zh: "--every：最少 1s，而不是 {every}",
  },
  accept_not_with: {
    en: "--accept goes with neither --dry-run nor --every",
    zh: "--accept 不能与 --dry-run 或 --every 同用",
  },
  leave_one_out: { en: "leave one of them out", zh: "请去掉其中一个" },
  every_not_with: {
    en: "--every goes with neither --dry-run nor --json",
    zh: "--every 不能与 --dry-run 或 --json 同用",
  },
  changes_not_with: {
    en: "--changes doesn't go with --dry-run, which changes nothing",
    zh: "--changes 不能与 --dry-run 同用，它什么都不改动",
  },
  accept_left_out: {
    en: "--accept names {left}, which --dataset leaves out",
    zh: "--accept 写了 {left}，而 --dataset 里没有它",
  },
  leave_dataset_out: {
    en: "leave --dataset out: --accept alone syncs the datasets that it names",
    zh: "请去掉 --dataset：单用 --accept 就会同步所写的数据集",
  },
  header_expected: { en: "expected a header as `Name: value`", zh: "请求头应写成 `Name: value`" },
  publish_differs: {
    en: "the configuration has `publish: {publish}` for {name}, not `publish: {to}`",
    zh: "配置中 {name} 设的是 `publish: {publish}`，不是 `publish: {to}`",
  },
  set_publish: {
    en: "set `publish: {to}` for it in {path}, then: {again}",
    zh: "请在 {path} 中为它设置 `publish: {to}`，然后：{again}",
  },
  isnt_report: {
    en: "{path} isn't a report, so it isn't replaced",
    zh: "{path} 不是报告，所以没有替换",
  },
  other_output: { en: "name another file with --output", zh: "请用 --output 写另一个文件" },
  days_expected: {
    en: "expected a number of days after --days, found {text}",
    zh: "--days 之后应是天数，而不是 {text}",
  },
  write_days: {
    en: "write a whole number from 1 to {most}, such as --days 90",
    zh: "请写 1 到 {most} 的整数，例如 --days 90",
  },
  no_targets: {
    en: "{configPath} has no `notify.targets`",
    zh: "{configPath} 中没有 `notify.targets`",
  },
  no_target: { en: "no target {name} in {configPath}", zh: "{configPath} 中没有目标 {name}" },
  one_pattern: {
    en: "{text} is taken as one pattern; if it is a list, write {options}",
    zh: "{text} 会当作一个通配符；如果是几个，请写成 {options}",
  },
  exclude_each_other: {
    en: "--systemd and --json exclude each other",
    zh: "--systemd 和 --json 不能同用",
  },
  json_has_calendar: {
    en: "the document of --json has the OnCalendar= lines, too",
    zh: "--json 的输出里也有 OnCalendar= 行",
  },
  never_comes: {
    en: '"{text}" never comes: no month has such a day',
    zh: "“{text}”永远不会到：没有哪个月有这一天",
  },
  changes_version: {
    en: "--changes: expected a version such as 2.0.0, found {since}",
    zh: "--changes：应是 2.0.0 这样的版本，而不是 {since}",
  },
  done_not_with: {
    en: "--done goes with neither --last nor --dataset",
    zh: "--done 不能与 --last 或 --dataset 同用",
  },
  number_covers_all: { en: "a number covers all datasets", zh: "一个编号对应所有数据集" },
  done_up_to: {
    en: "--done: expected a number up to {last}, found {done}",
    zh: "--done：应是不超过 {last} 的编号，而不是 {done}",
  },
  done_number: {
    en: "--done: expected a number, found {text}",
    zh: "--done：应是编号，而不是 {text}",
  },
  prints_it: { en: "`{command}` prints it", zh: "`{command}` 会输出它" },
  refuses_from: {
    en: "{sentence}; from version {version} on datahubsync refuses to run there: {remedy}",
    zh: "{sentence}；从 {version} 版起 datahubsync 会拒绝在那里运行：{remedy}",
  },
  trusted_needs_root: {
    en: "trusted_folders counts only in a configuration that root owns: {path}",
    zh: "trusted_folders 只在属于 root 的配置里有效：{path}",
  },
  not_as_root: { en: "Not run as root: {sentence}", zh: "不以 root 运行：{sentence}" },
  folder_of_root: {
    en: "name a file in a folder that nobody but root may write to",
    zh: "请写一个只有 root 能写入的目录中的文件",
  },
  not_obeyed: {
    en: "The configuration of this folder isn't obeyed: {text}",
    zh: "不采用这个目录里的配置：{text}",
  },
  name_the_config: {
    en: "name the configuration that you mean: {command}",
    zh: "请写明要用的配置：{command}",
  },
  name_either_config: {
    en: "name the configuration that you mean: {installed} (the installed one) or {command}",
    zh: "请写明要用的配置：{installed}（已安装的）或 {command}",
  },
  belongs_to: {
    en:
      "Not run as root: this installation belongs to {found}, who couldn't use what root leaves there",
    zh: "不以 root 运行：这个安装属于 {found}，root 留下的文件他用不了",
  },
  belongs_to_another: {
    en: "Not run as {me}: this installation belongs to {found}",
    zh: "不以 {me} 运行：这个安装属于 {found}",
  },
  more_see_check: { en: " (and {more} more: see --check)", zh: "（另有 {more} 项：见 --check）" },
  not_run: { en: "Not run{whom}: {sentence}{more}", zh: "没有运行{whom}：{sentence}{more}" },
  as_root: { en: " as root", zh: "（以 root 身份）" },
  add_trusted: {
    en: "add to trusted_folders in {path}: {list}",
    zh: "请在 {path} 的 trusted_folders 中加入：{list}",
  },
  use_own_folders: {
    en: "use folders that belong to you or to root instead of {list}",
    zh: "请改用属于你或 root 的目录，不用 {list}",
  },
  did_you_mean: { en: "did you mean {option}?", zh: "是不是想写 {option}？" },
  command_first: {
    en: "the command has to come first, before its options: {late}",
    zh: "命令要写在最前面、选项之前：{late}",
  },
  unknown_command: { en: "unknown command {word}", zh: "没有这个命令：{word}" },
  did_you_mean_command: { en: "did you mean {command}?", zh: "是不是想写 {command}？" },
  interrupted_by: { en: "interrupted by {signal}", zh: "被 {signal} 中断" },
  times_in: { en: "Times are in {timezone}.", zh: "时间均为 {timezone} 时区。" },
  warning: { en: "warning: {text}", zh: "警告：{text}" },
  dataset: { en: "dataset", zh: "数据集" },
  status: { en: "status", zh: "结果" },
  version: { en: "version", zh: "版本" },
  version_in: { en: "version ({timezone})", zh: "版本（{timezone}）" },
  size: { en: "size", zh: "大小" },
  ready: { en: "ready", zh: "就绪" },
  followed: { en: "followed", zh: "已跟随" },
  yes: { en: "yes", zh: "是" },
  no: { en: "no", zh: "否" },
  no_because: { en: "no ({why})", zh: "否（{why}）" },
  unknown: { en: "unknown", zh: "未知" },
  no_datasets_there: { en: "The hub has no datasets.", zh: "数据中心没有数据集。" },
  not_on_hub: {
    en: "{name}: the hub doesn't have it; {meant}",
    zh: "{name}：数据中心没有它；{meant}",
  },
  fetched: { en: "fetched / entries", zh: "下载 / 条目" },
  received: { en: "received", zh: "下载量" },
  time: { en: "time", zh: "用时" },
  unchanged: { en: "unchanged", zh: "没有变化" },
  changed_by_patch: { en: "changed: by patch", zh: "有变化：用补丁" },
  grown: { en: "grown: only what is new", zh: "变长了：只取新增部分" },
  fetched_whole: { en: "new or changed: fetched whole", zh: "新增或变化：整个下载" },
  verified_before: { en: "verified by an interrupted run", zh: "上次中断前已校验" },
  nothing_to_fetch: { en: "nothing would be fetched", zh: "不需要下载" },
  to_fetch: {
    en: "{bytes} of {total} would be fetched, in {requests:request|requests} ({strategy})",
    zh: "将下载 {total} 中的 {bytes}，共 {requests:次请求}（{strategy}）",
  },
  in_package: { en: "{entries:file|files} in the package:", zh: "数据包中有 {entries:个文件}：" },
  to_remove: {
    en: "{deletes:file|files} would be removed (delete_removed)",
    zh: "将删除 {deletes:个文件}（delete_removed）",
  },
  needs_disk: { en: "needs {bytes} of disk meanwhile", zh: "期间需要 {bytes} 磁盘空间" },
  would_be_rejected: {
    en: "would be rejected (expect): {faults}",
    zh: "会被拒绝（expect）：{faults}",
  },
  as_expected: {
    en: "as expected, by the package's directory (expect)",
    zh: "从数据包的目录看，符合预期（expect）",
  },
  rows_unseen: {
    en: "its newest row is looked at when it is fetched (expect.newest_row)",
    zh: "最新一行要等下载后才检查（expect.newest_row）",
  },
  changes_not_kept: {
    en: "changes aren't kept; set `changes: true` for it in {path}",
    zh: "没有保留变化；请在 {path} 中为它设置 `changes: true`",
  },
  none_before: {
    en: "No version before the live one is kept of {name}",
    zh: "{name} 没有保留比当前更早的版本",
  },
  keys_keep: {
    en: "keep_versions and keep_age say how many are kept",
    zh: "keep_versions 和 keep_age 决定保留多少版本",
  },
  off_without_version: {
    en: "--off takes the pin away, whichever version it names",
    zh: "--off 会取消固定，不论固定在哪个版本",
  },
  leave_version_out: { en: "leave the version out", zh: "请不要写版本" },
  unpinned: { en: "not pinned: the next sync goes on", zh: "没有固定：下次同步会继续更新" },
  live_and_pinned: {
    en: "{version} is live and pinned ({changes:file|files} changed); for syncs to go on: {off}",
    zh: "当前版本已固定为 {version}（{changes:个文件}有变化）；要继续同步：{off}",
  },
  no_version: {
    en: "there is no version {wanted} of {dataset}",
    zh: "{dataset} 没有版本 {wanted}",
  },
  versions_are: { en: "kept are: {versions}", zh: "保留的有：{versions}" },
  asking_hub: { en: "asking the hub", zh: "询问数据中心" },
  reading_directory: { en: "reading the package's directory", zh: "读取数据包的目录" },
  comparing: { en: "comparing", zh: "比较" },
  downloading: { en: "downloading", zh: "下载" },
  publishing: { en: "publishing", zh: "发布" },
  checking_files: { en: "checking files", zh: "检查文件" },
  cost: { en: ", {bytes} in {time}", zh: "，{time}下载 {bytes}" },
  live: { en: "live", zh: "当前" },
  pinned: { en: "pinned", zh: "已固定" },
  plain_folder: { en: "a plain folder", zh: "普通目录" },
  snapshot: { en: "a snapshot", zh: "快照" },
  link_to: { en: "a link to {target}", zh: "指向 {target} 的链接" },
  converted: { en: "{name}: {folder} is now {form}", zh: "{name}：{folder} 现在是{form}" },
  not_converted: {
    en: "{name}: nothing to do: {folder} is {form}, or isn't there yet",
    zh: "{name}：无需转换：{folder} 已是{form}，或还不存在",
  },
  at_boot: { en: "when the machine has started", zh: "机器启动之后" },
  replace: {
    en: "{files} from the package. Replace? [y/N]",
    zh: "{files}，与数据包不同。替换吗？[y/N]",
  },
  kinds_in_docs: {
    en: "docs/monitoring.md shows one of each kind",
    zh: "docs/monitoring.zh-CN.md 里每种都有例子",
  },
  took_test: { en: "took the test message", zh: "收到了测试消息" },
});
