/**
 * The help in Chinese, beside its English, which `src/cli/program.ts` and `src/cli/command_help.ts`
 * write where the options and exit codes are defined.
 *
 * Guarantees: nothing loads it for English; a test holds that no text of the help is missing here,
 * and that none here is unused. It is longer than 250 lines because it has every option.
 *
 * @module
 */

/** Chinese by English. */
export const HELP: Readonly<Record<string, string>> = {
  // What all commands share.
  "Usage:": "用法：",
  "Arguments:": "参数：",
  "Options:": "选项：",
  "Commands:": "命令：",
  "Examples:": "示例：",
  "Exit codes:": "退出码：",
  "[options]": "[选项]",
  "[command]": "[命令]",
  "print this help": "显示本帮助",
  "display help for command": "显示某个命令的帮助",
  "the language of the messages": "给人看的内容用什么语言",
  "configuration (default: config.yaml here or beside the program)":
    "配置文件（默认：当前目录或程序旁的 config.yaml）",
  "state (default: .last_sync.json beside the configuration)":
    "状态文件（默认：配置文件旁的 .last_sync.json）",
  "only this dataset; may be given several times": "只处理这个数据集；可以写多次",
  "print one JSON document on stdout": "在标准输出打印一份 JSON 文档",
  "print errors only": "只显示错误",
  "print details": "显示详细信息",
  "printed": "已打印",
  "listed": "已列出",
  "up to date": "已是最新",
  "the dataset": "数据集",
  "the hub's address": "数据中心的地址",
  "an option is wrong": "选项有误",
  "an option or the configuration is wrong": "选项或配置有误",
  "another run is working on the dataset": "另一次运行正在处理这个数据集",
  "ended by Ctrl-C": "被 Ctrl-C 终止",
  "ended by SIGTERM": "被 SIGTERM 终止",
  "ended by Ctrl-C or SIGTERM": "被 Ctrl-C 或 SIGTERM 终止",
  "ended by Ctrl-C; run it again to go on": "被 Ctrl-C 终止；再运行一次即可继续",
  "ended by SIGTERM; run it again to go on": "被 SIGTERM 终止；再运行一次即可继续",

  // The program.
  "Keeps local copies of datasets in sync with a hub.": "让本地的数据集与数据中心保持同步。",
  "print the version (with --json also what it was built from)":
    "显示版本（加 --json 还显示由什么构建）",
  "`datahubsync` alone is `datahubsync sync`.": "单独的 `datahubsync` 就是 `datahubsync sync`。",
  "`datahubsync --check` is its self-test.": "`datahubsync --check` 是自检。",
  "`datahubsync COMMAND --help` has examples and exit codes.":
    "`datahubsync 命令 --help` 有示例和退出码。",

  // sync
  "bring the folders up to date (the default command)": "把各目录更新到最新（默认命令）",
  "print what would be fetched; change nothing": "只显示会下载什么，不做任何改动",
  "take the package of this dataset that `expect` rejected, once; may be given several times":
    "接受这个数据集被 `expect` 拒绝的数据包，仅此一次；可以写多次",
  "distrust state and manifest: read every file, fetch what differs":
    "不信任状态和文件清单：读取每个文件，下载不同的部分",
  "keep asking this long (as 30m or 2h) while the package isn't ready or older than announced":
    "数据包没有就绪或比宣布的旧时，继续询问这么久（如 30m、2h）",
  "keep running, and sync again this often (as 1h)": "持续运行，每隔这么久同步一次（如 1h）",
  "list what changes; into the file go all unread changes, as JSON lines":
    "列出变化；写了文件时，全部未读的变化以 JSON 行写入该文件",
  "end with 10 where something has changed": "有变化时以 10 退出",
  "all datasets of the configuration": "配置里的全部数据集",
  "what would be fetched for one of them": "其中一个会下载什么",
  "take the package of it that `expect` rejected": "接受它被 `expect` 拒绝的数据包",
  "keeps running, for a container": "持续运行，用于容器",
  "wait for a package that isn't ready, with details": "等待未就绪的数据包，显示详细信息",
  "also list what a program has to load": "同时列出程序需要载入的内容",
  "up to date, or the hub's package isn't ready yet": "已是最新，或数据中心的数据包还没有就绪",
  "at least one dataset failed": "至少有一个数据集失败",
  "with --exit-code: something has changed": "加了 --exit-code：有变化",

  // changes
  "print what has changed since it was read, as JSON lines": "以 JSON 行打印上次读取之后的变化",
  "print only the number that --done takes": "只打印 --done 要用的编号",
  "everything up to this number is read: forget it": "到这个编号为止都已读：不再列出",
  "end with 10 where something is unread": "有未读的变化时以 10 退出",
  "what is unread, a line per file": "未读的变化，每个文件一行",
  "the number to confirm afterwards": "之后用来确认的编号",
  "all of it up to number 12 is read": "到编号 12 为止都已读",
  "printed or forgotten; with --exit-code: nothing is unread":
    "已打印或已确认；加了 --exit-code：没有未读",
  "an option or the configuration is wrong, or no such number was given":
    "选项或配置有误，或没有这个编号",
  "the list couldn't be read or written": "变化列表无法读写",
  "with --exit-code: something is unread": "加了 --exit-code：有未读",

  // get
  "keep a folder up to date with one ZIP on the web; needs no configuration":
    "让一个目录与网上的一个 ZIP 保持一致；不需要配置",
  "the ZIP's address": "ZIP 的地址",
  "the folder (default: the file's name without .zip)": "目录（默认：文件名去掉 .zip）",
  "only these files; may be given several times": "只要这些文件；可以写多次",
  "not these files; may be given several times": "不要这些文件；可以写多次",
  "take this leading folder off (auto: the only one)": "去掉最前面的这层目录（auto：唯一的那层）",
  "what names that aren't UTF-8 are in (default: auto)": "非 UTF-8 文件名的编码（默认：auto）",
  "accept a ZIP with at most this many files": "最多接受这么多文件的 ZIP",
  "accept at most this much when unpacked, such as 20GB": "解压后最多接受这么大，如 20GB",
  "remove files that the ZIP doesn't have any more": "删除 ZIP 里已经没有的文件",
  "replace files that are there already and differ": "替换目录里已有而内容不同的文件",
  "a header for this server, as 'Name: value'": "发给这个服务器的请求头，写成 'Name: value'",
  "a bearer token; '${DATAHUBSYNC_TOKEN}' takes it from there":
    "Bearer 令牌；'${DATAHUBSYNC_TOKEN}' 表示从该变量取得",
  "further certificate authorities, as PEM": "另外信任的 CA 证书，PEM 格式",
  "read every file, and fetch what differs": "读取每个文件，下载不同的部分",
  "into companyfacts/; later what changed": "放入 companyfacts/；之后只取变化",
  "another folder, exactly the ZIP": "另一个目录，与 ZIP 完全一致",
  "for cron, with a header": "用于 cron，带请求头",
  "an option is wrong, or files are there that differ": "选项有误，或目录里已有不同的文件",
  "it couldn't be fetched or placed": "无法下载或放置",
  "another run is working on the folder": "另一次运行正在处理这个目录",

  // demo
  "sync generated data from a hub of its own, and show what each step costs":
    "从自带的数据中心同步一份生成的数据，并显示每一步的开销",
  "where to put it (default: a temporary folder)": "放在哪里（默认：临时目录）",
  "leave it there afterwards": "结束后保留",
  "leave the folders there to look at": "保留各目录以供查看",
  "the folders are what the hub has": "各目录与数据中心一致",
  "--dir isn't an empty folder": "--dir 不是空目录",
  "they aren't": "不一致",

  // status
  "show each dataset: its age, the hub's version, the last run and the next":
    "显示每个数据集：距今多久、数据中心的版本、上次和下次运行",
  "redraw every two seconds, until Ctrl-C": "每两秒刷新一次，直到 Ctrl-C",
  "don't ask the hub": "不询问数据中心",
  "once": "一次",
  "again and again, until Ctrl-C": "反复刷新，直到 Ctrl-C",
  "shown, whatever it is": "已显示，不论状态如何",
  "shown, but the hub couldn't be asked": "已显示，但无法询问数据中心",

  // list
  "show what the hub has, and which of it is followed here": "显示数据中心有什么，其中哪些已跟随",
  "what the configured hub has": "配置里的数据中心有什么",
  "the same without a configuration": "同上，不需要配置",
  "the hub couldn't be asked": "无法询问数据中心",

  // report
  "write what happened as one HTML page, and print where it is":
    "把发生过的事写成一个 HTML 页面，并打印它的位置",
  "the file to write (default: datahubsync-report.html)":
    "要写的文件（默认：datahubsync-report.html）",
  "how many days back (default: 30)": "往前多少天（默认：30）",
  "the last quarter": "最近一个季度",
  "written": "已写好",
  "the file couldn't be written": "文件无法写入",

  // verify
  "read every file and compare it with the hub's directory": "读取每个文件，与数据包的目录比较",
  "fetch what is missing or damaged": "下载缺少或损坏的文件",
  "compare with what was recorded when the files were placed": "与文件放入时的记录比较",
  "only these datasets": "只处理这些数据集",
  "read every file of every dataset": "读取每个数据集的每个文件",
  "fetch what is missing or damaged of one": "下载其中一个缺少或损坏的文件",
  "all files are right": "全部文件正确",
  "files are missing or damaged, or couldn't be compared": "有文件缺少、损坏，或无法比较",

  // check
  "report what is wrong and how to fix it; changes nothing (also: --check)":
    "报告哪里有问题、怎么解决；不做任何改动（也可写 --check）",
  "also list the checks that passed": "也列出通过的检查",
  "the same as: datahubsync --check": "等同于：datahubsync --check",
  "nothing failed; there may be warnings": "没有失败；可能有警告",
  "at least one check failed": "至少有一项检查失败",

  // notify
  "send a test message to the targets of `notify`": "向 `notify` 的各目标发送测试消息",
  "send it; without it nothing is sent": "发送；不写就不发送",
  "only this target: its type, or its name in the output": "只发给这个目标：写类型，或输出里的名称",
  "a test message to every target": "向每个目标发送测试消息",
  "to one of them": "只发给其中一个",
  "every target took the message": "每个目标都收到了",
  "an option or the configuration is wrong, or has no such target":
    "选项或配置有误，或没有这个目标",
  "a target didn't take it": "有目标没有收到",

  // config
  "print what is in force, and where each value comes from; secrets are hidden":
    "打印生效的配置和每个值的来源；密钥类内容会隐藏",
  "print the JSON Schema of the configuration, for an editor":
    "打印配置的 JSON Schema，供编辑器使用",
  "every setting, with the file's line, a variable or `default`":
    "每一项，以及来自文件哪一行、哪个变量或 `default`",
  "for the editor": "供编辑器使用",

  // init
  "ask a hub for its datasets and write a configuration": "向数据中心询问数据集，写出配置文件",
  "follow this ZIP, with no hub": "跟随这个 ZIP，不用数据中心",
  "the file to write (default: config.yaml)": "要写的文件（默认：config.yaml）",
  "where the data will be kept (default: ./data)": "数据放在哪里（默认：./data）",
  "replace a file that is there": "替换已有的文件",
  "print nothing but errors and questions": "只显示错误和问题",
  "asks, at a terminal": "在终端里逐项询问",
  "asks less": "少问几项",
  "one ZIP on the web, with no hub": "网上的一个 ZIP，不用数据中心",
  "the configuration is written": "配置文件已写好",
  "an answer or option is wrong, or the file is there": "回答或选项有误，或文件已存在",
  "the hub couldn't be asked, or the file not be written": "无法询问数据中心，或文件无法写入",

  // convert
  "convert a dataset's folder to a snapshot, or back to plain files":
    "把数据集的目录转换为快照，或转换回普通文件",
  "the form to convert to (default: what `publish` says)": "转换成哪种形式（默认：按 `publish`）",
  "as the configuration's `publish` says": "按配置里的 `publish`",
  "back into plain files": "转换回普通文件",
  "converted, or nothing to do": "已转换，或无需转换",
  "a word or the configuration is wrong, or says something else": "参数或配置有误，或两者不一致",
  "the folder couldn't be converted": "目录无法转换",

  // versions, rollback, pin
  "list the versions of a dataset that are kept (`publish: snapshot`)":
    "列出数据集保留的版本（`publish: snapshot`）",
  "number, time, the hub's text, and which one is live":
    "编号、时间、数据中心的写法，以及哪个是当前版本",
  "it keeps no versions": "它不保留版本",
  "make an earlier version live, and pin it": "回退到较早的版本，并固定",
  "its number or its text (default: the one before the live one)":
    "编号或写法（默认：当前版本的前一个）",
  "the version before the live one": "当前版本的前一个",
  "version 000012": "版本 000012",
  "live and pinned": "已生效并固定",
  "there is no such version, or the configuration is wrong": "没有这个版本，或配置有误",
  "it keeps no versions, or the link couldn't be changed": "它不保留版本，或链接无法修改",
  "make a version live, and let no sync change it": "使某个版本生效，并且不让同步改动它",
  "let syncs go on": "恢复同步",
  "its number or its text (default: the live one)": "编号或写法（默认：当前版本）",
  "the live version stays": "固定当前版本",
  "version 000012 becomes the live one and stays": "使版本 000012 生效并固定",
  "syncs go on": "恢复同步",
  "pinned, or not any more": "已固定，或已取消固定",

  // pack
  "turn folders into a hub: a site that any web server serves":
    "把目录变成数据中心：任何 Web 服务器都能提供的站点",
  "the folders with the data; each becomes a dataset": "放数据的目录；每个成为一个数据集",
  "a file with the site and its datasets, instead of all below":
    "写有站点和数据集的文件，代替下面各项",
  "the site's folder": "站点的目录",
  "the dataset's name (default: the folder's)": "数据集的名称（默认：目录名）",
  "files to leave out; may be given several times": "不打包的文件；可以写多次",
  "wait until no file has changed for this long (as 60s)": "等到这么久没有文件变化（如 60s）",
  "refuse a folder with fewer files": "文件少于此数的目录拒绝打包",
  "refuse if more of the files are gone (default: 5%)": "消失的文件多于此比例时拒绝（默认：5%）",
  "the version to announce (default: the newest file's time)":
    "要宣布的版本（默认：最新文件的时间）",
  "how long replaced packages stay (default: 24h)": "被替换的数据包保留多久（默认：24h）",
  "deflate's level, 1 to 9 (default: 6)": "deflate 的压缩级别，1 到 9（默认：6）",
  "read every file, also what size and time say is unchanged":
    "读取每个文件，包括大小和时间都没变的",
  "sign the catalog with this private key; two while one replaces the other":
    "用这个私钥签名清单；更换密钥期间写两个",
  "how long the signature is good for (default: 30d)": "签名有效多久（默认：30d）",
  "only renew the signature of a site, as from cron": "只更新站点的签名，例如由 cron 运行",
  "keep running, and pack again this often (as 10m)": "持续运行，每隔这么久打包一次（如 10m）",
  "say nothing of folders that haven't changed": "没有变化的目录不显示",
  "say what a patch does, and pack nothing": "只说明一个补丁做什么，不打包",
  "once the day's data is complete": "当天的数据齐全之后",
  "two datasets": "两个数据集",
  "as a file says, again and again": "按文件所写，反复打包",
  "signed": "带签名",
  "renew the signature, as from cron": "更新签名，例如由 cron 运行",
  "what a patch does": "一个补丁做什么",
  "packed, or nothing new": "已打包，或没有新内容",
  "an option is wrong, or the folder isn't fit to be packed": "选项有误，或目录不适合打包",
  "files changed meanwhile, or couldn't be read or written": "文件中途变化，或无法读写",
  "another run is changing the site": "另一次运行正在修改站点",

  // key
  "make the pair of keys that a hub's catalog is signed with": "生成给数据中心清单签名的一对密钥",
  "show the public half of a key that is there": "显示已有密钥的公钥",
  "the file for the private key, which mustn't be there yet": "放私钥的文件，必须还不存在",
  "a new pair; prints the public key and its fingerprint": "新的一对；打印公钥和它的指纹",
  "the public half of one that is there": "已有密钥的公钥",
  "made, or shown": "已生成或已显示",
  "the file is there already, can't be written, or holds no key":
    "文件已存在、无法写入，或里面没有密钥",

  // serve
  "serve a site over HTTP": "通过 HTTP 提供站点",
  "the folder that `pack` or `mirror` has made": "由 `pack` 或 `mirror` 生成的目录",
  "transfers at once; further clients get 503 (default: 400)":
    "同时传输的数量；多出的客户端得到 503（默认：400）",
  "where (default: 127.0.0.1:8000, this machine only)":
    "监听地址（默认：127.0.0.1:8000，仅限本机）",
  "ask clients for the token in DATAHUBSYNC_TOKEN": "要求客户端提供 DATAHUBSYNC_TOKEN 里的令牌",
  "the certificate for https, as PEM": "https 的证书，PEM 格式",
  "its key, as PEM": "它的私钥，PEM 格式",
  "print a line per request": "每个请求打印一行",
  "for this machine": "仅供本机",
  "for everybody": "供所有人",
  "an option is wrong, or something else listens there": "选项有误，或该地址已被占用",
  "a file couldn't be read": "有文件无法读取",

  // schedule
  "check a cron expression and print its next runs": "检查 cron 表达式，打印接下来的运行时间",
  'five fields, as "15 8 * * *", or @daily and its like':
    '五个字段，如 "15 8 * * *"，或 @daily 之类',
  "print it as OnCalendar= lines of a systemd timer": "打印成 systemd 定时器的 OnCalendar= 行",
  "when it comes next": "接下来什么时候运行",
  "as a systemd timer's calendar": "作为 systemd 定时器的日程",
  "cron doesn't take it": "cron 不接受它",

  // completions, paths, version
  "print the completions for a shell": "打印 shell 的补全脚本",
  "the shell": "哪种 shell",
  "no such shell": "没有这种 shell",
  "print all paths and what this program owns, for scripts: `key<TAB>path` lines":
    "打印全部路径和本程序拥有的文件，供脚本使用：每行 `key<TAB>path`",
  "print the version (also: --version)": "打印版本（也可写 --version）",
  "print what has changed since a version, or all changes": "打印某个版本以来的变化，或全部变化",
  "also what it was built from, and the kind of package": "还显示由什么构建、哪种安装包",
  "what is new since that version": "该版本以来的新内容",
  "no such version": "没有这个版本",

  // What isn't listed.
  "print the configured names, for completions; nothing where there is no configuration":
    "打印配置里的名称，供补全使用；没有配置就什么都不打印",
  "answer install_client.sh": "回答 install_client.sh 的询问",
  "which": "哪一个",
};

/** An option or argument that is one of a few words. */
export const WITH_CHOICES = "{text}（可选：{choices}）";
