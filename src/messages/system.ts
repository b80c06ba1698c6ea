/**
 * What the operating system and the runtime say, as far as people meet it: nobody writes these, they
 * are only read back.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** SYSTEM: the messages of this area. */
export const SYSTEM = catalogue({
  tcp_connect: { en: "tcp connect error: {cause}", zh: "TCP 连接失败：{cause}" },
  dns: { en: "dns error: {cause}", zh: "DNS 解析失败：{cause}" },
  lookup: {
    en: "failed to lookup address information: {cause}",
    zh: "查不到主机地址：{cause}",
  },
  connection_refused: {
    en: "Connection refused (os error {number})",
    zh: "连接被拒绝（系统错误 {number}）",
  },
  connection_reset: {
    en: "Connection reset by peer (os error {number})",
    zh: "连接被对方重置（系统错误 {number}）",
  },
  connection_timed_out: {
    en: "Connection timed out (os error {number})",
    zh: "连接超时（系统错误 {number}）",
  },
  no_route: {
    en: "No route to host (os error {number})",
    zh: "到主机没有路由（系统错误 {number}）",
  },
  network_unreachable: {
    en: "Network is unreachable (os error {number})",
    zh: "网络不可达（系统错误 {number}）",
  },
  name_not_known: { en: "Name or service not known", zh: "没有这个主机名" },
  name_again: { en: "Temporary failure in name resolution", zh: "域名解析暂时失败" },
  no_address: { en: "No address associated with hostname", zh: "主机名没有对应的地址" },
  no_such_file: {
    en: "No such file or directory (os error {number})",
    zh: "没有这个文件或目录（系统错误 {number}）",
  },
  permission_denied: {
    en: "Permission denied (os error {number})",
    zh: "权限不足（系统错误 {number}）",
  },
  no_space: {
    en: "No space left on device (os error {number})",
    zh: "设备上没有剩余空间（系统错误 {number}）",
  },
  cut_mid_message: {
    en: "connection closed before message completed",
    zh: "应答还没传完，连接就关闭了",
  },
});
