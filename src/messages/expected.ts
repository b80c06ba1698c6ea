/**
 * What each key of a configuration has to hold: what completes "expected …", in both languages. It is
 * longer than 250 lines because every kind of value has its own words.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** EXPECTED: the messages of this area. */
export const EXPECTED = catalogue({
  // Values that several sections have.
  text: { en: "a text", zh: "文本" },
  on_one_line: {
    en: "{expected} on one line and without control characters",
    zh: "{expected}，写在一行之内，且不含控制字符",
  },
  whole_number: { en: "a whole number from {min} to {max}", zh: "{min} 到 {max} 的整数" },
  seconds: { en: "a number of seconds from {min} to {max}", zh: "{min} 到 {max} 的秒数" },
  hours: { en: "a number of hours from {min} to {max}", zh: "{min} 到 {max} 的小时数" },
  auto_or_number: {
    en: "`auto` or a whole number from {min} to {max}",
    zh: "`auto` 或 {min} 到 {max} 的整数",
  },
  part: { en: "a part such as `5%`", zh: "比例，例如 `5%`" },
  flag: { en: "true or false", zh: "true 或 false" },
  one_of: { en: "one of {keys}", zh: "{keys} 之一" },
  several_of: { en: "one or more of {keys}", zh: "{keys} 中的一个或多个" },
  path: { en: "a path", zh: "路径" },
  path_of_machine: {
    en: "{expected} of this machine, with `/` between its parts",
    zh: "{expected}，且是本机的路径，各级之间用 `/` 分隔",
  },
  path_in_full: {
    en: "{expected} written in full: only the shell knows {variable}",
    zh: "{expected}，且写出完整路径：{variable} 只有 shell 才认识",
  },
  path_from_home: {
    en: "{expected} written in full, or with `~/` for your home: only the shell knows {variable}",
    zh: "{expected}，且写出完整路径，或用 `~/` 表示主目录：{variable} 只有 shell 才认识",
  },
  path_without_user: {
    en: "{expected} written in full, since {user} isn't known here",
    zh: "{expected}，且写出完整路径：这里不认识 {user}",
  },
  web_url: {
    en: "a URL that begins with http:// or https://",
    zh: "以 http:// 或 https:// 开头的 URL",
  },
  host_and_port: {
    en: "a URL with a host's name or address and, if at all, a port up to 65535",
    zh: "含主机名或地址的 URL，端口（如有）不超过 65535",
  },
  section_with: {
    en: "a section with keys such as `{key}: …`",
    zh: "一段含有 `{key}: …` 等键的配置",
  },
  section_unlisted: {
    en: "a section with keys such as `{key}: …`, without `- ` before them",
    zh: "一段含有 `{key}: …` 等键的配置，键前不加 `- `",
  },
  pairs: { en: "a section of `name: value`", zh: "一段 `name: value` 形式的配置" },

  // Addresses, logins and headers.
  hub_section: {
    en: "a section with `url`, indented below it",
    zh: "含有 `url` 的一段配置，写在它下面并缩进",
  },
  hub_url: {
    en: "the hub's address, such as `http://hub.example.com:8000`",
    zh: "数据中心的地址，例如 `http://hub.example.com:8000`",
  },
  zip_url: {
    en: "the address of a ZIP, such as `https://example.com/bulk/facts.zip`",
    zh: "ZIP 的地址，例如 `https://example.com/bulk/facts.zip`",
  },
  no_file_url: {
    en: "an http(s) address: a file on this machine is no source",
    zh: "http(s) 地址：本机上的文件不能作为来源",
  },
  url_without_hash: { en: "an address without `#`", zh: "不含 `#` 的地址" },
  url_without_query: { en: "an address without `?` and `#`", zh: "不含 `?` 和 `#` 的地址" },
  percent: {
    en: "`%` in user and password written as `%25`",
    zh: "`%25`（用户名和密码中的 `%` 要这样写）",
  },
  bearer: {
    en: "a token of visible ASCII characters without spaces",
    zh: "由可见 ASCII 字符组成、不含空格的令牌",
  },
  bearer_alone: {
    en: "a token of visible ASCII characters without spaces, and without the word `Bearer`",
    zh: "由可见 ASCII 字符组成、不含空格的令牌，且不带 `Bearer` 一词",
  },
  header_value: { en: "a header's value", zh: "请求头的值" },
  ascii_header_value: {
    en: "a header's value of ASCII characters",
    zh: "由 ASCII 字符组成的请求头的值",
  },
  allowed_host: {
    en: "a host's name or address, such as `packages.internal` or `10.0.0.7`",
    zh: "主机的名称或地址，例如 `packages.internal` 或 `10.0.0.7`",
  },
  public_key: {
    en: "the hub's public key, as `ed25519:` and 43 characters",
    zh: "数据中心的公钥，即 `ed25519:` 加 43 个字符",
  },
  least_speed: {
    en: "0 (none) or a rate such as `100B/s` or `1KB/s`",
    zh: "0（不限）或速度，例如 `100B/s` 或 `1KB/s`",
  },
  time_zone: { en: "a time zone such as Asia/Shanghai", zh: "时区，例如 Asia/Shanghai" },
  iana_time_zone: {
    en: "an IANA time zone such as Asia/Shanghai",
    zh: "IANA 时区，例如 Asia/Shanghai",
  },

  // Datasets.
  datasets: {
    en: "a list with at least one dataset: `- name: …` and `local_dir: …`",
    zh: "至少含一个数据集的列表：`- name: …` 和 `local_dir: …`",
  },
  name_and_dir: { en: "`name` and `local_dir`", zh: "`name` 和 `local_dir`" },
  dataset_name: { en: "the dataset's name on the hub", zh: "数据集在数据中心的名称" },
  plain_dataset_name: {
    en: "the dataset's name on the hub, without slashes and outer spaces",
    zh: "数据集在数据中心的名称，不含斜杠，首尾没有空格",
  },
  local_dir: { en: "the path of the folder to keep up to date", zh: "要保持更新的目录的路径" },
  strip_prefix: {
    en: "`auto`, or a folder inside the package such as `data/csv`",
    zh: "`auto`，或数据包内的目录，例如 `data/csv`",
  },
  patterns: { en: "patterns such as `*.csv`", zh: "通配符，例如 `*.csv`" },
  pattern: {
    en: "a pattern relative to the dataset's folder, such as `sh*.csv` or `**/*.csv`",
    zh: "相对于数据集目录的通配符，例如 `sh*.csv` 或 `**/*.csv`",
  },
  keep_age: { en: "a duration such as `30d` or `48h`", zh: "时长，例如 `30d` 或 `48h`" },
  max_size: { en: "a size such as `50GB`", zh: "大小，例如 `50GB`" },
  max_age: {
    en: "a duration such as `30h` or `2d`, or a section with `hours`",
    zh: "时长，例如 `30h` 或 `2d`，或含有 `hours` 的一段配置",
  },
  hours_such_as: { en: "hours, such as 30", zh: "小时数，例如 30" },
  hours_needed: { en: "a number of hours", zh: "小时数" },
  weekdays: {
    en: "weekdays such as `mon-fri`, `[mon, wed]` or `[1, 2, 3]` (1 = Monday)",
    zh: "星期，例如 `mon-fri`、`[mon, wed]` 或 `[1, 2, 3]`（1 是星期一）",
  },
  weekday: {
    en: "weekdays such as `mon-fri` or numbers from 1 to 7 (1 = Monday)",
    zh: "星期，例如 `mon-fri`，或 1 到 7 的数字（1 是星期一）",
  },
  hour_of_day: {
    en: "an hour of the day such as 17.5 or `17:30`, from 0 to below 24",
    zh: "一天中的时刻，例如 17.5 或 `17:30`，从 0 起，小于 24",
  },
  calendar: { en: "the path of a calendar", zh: "日历文件的路径" },
  date_column: {
    en: "the column with the date, as in the files' header line",
    zh: "日期所在的列名，与文件表头一致",
  },
  within: { en: "a duration such as `3d` or `30h`", zh: "时长，例如 `3d` 或 `30h`" },

  // This machine.
  rate: {
    en: "0 (no limit) or a rate such as `2MB/s` or `10 Mbit/s`",
    zh: "0（不限速）或速度，例如 `2MB/s` 或 `10 Mbit/s`",
  },
  limit: { en: "a rate such as `2MB/s`", zh: "速度，例如 `2MB/s`" },
  limit_hours: {
    en: "hours with `from`, `to` and `limit`",
    zh: "含 `from`、`to` 和 `limit` 的时段",
  },
  limit_from: {
    en: "the hour from which it holds, such as `09:00`",
    zh: "从几点起生效，例如 `09:00`",
  },
  limit_to: {
    en: "the hour until which it holds, such as `15:30`",
    zh: "到几点为止，例如 `15:30`",
  },
  longest_run: {
    en: "a duration of at most `500h`, such as `72h` or `90m`",
    zh: "不超过 `500h` 的时长，例如 `72h` 或 `90m`",
  },
  reserve: { en: "`auto`, 0 or a size such as `2GB`", zh: "`auto`、0 或大小，例如 `2GB`" },
  log_size: { en: "0 (never) or a size such as `10MB`", zh: "0（从不）或大小，例如 `10MB`" },
  mirror_dir: {
    en: "the path of the folder that other machines read",
    zh: "供其他机器读取的目录的路径",
  },
  trusted_folders: { en: "folders by their absolute paths", zh: "以绝对路径写出的目录" },

  // Messages to people, and pings.
  target: { en: "a target with `type`", zh: "带有 `type` 的通知目标" },
  service_address: { en: "the address that the service gave you", zh: "服务方给你的地址" },
  service_token: { en: "the key or token that the service gave you", zh: "服务方给你的密钥或令牌" },
  own_server: { en: "the address of your server", zh: "你的服务器的地址" },
  topic: { en: "the topic's name", zh: "主题的名称" },
  plain_topic: {
    en: "a topic's name of letters, digits, - and _",
    zh: "由字母、数字、- 和 _ 组成的主题名称",
  },
  plain_token: { en: "a token without blanks", zh: "不含空白的令牌" },
  chat: {
    en: "the chat's number, or the `@name` of a channel",
    zh: "会话的编号，或频道的 `@name`",
  },
  chat_such_as: {
    en: "the chat's number such as -1001234567890, or the `@name` of a channel",
    zh: "会话的编号，例如 -1001234567890，或频道的 `@name`",
  },
  mail_host: { en: "the mail server's name", zh: "邮件服务器的名称" },
  mail_from: { en: "the sender's mail address", zh: "发件人的邮件地址" },
  mail_address: { en: "a mail address", zh: "邮件地址" },
  mail_addresses: { en: "mail addresses", zh: "一个或多个邮件地址" },
  mail_user: { en: "a user's name", zh: "用户名" },
  ping_address: { en: "the address that the monitor gave you", zh: "监控服务给你的地址" },
  template_url: { en: "the address to send the request to", zh: "接收请求的地址" },
  template_host: {
    en: "a URL that begins with http:// or https:// and a host",
    zh: "以 http:// 或 https:// 加主机名开头的 URL",
  },
  template_body: {
    en: "JSON, with each {each} between quotes, such as '{example}'",
    zh: "JSON，其中每个 {each} 都放在引号里，例如 '{example}'",
  },
  template_header: {
    en: "a header's name, and a value of plain letters on one line",
    zh: "请求头的名称，以及写在一行之内、由普通字符组成的值",
  },

  // The file of `pack --config`.
  pack_datasets: {
    en: "a list with at least one dataset: `- folder: …`",
    zh: "至少含一个数据集的列表：`- folder: …`",
  },
  site: { en: "the site's folder, such as /srv/hub", zh: "站点的目录，例如 /srv/hub" },
  pack_folder: { en: "the path of the folder with the data", zh: "数据所在目录的路径" },
  site_name: {
    en: "a name that neither begins with a dot nor ends in .zip",
    zh: "既不以点开头、也不以 .zip 结尾的名称",
  },
  site_keep: { en: "a duration such as `24h` or `7d`", zh: "时长，例如 `24h` 或 `7d`" },
  signing_keys: {
    en: "the path of a private key, or a list of two",
    zh: "私钥文件的路径，或两个路径的列表",
  },
  signature_time: {
    en: "a duration from `1h` to `366d`, such as `30d`",
    zh: "从 `1h` 到 `366d` 的时长，例如 `30d`",
  },
  settle: { en: "a duration such as `60s` or `5m`", zh: "时长，例如 `60s` 或 `5m`" },

  // A whole file.
  hub_and_datasets: { en: "`hub` and `datasets`", zh: "`hub` 和 `datasets`" },
  hub_and_datasets_keys: {
    en: "`hub:` and `datasets:` with their keys",
    zh: "`hub:` 和 `datasets:` 及其下的键",
  },
  output_and_datasets: { en: "`output` and `datasets`", zh: "`output` 和 `datasets`" },
  output_and_datasets_keys: { en: "`output:` and `datasets:`", zh: "`output:` 和 `datasets:`" },
});
