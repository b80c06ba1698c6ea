/**
 * What `init` asks and says, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** INIT: the messages of this area. */
export const INIT = catalogue({
  both_addresses: {
    en: "expected --url or --hub-url, found both",
    zh: "--url 和 --hub-url 只能写一个，却写了两个",
  },
  leave_one_out: {
    en: "leave one out; a configuration may have both afterwards",
    zh: "请去掉一个；之后配置里可以两者都有",
  },
  address_without_login: {
    en: "expected an address without user and password",
    zh: "地址里不应有用户名和密码",
  },
  login_into_url: {
    en: "put them into datasets[].url as {user} and {password}",
    zh: "请在 datasets[].url 中写成 {user} 和 {password}",
  },
  one_name: {
    en: "expected one name with -d, since --url is one dataset",
    zh: "用 --url 时只有一个数据集，-d 只能写一个名称",
  },
  there_already: { en: "{path} is there already", zh: "{path} 已经存在" },
  name_output: { en: "name a file with --output", zh: "请用 --output 写一个文件" },
  other_output: {
    en: "name another file with --output, or replace it with --force",
    zh: "请用 --output 写另一个文件，或用 --force 替换它",
  },
  token_refused: {
    en: "the hub refuses the token in {token}: ask those who run the hub for another one",
    zh: "数据中心拒绝了 {token} 中的令牌：请向它的维护者另要一个",
  },
  give_token: {
    en: "give the hub's token: {token}=… {command}",
    zh: "请给出数据中心的令牌：{token}=… {command}",
  },
  key_not_known: {
    en:
      "the hub signs its catalog with the key {fingerprint}, which nobody has confirmed, so it isn't trusted",
    zh: "数据中心用密钥 {fingerprint} 签名清单；未经确认，不会信任它",
  },
  compare_key: {
    en: "compare it with whoever runs the hub, then set hub.public_key: {key}",
    zh: "请与数据中心的维护者核对，然后设置：hub.public_key: {key}",
  },
  believe_key: {
    en:
      "The hub signs its catalog with a key that isn't known here: {fingerprint}. Compare it with whoever runs the hub. Trust it from now on (yes/no)?",
    zh:
      "数据中心用一个未知的密钥签名清单：{fingerprint}。请与数据中心的维护者核对。今后信任它吗（yes/no）？",
  },
  yes_or_no: { en: "expected yes or no, found {typed}", zh: "应是 yes 或 no，却是 {typed}" },
  no_datasets: { en: "the hub {url} has no datasets", zh: "数据中心 {url} 没有数据集" },
  when_it_has: { en: "try again when it has some", zh: "请等它有了再试" },
  input_ended: {
    en: "the questions weren't all answered; nothing was written",
    zh: "问题没有答完；什么都没有写",
  },
  answers_as_options: {
    en: "give the answers as options: {command}",
    zh: "请用选项回答：{command}",
  },
  no_address: { en: "expected the hub's address, found none", zh: "应是数据中心的地址，却是空的" },
  login_into_headers: {
    en: "put them into hub.headers or hub.token afterwards",
    zh: "之后请写进 hub.headers 或 hub.token",
  },
  no_hub_address: {
    en: "expected the hub's address, found {text}",
    zh: "应是数据中心的地址，而不是 {text}",
  },
  begins_with_http: {
    en: "it begins with http:// or https://",
    zh: "地址以 http:// 或 https:// 开头",
  },
  no_such_dataset: {
    en: "the hub has no dataset named {name}",
    zh: "数据中心没有名为 {name} 的数据集",
  },
  folder_expected: {
    en: "expected a folder for the data, found {found}",
    zh: "应是放数据的目录，而不是 {found}",
  },
  file_for_folder: {
    en: "expected a folder for the data, found a file: {path}",
    zh: "应是放数据的目录，而不是文件：{path}",
  },
  folder_called: {
    en: "if a folder is to be called that: ./{name}",
    zh: "如果目录就叫这个名字：./{name}",
  },
  path_in_full: {
    en: "write the path out, such as /srv/data",
    zh: "请写出完整路径，例如 /srv/data",
  },
  folder_or_move: {
    en: "name a folder, or move the file away",
    zh: "请写一个目录，或移走那个文件",
  },
  which_ones: {
    en: "Which ones, by number or name, with commas [all]:",
    zh: "要哪些？写编号或名称，用逗号隔开 [全部]：",
  },
  wrote: {
    en: "Wrote {output} with {datasets:dataset|datasets}. Next:",
    zh: "已写好 {output}，有 {datasets:个数据集}。接下来：",
  },
  token_from: {
    en: "Each run takes the token from {token}; hub.token may hold it instead.",
    zh: "每次运行从 {token} 取得令牌；也可写在 hub.token 里。",
  },
  address_question: {
    en: "Address of the hub, such as {example}:",
    zh: "数据中心的地址，例如 {example}：",
  },
  folder_question: { en: "Folder for the data [{folder}]:", zh: "放数据的目录 [{folder}]：" },
  no_folder_name: {
    en: "the dataset {name} has no name for a folder",
    zh: "数据集 {name} 的名称不能用作目录名",
  },
  about_file: {
    en:
      'DataHubSync configuration, written by datahubsync init. Every key is explained in\nconfig.example.yaml; a line that begins with "#key" shows an optional setting with its default.',
    zh:
      "DataHubSync 配置文件，由 datahubsync init 生成。全部配置项见 config.example.yaml；\n以“#键名”开头的行是可选项及其默认值。",
  },
  about_language: {
    en: "Language of the messages: en or zh.",
    zh: "给人看的内容用什么语言：en 或 zh。",
  },
  about_zip: {
    en:
      "A name of your choice, the ZIP's address, and the folder to keep up to date (docs/get.md).",
    zh: "自定的名称、ZIP 的地址，以及要保持最新的目录（docs/get.zh-CN.md）。",
  },
  about_dataset: {
    en: "The dataset's name on the hub, and the folder to keep up to date.",
    zh: "数据集在数据中心的名称，以及要保持最新的目录。",
  },
  about_level: {
    en: "DEBUG, INFO, WARNING or ERROR.",
    zh: "日志级别：DEBUG、INFO、WARNING 或 ERROR。",
  },
  about_log: { en: "Where the log goes.", zh: "日志文件。" },
  about_size: {
    en: "Size at which it is rotated; 0 = never (logrotate does it).",
    zh: "达到此大小时轮转；0 = 从不（由 logrotate 负责）。",
  },
  about_hub: { en: "Address of the hub.", zh: "数据中心地址。" },
  about_timeout: {
    en: "Seconds that an answer may take to begin.",
    zh: "最多等多少秒开始应答。",
  },
  about_token: {
    en: 'Sent as "Authorization: Bearer …".',
    zh: "访问令牌，以“Authorization: Bearer …”发送。",
  },
  about_schema: {
    en:
      "That file completes and checks keys in an editor: datahubsync config --schema >config.schema.json",
    zh: "有了那个文件，编辑器就能补全并检查各项：datahubsync config --schema >config.schema.json",
  },
  about_key: {
    en: "The key that must have signed the hub's catalog.",
    zh: "数据中心清单的签名公钥。",
  },
});
