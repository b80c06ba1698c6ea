/**
 * The messages that people get on their phones and by mail, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** NOTIFY: the messages of this area. */
export const NOTIFY = catalogue({
  title: { en: "DataHubSync: {headline}", zh: "DataHubSync：{headline}" },
  failure: { en: "sync of {dataset} fails", zh: "{dataset} 同步失败" },
  failures: { en: "syncs of {names} fail", zh: "{names} 同步失败" },
  stale: { en: "data of {dataset} is stale", zh: "{dataset} 的数据过旧" },
  recovery: { en: "{dataset} has recovered", zh: "{dataset} 已恢复" },
  recoveries: { en: "{names} have recovered", zh: "{names} 已恢复" },
  success: { en: "{dataset} updated", zh: "{dataset} 已更新" },
  n_failure: { en: "{n:failing}", zh: "{n:个失败}" },
  n_stale: { en: "{n:stale}", zh: "{n:个过旧}" },
  n_recovery: { en: "{n:recovered}", zh: "{n:个已恢复}" },
  n_success: { en: "{n:updated}", zh: "{n:个已更新}" },
  and_then: { en: ", ", zh: "，" },
  version: { en: "version: {version}", zh: "版本：{version}" },
  unknown: { en: "unknown", zh: "未知" },
  since: { en: "since: {since}", zh: "开始：{since}" },
  reason: { en: "reason: {reason}", zh: "原因：{reason}" },
  remedy: { en: "remedy: {remedy}", zh: "处理：{remedy}" },
  syncs_again: { en: "it syncs again", zh: "同步恢复正常" },
  fresh_again: { en: "its data is fresh again", zh: "数据又是新的了" },
  run_status: {
    en: "run `{program} status` on that machine",
    zh: "请在那台机器上运行 `{program} status`",
  },
  test_title: { en: "DataHubSync: test message", zh: "DataHubSync：测试消息" },
  test_text: {
    en: "Messages about {config} will look like this one.",
    zh: "关于 {config} 的通知就是这个样子。",
  },
  age_unknown: { en: "age unknown", zh: "新旧未知" },
  old: { en: "{age} old", zh: "{age}前的数据" },
  old_due: {
    en: "{age} old, new data due by {when}",
    zh: "{age}前的数据，新数据应在 {when} 之前到",
  },
  stale_text: {
    en: "stale: {age} old, new data was due by {when} ({late} ago)",
    zh: "过旧：是 {age}前的数据，新数据本应在 {when} 之前到（已过 {late}）",
  },
  no_answer: { en: "no answer within {seconds} s", zh: "{seconds} 秒内没有应答" },
  no_success: { en: "no success within {seconds} s", zh: "{seconds} 秒内没有成功" },
  answered: { en: "answered {status}", zh: "应答 {status}" },
  answered_because: { en: "answered {status}: {reason}", zh: "应答 {status}：{reason}" },
  refused: { en: "refused the message, {refusal}", zh: "拒收了消息，{refusal}" },
  code: { en: "code {code}: {said}", zh: "代码 {code}：{said}" },
  no_message: { en: "no message", zh: "没有说明" },
  not_json: { en: "the answer isn't JSON", zh: "应答不是 JSON" },
  from_newer: {
    en: "{path} is from a newer program (format {version})",
    zh: "{path} 由更新的程序写成（格式 {version}）",
  },
  cant_ping: { en: "can't ping {host}: {why}", zh: "无法通知监控 {host}：{why}" },
  cant_notify: { en: "can't notify {target}", zh: "无法通知 {target}" },
  cant_remember: {
    en: "can't remember who was notified in {state}",
    zh: "无法在 {state} 中记下已通知的目标",
  },
  calendar_ended: {
    en:
      "the calendar {path} ended on {until}: after that every weekday counts as one on which data is due",
    zh: "日历 {path} 已于 {until} 结束：之后每个工作日都算应有数据",
  },
  calendar_ends: {
    en:
      "the calendar {path} ends on {until}: after that every weekday counts as one on which data is due",
    zh: "日历 {path} 将于 {until} 结束：之后每个工作日都算应有数据",
  },
});
