/**
 * What is wrong in a configuration, and with files that it names, in both languages.
 *
 * It is longer than 250 lines because a configuration can be wrong in many ways.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** CONFIG: the messages of this area. */
export const CONFIG = catalogue({
  // How a problem is said: where, of which key, and what.
  at_position: { en: "{file}:{row}:{column}: {problem}", zh: "{file}:{row}:{column}: {problem}" },
  of_key: { en: "`{key}`: {problem}", zh: "`{key}`：{problem}" },
  expected_found: {
    en: "expected {expected}, found {found}",
    zh: "应是 {expected}，而不是 {found}",
  },
  expected_found_meant: {
    en: "expected {expected}, found {found}; did you mean `{near}`?",
    zh: "应是 {expected}，而不是 {found}；是不是想写 `{near}`？",
  },
  expected_nothing: { en: "expected {expected}, found nothing", zh: "应是 {expected}，却是空的" },
  missing: { en: "`{key}` is missing: expected {expected}", zh: "缺少 `{key}`：应是 {expected}" },
  another_text: { en: "another text", zh: "别的文本" },
  no_text: {
    en: 'a value that isn\'t text to YAML; put it in quotes ("…")',
    zh: '在 YAML 中不是文本的值；请加上引号（"…"）',
  },
  a_section: { en: "a section", zh: "一段配置" },
  a_list: { en: "a list", zh: "列表" },
  empty_list: { en: "an empty list", zh: "空列表" },

  // Keys.
  key_once: {
    en: "expected each key once, found {key} again (first on line {line})",
    zh: "每个键只应出现一次，{key} 重复了（第一次在第 {line} 行）",
  },
  plain_key: {
    en: "expected a plain word as a key, found something else",
    zh: "键应是一个普通的词，而不是别的内容",
  },
  key_or_file: {
    en: "expected either `{key}` or `{key}_file`, found both",
    zh: "`{key}` 和 `{key}_file` 只应写一个，现在两个都有",
  },
  unknown: { en: "unknown key {key}; {hint}", zh: "未知的键 {key}；{hint}" },
  unknown_in: {
    en: "unknown key {key} in `{section}`; {hint}",
    zh: "`{section}` 中有未知的键 {key}；{hint}",
  },
  unknown_ignored: { en: "unknown key {key} is ignored", zh: "未知的键 {key} 已忽略" },
  unknown_ignored_meant: {
    en: "unknown key {key} is ignored; {hint}",
    zh: "未知的键 {key} 已忽略；{hint}",
  },
  one_of_keys: { en: "expected one of {keys}", zh: "应是 {keys} 之一" },
  meant_key: { en: "did you mean `{key}`?", zh: "是不是想写 `{key}`？" },
  meant_two: {
    en: "did you mean `{first}` or `{second}`?",
    zh: "是不是想写 `{first}` 或 `{second}`？",
  },
  meant_three: {
    en: "did you mean `{first}` or `{second}` or `{third}`?",
    zh: "是不是想写 `{first}`、`{second}` 或 `{third}`？",
  },
  meant_four: {
    en: "did you mean `{first}` or `{second}` or `{third}` or `{fourth}`?",
    zh: "是不是想写 `{first}`、`{second}`、`{third}` 或 `{fourth}`？",
  },
  beside: { en: "expected `{key}` beside it, found none", zh: "还应写上 `{key}`，现在没有" },
  url_beside: {
    en: "expected `url` beside it, found none; for a dataset of the hub it is `{key}`",
    zh: "还应写上 `url`，现在没有；对数据中心的数据集，这一项是 `{key}`",
  },
  another_type: {
    en: "expected a key of type {type} ({keys}), found one of another type",
    zh: "应是 {type} 类型的键（{keys}），而不是其他类型的",
  },
  it_has: { en: "it has: {names}", zh: "有：{names}" },
  it_has_nothing: { en: "it has: nothing", zh: "一个也没有" },
  meant_name: { en: "did you mean {name}?", zh: "是不是想写 {name}？" },
  names_and_more: { en: "{names} and {number} more", zh: "{names}，另有 {number} 个" },

  // Variables.
  open_variable: {
    en: "expected `}` after `${`, found none (a plain `${` is `$${`)",
    zh: "`${` 之后应有 `}`，却没有（`${` 本身要写成 `$${`）",
  },
  variable_name: {
    en: "expected {variable} to name one of {keys}, found {found}",
    zh: "{variable} 中应是 {keys} 之一，而不是 {found}",
  },
  variable_name_meant: {
    en: "expected {variable} to name one of {keys}, found {found}; did you mean `{near}`?",
    zh: "{variable} 中应是 {keys} 之一，而不是 {found}；是不是想写 `{near}`？",
  },
  variable_unset: {
    en: "expected the environment variable {variable} to be set, found it unset or empty",
    zh: "环境变量 {variable} 应已设置，却没有设置或是空的",
  },

  // Addresses and headers.
  same_login: {
    en:
      "expected the same user and password in every address, since they are sent to each; found others",
    zh: "各个地址中的用户名和密码应相同，因为会发给每一个地址，现在却不同",
  },
  login_url_token: {
    en:
      "expected one way to log in, found user and password in `{section}.url` and `{section}.token`",
    zh: "登录方式应只有一种，却既有 `{section}.url` 中的用户名和密码，又有 `{section}.token`",
  },
  login_url_headers: {
    en:
      "expected one way to log in, found user and password in `{section}.url` and `Authorization` in `{section}.headers`",
    zh:
      "登录方式应只有一种，却既有 `{section}.url` 中的用户名和密码，又有 `{section}.headers` 中的 `Authorization`",
  },
  login_token_headers: {
    en:
      "expected one way to log in, found `{section}.token` and `Authorization` in `{section}.headers`",
    zh:
      "登录方式应只有一种，却既有 `{section}.token`，又有 `{section}.headers` 中的 `Authorization`",
  },
  login_all: {
    en:
      "expected one way to log in, found user and password in `{section}.url` and `{section}.token` and `Authorization` in `{section}.headers`",
    zh:
      "登录方式应只有一种，却同时有 `{section}.url` 中的用户名和密码、`{section}.token` 和 `{section}.headers` 中的 `Authorization`",
  },
  address_once: {
    en: "expected each address once, found {url} again",
    zh: "每个地址只应出现一次，{url} 重复了",
  },
  header_name: {
    en: "expected a header's name: letters, digits and `-`, found another",
    zh: "请求头的名称应由字母、数字和 `-` 组成，现在不是",
  },
  own_header: {
    en: "expected a header that DataHubSync doesn't set itself, found one that it does",
    zh: "这个请求头由 DataHubSync 自己设置，不能另写",
  },
  header_once: {
    en: "expected each header once, found it again in another spelling",
    zh: "每个请求头只应出现一次，它以另一种写法重复了",
  },
  unencrypted: {
    en: "`{key}` is sent unencrypted (`security: none`)",
    zh: "`{key}` 会以明文发送（`security: none`）",
  },
  body_needs_post: {
    en: "expected `method: POST`, PUT or PATCH beside it, found GET",
    zh: "还应写上 `method: POST`、PUT 或 PATCH，现在是 GET",
  },
  placeholder: {
    en: "expected one of {keys}, found {found}",
    zh: "应是 {keys} 之一，而不是 {found}",
  },
  placeholder_meant: {
    en: "expected one of {keys}, found {found}; did you mean `{near}`?",
    zh: "应是 {keys} 之一，而不是 {found}；是不是想写 `{near}`？",
  },
  zip_not_signed: {
    en: "expected a dataset of the hub, found one with `url`: a ZIP by itself isn't signed",
    zh: "应是数据中心的数据集，它却有 `url`：单独的 ZIP 没有签名",
  },

  // Folders and datasets.
  dataset_once: {
    en: "expected each dataset once, found {name} again (first at {position})",
    zh: "每个数据集只应出现一次，{name} 重复了（第一次在 {position}）",
  },
  dataset_named: { en: 'dataset "{name}"', zh: "数据集“{name}”" },
  the_mirror: { en: "the mirror", zh: "镜像" },
  the_site: { en: "the site", zh: "站点" },
  own_folder_system: {
    en: 'expected a folder of its own, found "{path}", where a package could replace system files',
    zh: '应是单独的目录，而不是 "{path}"：数据包可能会替换其中的系统文件',
  },
  own_folder_work: {
    en: "expected a folder of its own, found one that DataHubSync works in",
    zh: "应是单独的目录，而不是 DataHubSync 的工作目录",
  },
  holds_config: {
    en:
      "`{key}` contains this configuration file; give the data a folder of its own if the package could hold a file of that name",
    zh: "`{key}` 包含本配置文件；如果数据包里可能有同名文件，请给数据一个单独的目录",
  },
  same_folder: {
    en: "expected a folder of its own, found the same as that of {owner} ({key} at {position})",
    zh: "应是单独的目录，却与 {owner} 的目录相同（{key}，在 {position}）",
  },
  folder_inside: {
    en: "expected a folder of its own, found one inside that of {owner} ({key} at {position})",
    zh: "应是单独的目录，却在 {owner} 的目录之内（{key}，在 {position}）",
  },
  folder_around: {
    en:
      "expected a folder of its own, found one that contains that of {owner} ({key} at {position})",
    zh: "应是单独的目录，却包含 {owner} 的目录（{key}，在 {position}）",
  },
  log_pipe: {
    en:
      "expected a file for the log, found a named pipe, on which a run would wait for a reader: {path}; name a file, or /dev/stdout for a program that reads along",
    zh:
      "日志应写入文件，这里却是命名管道，运行会一直等待有人读取：{path}；请填写文件，要让程序实时读取则填写 /dev/stdout",
  },
  log_socket: {
    en:
      "expected a file for the log, found a socket: {path}; name a file, or /dev/stdout for a program that reads along",
    zh: "日志应写入文件，这里却是套接字：{path}；请填写文件，要让程序实时读取则填写 /dev/stdout",
  },
  log_disk: {
    en:
      "expected a file for the log, found a disk: {path}; name a file, or /dev/stdout for a program that reads along",
    zh: "日志应写入文件，这里却是磁盘：{path}；请填写文件，要让程序实时读取则填写 /dev/stdout",
  },

  // The file itself.
  compare_example: { en: "compare with config.example.yaml", zh: "请对照 config.example.yaml" },
  example_in_docs: { en: "docs/hub.md has an example", zh: "docs/hub.zh-CN.md 里有示例" },
  make_config: {
    en: "make one with `{command}`, or copy config.example.yaml",
    zh: "请用 `{command}` 生成一个，或复制 config.example.yaml",
  },
  make_config_for_machine: {
    en:
      "make one here with `{command}`, or one for this machine: copy {example} to {place} and edit it",
    zh: "请用 `{command}` 在这里生成一个；要供整台机器使用，请把 {example} 复制为 {place} 再编辑",
  },
  make_config_here: {
    en: "make one with `{command}`, or copy config.example.yaml to config.yaml",
    zh: "请用 `{command}` 生成一个，或把 config.example.yaml 复制为 config.yaml",
  },
  make_pack_config: {
    en: "write one with `output: SITE` and `datasets:`, each with `- folder: FOLDER`",
    zh: "请写一个，含 `output: SITE` 和 `datasets:`，每个数据集写 `- folder: FOLDER`",
  },
  no_file: { en: "there is no such file", zh: "没有这个文件" },
  no_file_of_variable: {
    en: "there is no such file (it is named by {variable})",
    zh: "没有这个文件（由 {variable} 指定）",
  },
  file_after_config: {
    en: "expected a file after --config, found an empty text",
    zh: "--config 之后应是文件，而不是空文本",
  },
  none_at_config: {
    en: "expected a configuration file at --config {path}, found none",
    zh: "--config {path} 处应有配置文件，却没有",
  },
  none_of: {
    en: "expected a configuration file, found none of {paths}",
    zh: "没有找到配置文件，以下各处都没有：{paths}",
  },
  file_not_folder: { en: "expected a file, found a folder", zh: "应是文件，而不是目录" },
  name_file_in_it: { en: "name the {file} in it", zh: "请指定其中的 {file}" },
  no_permission_to_read: { en: "can't be read: no permission", zh: "无法读取：没有权限" },
  run_as_owner: {
    en: "run as the file's owner, or change its mode with chmod",
    zh: "请以文件所有者的身份运行，或用 chmod 修改权限",
  },
  cant_read: { en: "can't be read: {why}", zh: "无法读取：{why}" },
  name_readable: {
    en: "name a readable file with --config",
    zh: "请用 --config 指定一个可以读取的文件",
  },

  // Files that it names.
  secret_expected: {
    en: "expected the path of a file that holds nothing but the secret, found no text",
    zh: "应是一个只含密钥的文件的路径，而不是别的内容",
  },
  no_secret: {
    en: "expected the path of a file that holds nothing but the secret: {path} {why}",
    zh: "应是一个只含密钥的文件的路径：{path} {why}",
  },
  isnt_file: { en: "isn't a regular file", zh: "不是普通文件" },
  too_large: { en: "is larger than 64 KB", zh: "大于 64 KB" },
  is_empty: { en: "is empty", zh: "是空的" },
  isnt_there: { en: "doesn't exist", zh: "不存在" },
  no_permission: { en: "may not be read", zh: "没有读取权限" },
  isnt_text: { en: "can't be read as text", zh: "无法作为文本读取" },
  calendar_unusable: {
    en: "{path} can't be used, so public holidays aren't known: {why}",
    zh: "{path} 无法使用，因此不知道节假日：{why}",
  },
  one_pattern: {
    en: "{text} is taken as one pattern; if it is a list, write {list}",
    zh: "{text} 会当作一个通配符；如果是几个，请写成 {list}",
  },
  hours_all_day: {
    en: "from and to are the same hour, so this limit holds all day",
    zh: "from 与 to 是同一时刻，因此这一限速全天有效",
  },
  hours_overlap: {
    en: "these hours overlap those of entry {first}, which counts where both hold",
    zh: "这段时间与第 {first} 项重叠，重叠处以第 {first} 项为准",
  },
  calendar_isnt_file: { en: "it isn't a regular file", zh: "它不是普通文件" },
  variable_not_text: {
    en: "the environment variable {name} isn't UTF-8 text",
    zh: "环境变量 {name} 不是 UTF-8 文本",
  },
  variable_as_text: {
    en: "set it in UTF-8, or take it out of the environment",
    zh: "请改用 UTF-8 编码，或去掉这个变量",
  },
  calendar_too_large: { en: "it is larger than 8 MB", zh: "它大于 8 MB" },
  calendar_empty: { en: "it has no days", zh: "其中没有日期" },
  calendar_day: {
    en: "line {line}: expected a day such as 2026-10-01, found {found}",
    zh: "第 {line} 行：应是 2026-10-01 这样的日期，而不是 {found}",
  },
  calendar_which: {
    en:
      "expected a line `trading days` or `days off` at its beginning: its days don't tell which they are",
    zh: "开头应有一行 `trading days`（交易日）或 `days off`（休市日）：从其中的日期看不出是哪一种",
  },
});
