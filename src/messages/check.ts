/**
 * What `--check` finds, and its remedies, in both languages. It is longer than 250 lines because it holds
 * every line of the report.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** CHECK: the messages of this area. */
export const CHECK = catalogue({
  area_program: { en: "Program", zh: "程序" },
  area_config: { en: "Configuration", zh: "配置" },
  area_network: { en: "Network", zh: "网络" },
  area_hub: { en: "Hub", zh: "数据中心" },
  area_dataset: { en: "Datasets on the hub", zh: "数据中心上的数据集" },
  area_folder: { en: "Folders", zh: "目录" },
  area_state: { en: "State", zh: "状态" },
  area_log: { en: "Log", zh: "日志" },
  area_notify: { en: "Messages", zh: "通知" },
  area_schedule: { en: "Schedule", zh: "定时任务" },
  problems: { en: "{errors:problem|problems}", zh: "{errors:个问题}" },
  warnings: { en: "{warnings:warning|warnings}", zh: "{warnings:个警告}" },
  passed: { en: "{checks:check|checks} passed", zh: "{checks:项检查}通过" },
  and_then: { en: ", ", zh: "，" },
  counts: { en: "{counts}.", zh: "{counts}。" },
  counts_verbose: {
    en: "{counts} (--verbose lists them).",
    zh: "{counts}（加 --verbose 逐项列出）。",
  },
  about_dataset: { en: "{dataset}: {text}", zh: "{dataset}：{text}" },
  hub: { en: "hub", zh: "数据中心" },
  server: { en: "server", zh: "服务器" },
  behind: { en: "behind", zh: "落后" },
  config_valid: { en: "{path}: {count:dataset|datasets}", zh: "{path}：{count:个数据集}" },
  correct_it_in: { en: "correct it in {path}", zh: "请在 {path} 中改正" },
  correct_calendar: {
    en: "correct that file, or its path in {path}; docs/monitoring.md says what a calendar holds",
    zh: "请改正该文件，或 {path} 中它的路径；docs/monitoring.zh-CN.md 说明了日历的写法",
  },
  mode_keeps_secret: {
    en: "it holds a secret, and its mode {mode} protects it",
    zh: "其中有密钥，权限 {mode} 能够保密",
  },
  data_waits: {
    en:
      "{name} usually has new data at {time} ({timezone}); the next run after it comes {wait} later",
    zh: "{name} 的新数据通常在 {time}（{timezone}）到达，而之后的下一次运行要再等 {wait}",
  },
  write_time: { en: "write {spec} as the time in {place}", zh: "请在 {place} 中把时间写成 {spec}" },
  extend_calendar: {
    en: "put a newer file in its place; docs/monitoring.md says where to get one",
    zh: "请换上更新的文件；docs/monitoring.zh-CN.md 说明了从哪里获得",
  },
  mode_keeps_file: {
    en: "{path} holds a secret, and its mode {mode} protects it",
    zh: "{path} 中有密钥，权限 {mode} 能够保密",
  },
  mode_shows_file: {
    en: "{path} holds a secret, and its mode {mode} lets every user of this machine read it",
    zh: "{path} 中有密钥，而权限 {mode} 让本机所有用户都能读到",
  },
  mode_shows_secret: {
    en: "it holds a secret, and its mode {mode} lets every user of this machine read it",
    zh: "其中有密钥，而权限 {mode} 让本机所有用户都能读到",
  },
  package_not_ready: { en: "its package isn't ready yet{said}", zh: "数据包尚未就绪{said}" },
  not_on_hub: { en: "the hub doesn't have it", zh: "数据中心没有它" },
  correct_its_name: {
    en: "correct its name in {path}; the hub has: {names}",
    zh: "请在 {path} 中改正名称；数据中心有：{names}",
  },
  not_on_hub_meant: {
    en: 'the hub doesn\'t have it; did you mean "{meant}"?',
    zh: "数据中心没有它；是不是想写“{meant}”？",
  },
  write_name: { en: "write name: {meant} in {path}", zh: "请在 {path} 中写 name: {meant}" },
  whose_version_old: { en: "{whose} has {version}: {age}", zh: "{whose}的版本是 {version}：{age}" },
  a_version_without_a_name: { en: "a version without a name", zh: "没有名称的版本" },
  tell_those: { en: "tell those who run {whose}", zh: "请联系{whose}的维护者" },
  local_copy_is: { en: "the local copy is {text}", zh: "本地数据{text}" },
  at_url: { en: " at {url}", zh: "（{url}）" },
  package_older: {
    en: "its package ({stampText}) is older than announced ({version})",
    zh: "数据包（{stampText}）比宣布的（{version}）旧",
  },
  package_has: {
    en: "its package{place} has {files} files, {packed} packed, {contentSize} unpacked",
    zh: "数据包{place}有 {files} 个文件，压缩后 {packed}，解压后 {contentSize}",
  },
  ranges_several: {
    en: "{has}; several ranges are answered at once: changes are cheap",
    zh: "{has}；一次请求可取多个区间：更新很省流量",
  },
  ranges_single: {
    en:
      "{has}; {who} answers one range per request: a day on which a few files change costs a request for each, one on which nearly all change costs the whole {packed}",
    zh:
      "{has}；{who}一次请求只回一个区间：如果当天只变了几个文件，每个文件要一次请求；如果几乎都变了，就要下载全部 {packed}",
  },
  serve_several_ranges: {
    en:
      "serve the packages by a web server that answers several ranges at once, as nginx does: docs/hub.md, What makes clients fast",
    zh:
      "请改用一次请求能回多个区间的网页服务器，例如 nginx：docs/hub.zh-CN.md 的“什么能让客户端更快”",
  },
  patches_there: {
    en: "{has}; what changes comes by patch",
    zh: "{has}；更新通过补丁传送",
  },
  ranges_not_honoured: { en: "ranges aren't honoured", zh: "不支持区间请求" },
  all_downloaded: {
    en: "{has}: every sync has to download the whole package",
    zh: "{has}：每次同步都要下载整个数据包",
  },
  no_package_yet: { en: "there is no package of it yet{place}", zh: "还没有它的数据包{place}" },
  the_hub: { en: "the hub", zh: "数据中心" },
  the_server: { en: "the server", zh: "服务器" },
  others_cant_read: {
    en: "other users can't read it: {work} lets nobody through; the next sync changes that",
    zh: "其他用户读不到：{work} 不让任何人通过；下次同步会改正",
  },
  file_not_folder: { en: "{blocking} is a file, not a folder", zh: "{blocking} 是文件，不是目录" },
  not_writable: { en: "{shown} can't be written to", zh: "{shown} 不可写" },
  not_makable: { en: "{shown} can't be made in {place}", zh: "无法在 {place} 中新建 {shown}" },
  writable: { en: "{shown} can be written to", zh: "{shown} 可写" },
  will_be_made: { en: "{shown} will be made", zh: "将新建 {shown}" },
  locks_are_honoured: { en: "locks are honoured", zh: "文件锁有效" },
  locks_not_honoured: {
    en: "locks aren't honoured there: two machines could sync it at once",
    zh: "那里的文件锁无效：两台机器可能同时同步",
  },
  one_machine: {
    en: "let one machine sync this folder; which file system it is: stat -f -c %T {place}",
    zh: "请只让一台机器同步这个目录；查看是什么文件系统：stat -f -c %T {place}",
  },
  work_folder_beside: {
    en: "its work folder is {work}, on the same file system",
    zh: "工作目录是 {work}，在同一个文件系统上",
  },
  work_folder_inside: {
    en: "its work folder has to lie inside it ({work}), where recursive readers meet it",
    zh: "工作目录只能放在数据目录里面（{work}），递归读取的程序会看到它",
  },
  own_file_system: {
    en: "{wrong}: {localDir} is a file system of its own",
    zh: "{wrong}：{localDir} 自成一个文件系统",
  },
  set_local_dir: {
    en: "set local_dir to a folder in it in {path}: local_dir: {folder}",
    zh: "请在 {path} 中把 local_dir 设为其中的子目录：local_dir: {folder}",
  },
  beside_not_writable: {
    en: "{wrong}: {localDir} can't be written to",
    zh: "{wrong}：{localDir} 不可写",
  },
  snapshot_but_plain: {
    en: "publish is snapshot, but the folder is a plain one with files in it",
    zh: "publish 是 snapshot，但目录是有文件的普通目录",
  },
  files_but_snapshot: {
    en: "publish is files, but the folder is a link to a snapshot",
    zh: "publish 是 files，但目录是指向快照的链接",
  },
  being_synced: { en: "another run is syncing it now", zh: "另一次运行正在同步它" },
  being_synced_by: {
    en: "another run is syncing it now: process {pid} on {host}",
    zh: "另一次运行正在同步它：{host} 上的进程 {pid}",
  },
  see_whose: { en: "see whose it is: fuser -v {lock}", zh: "查看是哪个进程：fuser -v {lock}" },
  see_it: { en: "see it: ps -fp {pid}", zh: "查看它：ps -fp {pid}" },
  publish_cut_off: {
    en: "a publish was cut off; the next sync finishes it",
    zh: "上次发布中断；下次同步会完成它",
  },
  token_over_http: {
    en: "the token goes to {url} over plain http: whoever is on the way can read it",
    zh: "令牌经明文 http 发往 {url}：途中的任何人都能读到",
  },
  try_https: { en: "try hub.url: {https} in {path}", zh: "请在 {path} 中试试 hub.url: {https}" },
  the_variable: { en: "the variable {variable}", zh: "变量 {variable}" },
  url_in: { en: "{section}.url in {path}", zh: "{path} 中的 {section}.url" },
  address_already: { en: "{hostname} is an address already", zh: "{hostname} 本身就是地址" },
  name_is: { en: "{hostname} resolves to {addresses}", zh: "{hostname} 的地址是 {addresses}" },
  name_not_resolved: {
    en: "the name {hostname} can't be resolved ({code})",
    zh: "主机名 {hostname} 无法解析（{code}）",
  },
  correct_or_dns: {
    en: "correct {writtenIn}, or fix DNS until this prints an address: getent hosts {hostname}",
    zh: "请改正 {writtenIn}，或修好 DNS，直到这条命令输出地址：getent hosts {hostname}",
  },
  address_silent: { en: "; {silent} doesn't answer", zh: "；{silent} 没有应答" },
  takes_connections: {
    en: "{place} takes connections ({took}){dead}",
    zh: "{place} 可以连接（{took}）{dead}",
  },
  nothing_listens: {
    en: "nothing listens at {place}: the connection is refused",
    zh: "{place} 没有服务在监听：连接被拒绝",
  },
  cant_connect: { en: "{place} can't be connected to: {error}", zh: "无法连接 {place}：{error}" },
  start_or_correct: {
    en: "start the {who}, or correct {writtenIn}; then: {tellTale}",
    zh: "请启动{who}，或改正 {writtenIn}；然后：{tellTale}",
  },
  firewall: {
    en: "look for a firewall or a wrong address in {writtenIn}: {tellTale}",
    zh: "请检查防火墙，或 {writtenIn} 的地址是否有误：{tellTale}",
  },
  its_certificate_is_trusted: { en: "its certificate is trusted", zh: "证书受信任" },
  catalog_has: { en: "its catalog has {datasets}", zh: "清单里有 {datasets}" },
  signed_by: {
    en: "its catalog is signed by {by} until {until}",
    zh: "清单由 {by} 签名，有效期至 {until}",
  },
  signed_unknown: {
    en:
      "its catalog is signed by {by}, but hub.public_key isn't set: anybody between the hub and this machine could change the data",
    zh: "清单由 {by} 签名，但未设置 hub.public_key：途中的任何人都能改动数据",
  },
  compare_and_set_key: {
    en: "compare {by} with whoever runs the hub, then set hub.public_key: {key}",
    zh: "请与数据中心的维护者核对 {by}，然后设置：hub.public_key: {key}",
  },
  unsigned: {
    en: "its catalog isn't signed: nothing proves who made the data",
    zh: "清单没有签名：无法证明数据出自谁手",
  },
  expires_soon: {
    en: "its signature by {by} expires on {until}, and isn't renewed",
    zh: "{by} 的签名将于 {until} 过期，且未见更新",
  },
  tell_hub: { en: "tell those who run the hub", zh: "请联系数据中心的维护者" },
  answers_in: { en: "it answers in {ms}", zh: "{ms} 内应答" },
  clocks_agree: { en: "its clock and this machine's agree", zh: "数据中心的时钟与本机一致" },
  clock_differs: {
    en: "this machine's clock is {by} {direction} the hub's",
    zh: "本机时钟比数据中心{direction} {by}",
  },
  ahead_of: { en: "ahead of", zh: "超前" },
  no_answer_in: { en: "no answer in {patience}", zh: "{patience} 内没有应答" },
  datasets: { en: "{count:dataset|datasets}", zh: "{count:个数据集}" },
  maybe_no_tls: { en: "{error}: it may speak no TLS", zh: "{error}：对方可能不支持 TLS" },
  if_this_answers: {
    en: "if this answers, correct hub.url in {path} to {plain}: {curl}",
    zh: "如果这条命令有应答，请把 {path} 中的 hub.url 改为 {plain}：{curl}",
  },
  hint_certificate: {
    en:
      "{hint} ({path}); its certificate: openssl s_client -connect {hostname}:{port} -servername {hostname} </dev/null",
    zh:
      "{hint}（{path}）；查看证书：openssl s_client -connect {hostname}:{port} -servername {hostname} </dev/null",
  },
  correct_hub_url: {
    en: "correct hub.url in {path}; what it says: {ask}",
    zh: "请在 {path} 中改正 hub.url；看它说了什么：{ask}",
  },
  takes_but_silent: {
    en: "it takes connections but doesn't answer: restart the hub, or see what is before it: {ask}",
    zh: "它接受连接但不应答：请重启数据中心，或看看它前面有什么：{ask}",
  },
  wants_token: { en: "it wants a token", zh: "它要求令牌" },
  refuses_token: { en: "it refuses hub.token", zh: "它拒绝了 hub.token" },
  set_token: {
    en: "set hub.token: {variable} in {path}, and: export DATAHUBSYNC_TOKEN=…",
    zh: "请在 {path} 中设置 hub.token: {variable}，并运行：export DATAHUBSYNC_TOKEN=…",
  },
  times_off: {
    en: "the hub's times look {by} off: hub.timezone: {zone}?",
    zh: "数据中心的时间看来差了 {by}：hub.timezone 是不是 {zone}？",
  },
  set_timezone: {
    en: "if the hub's clock is in {zone}, set hub.timezone: {zone} in {configPath}",
    zh: "如果数据中心的时钟是 {zone}，请在 {configPath} 中设置 hub.timezone: {zone}",
  },
  two_zones: {
    en: "the hub's list and its package's name differ by {by}: they look like times of two zones",
    zh: "数据中心的清单与数据包文件名的时间差了 {by}：像是两个时区的时间",
  },
  times_in: { en: "its times are in {timezone}", zh: "它的时间属于 {timezone}" },
  job_lacks: {
    en: "the scheduled run won't have {name}, which the configuration names",
    zh: "定时运行时没有 {name}，而配置里用到了它",
  },
  job_lacks_proxy: {
    en: "the scheduled run won't have {name}, which sets the proxy here",
    zh: "定时运行时没有 {name}，而这里的代理由它设定",
  },
  systemd_add: {
    en: "{edit}, with: [Service] and below it Environment={name}=…",
    zh: "{edit}，加入：[Service]，下一行 Environment={name}=…",
  },
  crontab_add: {
    en: "add a line {name}=… above it, with: crontab -e",
    zh: "请在它上面加一行 {name}=…，命令是：crontab -e",
  },
  no_log_no_schedule: {
    en: "there is no log file, and no scheduled run",
    zh: "没有日志文件，也没有定时运行",
  },
  no_log: {
    en: "there is no log file: what a scheduled run does is written nowhere",
    zh: "没有日志文件：定时运行做了什么，无处可查",
  },
  set_log_file: {
    en: "set logging.file in {path}: file: ./logs/sync.log",
    zh: "请在 {path} 中设置 logging.file，file: ./logs/sync.log",
  },
  nothing_kept: {
    en: "it goes to {file}, where nothing is kept",
    zh: "日志写到 {file}，什么都不会保留",
  },
  we_rotate: {
    en: "it is rotated at {maxSize}, and {keep} are kept",
    zh: "由本程序轮转：到 {maxSize} 就换新，保留 {keep} 个",
  },
  rotates_it: { en: "{rotator} rotates it", zh: "由 {rotator} 轮转" },
  file_not_writable: { en: "{file} can't be written to: {error}", zh: "{file} 不可写：{error}" },
  file_not_makable: { en: "{file} can't be made: {message}", zh: "无法新建 {file}：{message}" },
  nobody_rotates: { en: "nobody rotates it{size}", zh: "没有程序轮转它{size}" },
  and_it_has: { en: ", and it has {size}", zh: "，现在有 {size}" },
  set_max_size: {
    en: "set logging.max_size in {path}: max_size: 10MB",
    zh: "请在 {path} 中设置 logging.max_size，max_size: 10MB",
  },
  asked_directly: {
    en: "{shown} is asked directly, with no proxy",
    zh: "直接访问 {shown}，不经代理",
  },
  asked_through: {
    en: "{shown} is asked through {address} ({variable})",
    zh: "经 {address} 访问 {shown}（{variable}）",
  },
  proxy_cant_reach: {
    en: "{through}, which can't reach a hub on this machine",
    zh: "{through}，而它到不了本机上的数据中心",
  },
  exception_odd: {
    en:
      '{through}, though {list} has "{item}": names and addresses stand there with commas between them, without port, * or http://',
    zh:
      "{through}，虽然 {list} 里有“{item}”：其中只能写主机名和地址，用逗号分隔，不带端口、* 或 http://",
  },
  variable_odd: {
    en: "the variable {variable} can't be what was meant: {what}",
    zh: "变量 {variable} 恐怕不是本意：{what}",
  },
  escape_login: {
    en: "in {variable} write # as %23, / as %2F, ? as %3F and @ as %40 in user and password",
    zh: "在 {variable} 的用户名和密码里，请把 # 写成 %23，/ 写成 %2F，? 写成 %3F，@ 写成 %40",
  },
  authorities: {
    en: "certificates are checked with the authorities of {said}",
    zh: "用这些颁发机构检查证书：{said}",
  },
  put_pem: {
    en: "put the PEM file of the authority there, or correct hub.ca_file in {path}",
    zh: "请把颁发机构的 PEM 文件放到那里，或在 {path} 中改正 hub.ca_file",
  },
  slack_parts: { en: "three parts after /services/", zh: "/services/ 之后的三段" },
  wecom_parts: { en: "/cgi-bin/webhook/send and a key", zh: "/cgi-bin/webhook/send 和 key" },
  dingtalk_parts: { en: "/robot/send and an access_token", zh: "/robot/send 和 access_token" },
  feishu_parts: { en: "/open-apis/bot/v2/hook/ and an id", zh: "/open-apis/bot/v2/hook/ 和 id" },
  nobody_notified: { en: "nobody is notified of failures", zh: "失败时没有人会收到通知" },
  notify_on_empty: {
    en: "notify.on is empty: its targets never get a message",
    zh: "notify.on 是空的：各目标永远收不到通知",
  },
  set_notify_on: {
    en: "set notify.on in {path}: on: [failure]",
    zh: "请在 {path} 中设置 notify.on，on: [failure]",
  },
  other_type: {
    en: "{target}: {hostname} is {type}'s, but its type is {configured}",
    zh: "{target}：{hostname} 属于 {type}，但它的 type 是 {configured}",
  },
  set_type: { en: "set type: {type} for it in {path}", zh: "请在 {path} 中为它设置 type: {type}" },
  address_not_whole: {
    en: "{target}: its address isn't whole: {type}'s have {needs}",
    zh: "{target}：地址不完整：{type} 的地址要有{needs}",
  },
  address_has_path: {
    en: "{target}: its address has a path, but {type} needs only a host",
    zh: "{target}：地址带有路径，而 {type} 只需要主机名",
  },
  leave_url_out: {
    en: "leave url out of it in {path}: the token is enough",
    zh: "请在 {path} 中删去它的 url：有 token 就够了",
  },
  correct_ping: { en: "correct ping.url in {path}", zh: "请更正 {path} 中的 ping.url" },
  copy_address: {
    en: "copy it again from {type} into {path}",
    zh: "请从 {type} 重新复制到 {path}",
  },
  target_connects: { en: "{target}: {place} takes connections", zh: "{target}：{place} 可以连接" },
  no_answer: { en: "no answer", zh: "没有应答" },
  target_silent: {
    en: "{target}: {place} can't be connected to: {why}",
    zh: "{target}：无法连接 {place}：{why}",
  },
  and_user: { en: " and {user}", zh: "和 {user} " },
  nobody_but_root: {
    en: "nobody but root{more} may write to what it uses",
    zh: "除 root {more}外，没有人可以改动它用到的文件",
  },
  belongs_to_another: {
    en: "this installation belongs to {found}, but this check ran as {me}, who may not write there",
    zh: "这个安装属于 {found}，而这次检查由 {me} 运行，{me} 不能写入那里",
  },
  refused_from: {
    en: " (refused from version {REFUSES_FROM} on)",
    zh: "（从 {REFUSES_FROM} 版起拒绝运行）",
  },
  root_left_files: {
    en: "runs as root left files that {name} can't change: {shown}{more}",
    zh: "以 root 运行时留下了 {name} 无法改动的文件：{shown}{more}",
  },
  put_the_binary_of_a_release: {
    en: "put the binary of a release in its place",
    zh: "请换上发布版的程序",
  },
  commit: { en: "commit {commit}", zh: "提交 {commit}" },
  its_sources: { en: "its sources", zh: "源代码" },
  program_is: {
    en: "datahubsync {version} from {origin}, Deno {deno}",
    zh: "datahubsync {version}，来自{origin}，Deno {deno}",
  },
  test_build: {
    en: "this binary was built for tests, with rights that a release doesn't have",
    zh: "这个程序是供测试用的，有发布版没有的权限",
  },
  program_mode: { en: "{path} has mode {mode}", zh: "{path} 的权限是 {mode}" },
  cant_be_looked_at: { en: "{path} can't be looked at: {error}", zh: "无法查看 {path}：{error}" },
  no_excess: {
    en: "it has no right to run programs or to call native code",
    zh: "它无权运行其他程序或调用本地代码",
  },
  excess: { en: "it may {rights}, which a release may not", zh: "它可以{rights}，而发布版不可以" },
  other_user: {
    en:
      "the schedule runs as {user}, but this check ran as {me}: what {user} may read and write isn't seen here",
    zh: "定时任务由 {user} 运行，而这次检查由 {me} 运行：这里看不出 {user} 能读写什么",
  },
  not_checked: { en: "this couldn't be checked: {error}", zh: "这一项没能检查：{error}" },
  a_token_over_http: {
    en: "a token goes to {url} over plain http: others can read it",
    zh: "令牌经明文 http 发往 {url}：别人能读到",
  },
  try_url_https: { en: "try url: {https} in {path}", zh: "请在 {path} 中试试 url: {https}" },
  no_run_yet: { en: "no run of it is in the history yet", zh: "历史里还没有它的运行记录" },
  last_run: { en: "last run {ago} ago: {outcome}", zh: "上次运行在 {ago} 前：{outcome}" },
  hint_then: { en: "{hint}; then: {sync}", zh: "{hint}；然后：{sync}" },
  last_run_why: {
    en: "last run {ago} ago: {outcome}{why}",
    zh: "上次运行在 {ago} 前：{outcome}{why}",
  },
  see_systemd: {
    en: "see whether systemd called it: journalctl -u datahubsync.service --since today",
    zh: "看 systemd 有没有启动它：journalctl -u datahubsync.service --since today",
  },
  see_cron: {
    en:
      "see whether cron called it: journalctl -t CRON --since today, or: grep CRON /var/log/syslog | tail",
    zh:
      "看 cron 有没有启动它：journalctl -t CRON --since today，或：grep CRON /var/log/syslog | tail",
  },
  no_trace: {
    en: "the run that was due at {due} has left no trace",
    zh: "应在 {due} 进行的运行没有留下任何痕迹",
  },
  several_schedules: {
    en: "there are {own} schedules: {places}",
    zh: "共有 {own} 个定时任务：{places}",
  },
  one_is_enough: { en: "one is enough: remove the others", zh: "一个就够：请删掉其余的" },
  another_config: {
    en: "{place} syncs another configuration: {config}",
    zh: "{place} 同步的是另一份配置：{config}",
  },
  not_understood: {
    en: "{place} isn't understood here ({unclear}): whether it syncs this isn't known",
    zh: "看不懂 {place}（{unclear}）：不清楚它是否同步这里",
  },
  none_seen: {
    en: "there is none in /etc/cron.d or systemd, and your crontab can't be read from here",
    zh: "/etc/cron.d 和 systemd 里都没有，而你的 crontab 从这里读不到",
  },
  nothing_syncs: {
    en: "nothing syncs by itself: there is no schedule of it in cron or systemd",
    zh: "不会自动同步：cron 和 systemd 里都没有它的定时任务",
  },
  calls_nothing: { en: "{place} doesn't call datahubsync", zh: "{place} 没有调用 datahubsync" },
  install_again: {
    en: "run install_client.sh --systemd again",
    zh: "请再运行一次 install_client.sh --systemd",
  },
  no_config: {
    en: "its run will find no configuration: {noConfig}",
    zh: "它运行时找不到配置：{noConfig}",
  },
  name_config: {
    en: "name this one in {place}: -c {path}",
    zh: "请在 {place} 中写明这一份：-c {path}",
  },
  calls_login: {
    en: "it calls {program}, which a login shell finds",
    zh: "它调用 {program}，由登录 shell 查找",
  },
  write_there: {
    en: "write {execPath} there, which is this program ({place})",
    zh: "请在那里写 {execPath}，就是本程序（{place}）",
  },
  not_in_path: {
    en: "it calls {program}, which isn't in its PATH ({searched})",
    zh: "它调用 {program}，但不在它的 PATH（{searched}）中",
  },
  not_there: { en: "it calls {path}, which isn't there", zh: "它调用 {path}，但那里没有这个文件" },
  not_executable: {
    en: "it calls {path}, which can't be executed",
    zh: "它调用 {path}，但那个文件不可执行",
  },
  calls_path: { en: "it calls {path}", zh: "它调用 {path}" },
  calls_other: {
    en: "it calls {path}, not this program ({execPath})",
    zh: "它调用 {path}，不是本程序（{execPath}）",
  },
  cron_passes_by: {
    en:
      "cron ignores {path}: it must belong to root, and only root may write to it (its mode is {mode})",
    zh: "cron 会跳过 {path}：它必须属于 root，且只有 root 可写（现在的权限是 {mode}）",
  },
  add_a_newline_to_its_end: { en: "add a newline to its end", zh: "请在文件末尾加一个换行" },
  cron_last_line: {
    en: "cron ignores the last line of {path}: it doesn't end in a newline",
    zh: "cron 会跳过 {path} 的最后一行：末尾没有换行",
  },
  no_cron_daemon: { en: "no cron daemon seems to run", zh: "看来没有 cron 服务在运行" },
  timer_not_enabled: {
    en: "systemd has the timer, but it isn't enabled",
    zh: "systemd 有这个定时器，但没有启用",
  },
  let_systemd: { en: "let systemd start it: {enable}", zh: "让 systemd 启用它：{enable}" },
  zone_unclear: {
    en:
      "its time is read in {zone} (CRON_TZ) by cronie, and in this machine's zone by Debian's cron: when it runs next isn't known here",
    zh:
      "它的时间，cronie 按 {zone}（CRON_TZ）理解，Debian 的 cron 按本机时区理解：从这里看不出下次何时运行",
  },
  ask_systemd: {
    en: "ask it: systemctl {user}list-timers datahubsync.timer",
    zh: "问它：systemctl {user}list-timers datahubsync.timer",
  },
  only_systemd_knows: {
    en: "when it runs next only systemd knows",
    zh: "下次何时运行，只有 systemd 知道",
  },
  at_start: { en: "it runs when the machine starts", zh: "机器启动时运行" },
  never_comes: {
    en: 'its time "{spec}" never comes: no month has such a day',
    zh: "它的时间“{spec}”永远不会到：没有哪个月有这一天",
  },
  correct_time: {
    en: "correct it in {place}, to for example: 15 8 * * *",
    zh: "请在 {place} 中改正，例如：15 8 * * *",
  },
  next_run: { en: "its next run is {next}", zh: "下次运行在 {next}" },
  time_not_understood: {
    en: 'its time "{spec}" isn\'t understood here: {message}',
    zh: "看不懂它的时间“{spec}”：{message}",
  },
  cron_cant_read: {
    en: 'cron can\'t read its time "{spec}": {message}',
    zh: "cron 看不懂它的时间“{spec}”：{message}",
  },
  shell_word: { en: "a word that only the shell knows", zh: "只有 shell 才明白的词" },
  folder_called_in: { en: "the folder that it is called in", zh: "在哪个目录里调用" },
  which_config: { en: "which configuration it finds", zh: "会找到哪份配置" },
  free_unknown: {
    en: "its file system doesn't say how much room is free",
    zh: "所在的文件系统不提供剩余空间",
  },
  space_needs: {
    en: "a full sync needs {full} (a publish of all files {contentSize}), {free} are free",
    zh: "完整同步需要 {full}（发布全部文件要 {contentSize}），剩余 {free}",
  },
  free_room: {
    en: "free some room, or move local_dir to a larger disk: df -h {at}",
    zh: "请腾出空间，或把 local_dir 移到更大的磁盘：df -h {at}",
  },
  not_enough_room: { en: "not enough room: {needs}", zh: "空间不足：{needs}" },
  no_file_limit: { en: "its file system has no limit on files", zh: "所在的文件系统不限制文件数" },
  inode_needs: {
    en: "a full sync makes {files} files, {free} inodes are free",
    zh: "完整同步会有 {files} 个文件，剩余 {free} 个 inode",
  },
  remove_files: {
    en: "remove files that nobody needs, or move local_dir: df -i {at}",
    zh: "请删除不需要的文件，或移动 local_dir：df -i {at}",
  },
  not_enough_inodes: { en: "not enough inodes: {needs}", zh: "inode 不足：{needs}" },
  recorded: { en: "{statePath}: {counted} recorded", zh: "{statePath}：记录了 {counted}" },
  cant_be_written: { en: "it can't be written: {message}", zh: "状态无法保存：{message}" },
  no_history: {
    en:
      "runs aren't recorded, so status, report and metrics lack them and messages come again: {message}",
    zh: "运行没有记录，status、报告和指标里看不到，通知会重复发送：{message}",
  },
  never_synced: { en: "never synced, so nothing is recorded", zh: "从未同步，所以没有记录" },
  recorded_no_file: {
    en:
      "{recorded} is recorded, and no file of it: the package was empty, or include and exclude leave nothing of it",
    zh: "记录的是 {recorded}，却没有一个文件：数据包是空的，或 include 和 exclude 没留下任何文件",
  },
  look_at_selection: {
    en: "look at include and exclude of {name} in {path}",
    zh: "请检查 {path} 中 {name} 的 include 和 exclude",
  },
  recorded_no_files: {
    en: "{recorded} is recorded, but {localDir} has no files",
    zh: "记录的是 {recorded}，但 {localDir} 里没有文件",
  },
  recorded_by_other: {
    en: "{recorded} is recorded by another program: the next change reads all files once",
    zh: "{recorded} 由别的程序记录：下次有变化时会把所有文件读一遍",
  },
  recorded_other: {
    en: "{recorded} is recorded, but the files are of {version}",
    zh: "记录的是 {recorded}，但文件属于 {version}",
  },
  no_version: { en: "no version", zh: "没有版本" },
  files_there: {
    en: "{version} is recorded, and its {files} are there",
    zh: "记录的是 {version}，{files} 都在",
  },
  files_differ: {
    en: "of its {files} {missing} are missing and {changed} have been changed here",
    zh: "{files} 中缺少 {missing} 个，有 {changed} 个在这里被改动过",
  },
  n_files: { en: "{count:file|files}", zh: "{count:个文件}" },
  url_answers: { en: "{url} answers", zh: "{url} 有应答" },
  has_etag: {
    en: "{url} has an ETag: a run without news costs one request",
    zh: "{url} 有 ETag：没有更新的运行只要一次请求",
  },
  has_last_modified: {
    en: "{url} has a Last-Modified: a run without news costs one request",
    zh: "{url} 有 Last-Modified：没有更新的运行只要一次请求",
  },
  no_validator: {
    en:
      "{url} sends neither a strong ETag nor a Last-Modified: every run reads the package's directory",
    zh: "{url} 既没有强 ETag 也没有 Last-Modified：每次运行都要读数据包的目录",
  },
  could_send: {
    en: "nothing has to be done; whoever runs the server can let it send a Last-Modified",
    zh: "不必处理；服务器的维护者可以让它带上 Last-Modified",
  },
  cron_file_add: {
    en: "add a line {name}=… above it in {path}",
    zh: "请在 {path} 中它的上面加一行 {name}=…",
  },
  cron_file_add_secret: {
    en: "add a line {name}=… above it in {path}, and let only root read the file (mode 600)",
    zh: "请在 {path} 中它的上面加一行 {name}=…，并只让 root 能读这个文件（权限 600）",
  },
  script_not_there: {
    en: "after a sync it runs {script}, which isn't there",
    zh: "同步之后它运行 {script}，但那里没有这个文件",
  },
  put_it_there: {
    en: "put it there, or correct it in {place}",
    zh: "请把它放到那里，或在 {place} 中改正",
  },
  then_runs: {
    en: "while changes are unread it then runs: {then}",
    zh: "有未读的变更时，它接着运行：{then}",
  },
  run_programs: { en: "run programs", zh: "运行程序" },
  call_native_code: { en: "call native code", zh: "调用本地代码" },
  write_to_the_folder: { en: "write to the folder", zh: "写入目录" },
  read_the_history: { en: "read the history", zh: "读取历史" },
  honour_ranges: {
    en: "let {whose}, or the proxy before it, honour ranges, until this prints 206: {curl}",
    zh: "请让{whose}或它前面的代理支持区间请求，直到这条命令输出 206：{curl}",
  },
});
