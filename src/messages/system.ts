/**
 * What the operating system, the runtime and Commander say, as far as people meet it: nobody writes these, they
 * are only read back.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** SYSTEM: the messages of this area. */
export const SYSTEM = catalogue({
  tcp_connect: { en: "tcp connect error: {cause}", zh: "TCP 连接失败：{cause}" },
  dns: { en: "dns error: {cause}", zh: "DNS 解析失败：{cause}" },
  lookup: { en: "failed to lookup address information: {cause}", zh: "查不到主机地址：{cause}" },
  no_tunnel: { en: "unsuccessful tunnel", zh: "代理没有建立连接" },
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
  option_unknown: { en: "unknown option '{option}'", zh: "没有这个选项：“{option}”" },
  option_value_missing: { en: "option '{flags}' argument missing", zh: "选项“{flags}”缺少参数" },
  option_value_invalid: {
    en: "option '{flags}' argument '{value}' is invalid. Allowed choices are {choices}.",
    zh: "选项“{flags}”的参数不能是“{value}”，只能是：{choices}。",
  },
  option_required: { en: "required option '{flags}' not specified", zh: "必须写选项“{flags}”" },
  argument_missing: { en: "missing required argument '{argument}'", zh: "缺少参数“{argument}”" },
  argument_invalid: {
    en:
      "command-argument value '{value}' is invalid for argument '{argument}'. Allowed choices are {choices}.",
    zh: "参数“{argument}”不能是“{value}”，只能是：{choices}。",
  },
  arguments_too_many: {
    en:
      "too many arguments for '{name}'. Expected {expected:argument|arguments} but got {got}: {found}.",
    zh: "“{name}”的参数太多：最多 {expected:个}，却有 {got} 个：{found}。",
  },

  peer_certificate: { en: "invalid peer certificate: {cause}", zh: "对方的证书无效：{cause}" },
  address_not_here: {
    en: "Cannot assign requested address (os error {number})",
    zh: "本机没有这个地址（系统错误 {number}）",
  },
  address_in_use: {
    en: "Address already in use (os error {number})",
    zh: "地址已被占用（系统错误 {number}）",
  },

  // zlib.
  zlib_unexpected_end_of_file: { en: "unexpected end of file", zh: "数据意外结束" },
  zlib_invalid_distance_too_far_back: {
    en: "invalid distance too far back",
    zh: "距离超出了已有的数据",
  },
  zlib_invalid_block_type: { en: "invalid block type", zh: "块的类型无效" },
  zlib_invalid_stored_block_lengths: {
    en: "invalid stored block lengths",
    zh: "未压缩块的长度无效",
  },
  zlib_too_many_length_or_distance_symbols: {
    en: "too many length or distance symbols",
    zh: "长度或距离的符号过多",
  },
  zlib_invalid_code_lengths_set: { en: "invalid code lengths set", zh: "编码长度集无效" },
  zlib_invalid_bit_length_repeat: { en: "invalid bit length repeat", zh: "位长重复无效" },
  zlib_invalid_code_missing_end_of_block: {
    en: "invalid code -- missing end-of-block",
    zh: "编码无效：缺少块结束符",
  },
  zlib_invalid_literal_lengths_set: {
    en: "invalid literal/lengths set",
    zh: "字面量与长度的编码集无效",
  },
  zlib_invalid_distances_set: { en: "invalid distances set", zh: "距离的编码集无效" },
  zlib_invalid_literal_length_code: {
    en: "invalid literal/length code",
    zh: "字面量或长度的编码无效",
  },
  zlib_invalid_distance_code: { en: "invalid distance code", zh: "距离的编码无效" },
  zlib_incorrect_data_check: { en: "incorrect data check", zh: "校验值不对" },
  zlib_incorrect_header_check: { en: "incorrect header check", zh: "文件头校验不对" },
});
