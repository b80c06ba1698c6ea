/**
 * What is wrong with cron's times and with lines that call the program, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** SCHEDULE: the messages of this area. */
export const SCHEDULE = catalogue({
  cron_example: {
    en: 'for example "15 8 * * 1-5": at 8:15 from Monday to Friday',
    zh: "例如“15 8 * * 1-5”：周一至周五 8:15",
  },
  a_minute: { en: "a minute", zh: "分钟" },
  an_hour: { en: "an hour", zh: "小时" },
  a_day: { en: "a day of the month", zh: "日期" },
  a_month: { en: "a month", zh: "月份" },
  a_weekday: { en: "a weekday", zh: "星期" },
  quartz_any: {
    en: '"{part}" is not {what}: `?` is Quartz\'s; in cron it is `*`',
    zh: "“{part}”不是有效的{what}：`?` 是 Quartz 的写法，在 cron 中写作 `*`",
  },
  quartz_last: {
    en: "\"{part}\" is not {what}: `L` (the last one) is Quartz's; cron doesn't know it",
    zh: "“{part}”不是有效的{what}：`L`（最后一个）是 Quartz 的写法，cron 不支持",
  },
  quartz_working_day: {
    en: "\"{part}\" is not {what}: `W` (the nearest working day) is Quartz's; cron doesn't know it",
    zh: "“{part}”不是有效的{what}：`W`（最近的工作日）是 Quartz 的写法，cron 不支持",
  },
  quartz_nth: {
    en:
      '"{part}" is not {what}: `#` (the nth weekday) is Quartz\'s; cron reads only what stands before it',
    zh: "“{part}”不是有效的{what}：`#`（第几个星期几）是 Quartz 的写法，cron 只读它前面的部分",
  },
  jenkins_hash: {
    en: "\"{part}\" is not {what}: `H` is Jenkins's; cron doesn't know it",
    zh: "“{part}”不是有效的{what}：`H` 是 Jenkins 的写法，cron 不支持",
  },
  random_value: {
    en: '"{part}" is not {what}: `~` (a random value) isn\'t known to every cron',
    zh: "“{part}”不是有效的{what}：`~`（随机值）不是所有 cron 都支持",
  },
  five_fields: {
    en:
      'expected five fields (minute hour day month weekday) or @hourly, @daily, @weekly, @monthly, @yearly; found "{text}"',
    zh:
      "应是五个字段（分 时 日 月 星期），或 @hourly、@daily、@weekly、@monthly、@yearly，而不是“{text}”",
  },
  seven_fields: {
    en:
      'expected five fields (minute hour day month weekday) or @hourly, @daily, @weekly, @monthly, @yearly; found "{text}"; cron has no fields for seconds and years',
    zh:
      "应是五个字段（分 时 日 月 星期），或 @hourly、@daily、@weekly、@monthly、@yearly，而不是“{text}”；cron 没有秒和年的字段",
  },
  out_of_range: {
    en: '"{part}" is not {what}: {low} to {high} was expected',
    zh: "“{part}”不是有效的{what}：应为 {low} 到 {high}",
  },
  out_of_names: {
    en: '"{part}" is not {what}: {low} to {high} or {first} to {last} was expected',
    zh: "“{part}”不是有效的{what}：应为 {low} 到 {high}，或 {first} 到 {last}",
  },
  range_runs_back: {
    en: '"{part}" is not {what}: a range runs from the smaller to the larger',
    zh: "“{part}”不是有效的{what}：范围应从小到大",
  },
  step_number: {
    en: '"{part}": the step of {what} must be a number from 1',
    zh: "“{part}”：{what}的步长应是从 1 起的整数",
  },
  step_needs_range: {
    en: '"{part}": a step needs a range, as in {first}-{high}/{step}',
    zh: "“{part}”：步长要有范围，例如 {first}-{high}/{step}",
  },
  reboot_no_calendar: {
    en: "@reboot has no OnCalendar= line",
    zh: "@reboot 没有对应的 OnCalendar= 行",
  },
  on_boot_sec: {
    en: "a timer that runs after the machine has started has OnBootSec=1min",
    zh: "开机后运行的定时器用 OnBootSec=1min",
  },
  long_command: { en: "a command of {length} characters", zh: "长达 {length} 个字符的命令" },
  open_quote: { en: "a quote that isn't closed", zh: "没有闭合的引号" },
  a_case: { en: "a `case`", zh: "`case` 语句" },
  here_document: { en: "a here-document", zh: "内嵌文档（here-document）" },
  open_bracket: { en: "a bracket that isn't closed", zh: "没有闭合的括号" },
  program_of_shell: {
    en: "a program that only the shell can name",
    zh: "只有 shell 才知道的程序名",
  },
  what_program_does: { en: "what `{program}` does with it", zh: "`{program}` 如何调用它" },
  shell_of_sudo: { en: "a shell of `sudo`", zh: "`sudo` 打开的 shell" },
  shell_without_command: { en: "a shell without a command", zh: "没有命令的 shell" },
  user_of_shell: { en: "a user that only the shell can name", zh: "只有 shell 才知道的用户名" },
  command_of_shell: { en: "a command that only the shell can name", zh: "只有 shell 才知道的命令" },
});
