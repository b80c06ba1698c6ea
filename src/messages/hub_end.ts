/**
 * What `pack`, `key` and `serve` say at a terminal, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** HUB_END: the messages of this area. */
export const HUB_END = catalogue({
  packed: {
    en: "{name}: packed {files:file|files}, {size}{patch}, version {version}",
    zh: "{name}：已打包 {files:个文件}，{size}{patch}，版本 {version}",
  },
  and_patch: { en: ", patch {size}", zh: "，补丁 {size}" },
  nothing_new: {
    en: "{name}: nothing new ({files:file|files}, {size}, version {version})",
    zh: "{name}：没有新内容（{files:个文件}，{size}，版本 {version}）",
  },
  not_renewed: {
    en:
      "the site's signed catalog stays as it was: clients with the key see nothing new until it is packed with --sign",
    zh: "站点的签名清单保持不变：用 --sign 打包之前，有公钥的客户端看不到新内容",
  },
  signed: {
    en: "signed by {by} until {until} (counter {counter})",
    zh: "已由 {by} 签名，有效期至 {until}（计数 {counter}）",
  },
  plain_differs: {
    en: "{name}: the plain catalog has another version than what is signed: pack it with --sign",
    zh: "{name}：未签名的清单与签名清单的版本不同：请用 --sign 打包",
  },
  expires_needs_sign: {
    en: "--expires says how long a signature is valid: it needs --sign, or `sign` in hub.yaml",
    zh: "--expires 是签名的有效期：需要 --sign，或 hub.yaml 里的 `sign`",
  },
  keys_at_most: {
    en: "expected at most {most} keys to sign with, found {found}",
    zh: "最多用 {most} 个密钥签名，却有 {found} 个",
  },
  two_keys: {
    en: "two are for a change of keys: the old one and the new one",
    zh: "更换密钥时写两个：旧的和新的",
  },
  expires_expected: {
    en: "--expires: expected 1h to {most}d, such as 30d; found {text}",
    zh: "--expires：应是 1h 到 {most}d，例如 30d，而不是 {text}",
  },
  resign_needs: {
    en: "--resign needs --output SITE and --sign KEY, or -c hub.yaml with `output` and `sign`",
    zh: "--resign 需要 --output 站点和 --sign 密钥，或写有 `output` 和 `sign` 的 -c hub.yaml",
  },
  resign_packs_nothing: {
    en: "--resign packs nothing: expected only --output or --config, --sign and --expires",
    zh: "--resign 不打包：只能与 --output 或 --config、--sign 和 --expires 同用",
  },
  is_it_the_site: { en: "is it the site that was signed before?", zh: "它是以前签过名的站点吗？" },
  config_says: {
    en: "--config says what is packed, and so does {words}",
    zh: "--config 写明了打包什么，{words} 也写了",
  },
  into_config: {
    en: "write it into {path}, or leave --config out",
    zh: "请写进 {path}，或去掉 --config",
  },
  needs_folder: { en: "pack needs a folder", zh: "pack 需要写明目录" },
  needs_output: { en: "pack needs --output", zh: "pack 需要 --output" },
  for_one_folder: {
    en: "--name and --version are for one folder",
    zh: "--name 和 --version 只用于一个目录",
  },
  called_as_folder: {
    en: "without --name each dataset is named after its folder",
    zh: "不写 --name 时，每个数据集以目录名命名",
  },
  same_name: {
    en: "two folders would both become the dataset {name}",
    zh: "两个目录会成为同名的数据集 {name}",
  },
  one_command_each: {
    en: "pack each by a command of its own, with --name",
    zh: "请分别用一条命令打包，加上 --name",
  },
  whole_expected: {
    en: "{option}: expected a whole number from {min} to {max}, found {text}",
    zh: "{option}：应是 {min} 到 {max} 的整数，而不是 {text}",
  },
  keep_expected: {
    en: "--keep: expected a time such as 24h or 7d; found {text}",
    zh: "--keep：应是 24h 或 7d 这样的时长，而不是 {text}",
  },
  part_expected: {
    en: "--max-removed: expected 0% to 100%, such as 5%; found {text}",
    zh: "--max-removed：应是 0% 到 100%，例如 5%，而不是 {text}",
  },
  private_folder: {
    en: "use a folder that nobody else may write to: {text}",
    zh: "请使用别人不能写入的目录：{text}",
  },
  from: { en: "from", zh: "从" },
  to: { en: "to", zh: "到" },
  package: { en: "package", zh: "数据包" },
  changes: { en: "changes", zh: "变化" },
  package_is: { en: "{size}, {files:file|files}", zh: "{size}，{files:个文件}" },
  changes_are: {
    en: "{count}: {kinds}; {data} of new content in {size}",
    zh: "{count} 个：{kinds}；新内容 {data}，补丁 {size}",
  },
  none: { en: "none", zh: "没有" },
  pieces: {
    en: "{path}  {kept} bytes kept, {inserted} new",
    zh: "{path}  保留 {kept} 字节，新增 {inserted}",
  },
  pieces_of: {
    en: "{path}  {kept} bytes kept of {source}, {inserted} new",
    zh: "{path}  保留 {source} 的 {kept} 字节，新增 {inserted}",
  },
  read_the_patch: { en: "read the patch", zh: "读取补丁" },
  needs_key_file: { en: "key needs a file for the private key", zh: "key 需要写明放私钥的文件" },
  public_key: { en: "public key:  {key}", zh: "公钥：{key}" },
  fingerprint: { en: "fingerprint: {fingerprint}", zh: "指纹：{fingerprint}" },
  wrote_key: {
    en:
      "Wrote the private key to {file}. Keep it off the machine that serves, and a copy elsewhere.",
    zh: "私钥已写入 {file}。不要放在提供站点的机器上，并在别处另存一份。",
  },
  sign_with: { en: "Sign with it:       {command}", zh: "用它签名：{command}" },
  believed_by: { en: "Clients trust it:   {setting}", zh: "客户端信任它：{setting}" },
  serving: { en: "serving {site} on {url}", zh: "正在 {url} 提供 {site}" },
  for_everybody: {
    en: "everybody who reaches this machine can read it; --token asks for a token",
    zh: "能连到本机的人都可以读取；--token 要求令牌",
  },
  token_in_clear: {
    en: "the token travels in the clear; --tls-cert and --tls-key encrypt it",
    zh: "令牌以明文传输；--tls-cert 和 --tls-key 可加密",
  },
  reopened: {
    en:
      "no connections could be accepted for a moment: too many were open for this process's limit " +
      "on open files; raise it (ulimit -n)",
    zh:
      "有一段时间无法接受连接：打开的连接超过了本进程可打开文件数的限制；请提高该限制（ulimit -n）",
  },
  stopping: { en: "stopping", zh: "正在停止" },
  listen_expected: {
    en: "--listen: expected an address and a port up to 65535, such as {example}; found {text}",
    zh: "--listen：应是地址和不超过 65535 的端口，例如 {example}，而不是 {text}",
  },
  token_not_set: {
    en: "--token asks for a token, and {variable} isn't set",
    zh: "--token 要求令牌，而 {variable} 没有设置",
  },
  tls_together: {
    en: "--tls-cert and --tls-key belong together",
    zh: "--tls-cert 和 --tls-key 要一起写",
  },
});
