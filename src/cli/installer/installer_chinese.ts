/**
 * What `install_client.sh` says, in Chinese: by the English format that stands in the script or in a plan.
 *
 * Guarantees: each has as many `%s` as the English one, in the same order (the shell's `printf` knows no
 * other). The commands in a hint stay as they are, and so does a "; ", at which the script cuts a message
 * into what is wrong and what helps. It is longer than 250 lines because it is the script's
 * whole table; a test compares it with the script.
 *
 * @module
 */

/** The Chinese for each format. */
export const INSTALLER_CHINESE = {
  // Frame.
  "would %s": "将会：%s",
  "hint: %s": "提示：%s",
  "nothing to change": "没有需要改动的",
  "%s, owner %s": "%s，所有者 %s",
  " (dry run: nothing is changed)": "（试运行：不做任何改动）",
  "could not undo: %s %s %s": "无法撤销：%s %s %s",
  '"%s" failed.': "“%s”失败。",
  "nothing had been changed yet.": "这一步尚未做任何改动。",
  "nothing was changed.": "没有做任何改动。",
  "it is undone; the steps before it stand. Fix the cause and run this again.":
    "这一步已撤销，之前的步骤保留。排除原因后重新运行即可。",
  "%s --help lists the options": "%s --help 列出所有选项",
  "Dry run: %s changes would be made, none was.": "试运行：共有 %s 处改动，均未执行。",
  "Done.": "完成。",
  "Done. Next:": "完成。下一步：",
  "  %s%s %s    # hub and datasets": "  %s%s %s    # 填写数据中心和数据集",
  "  %s    # the first sync": "  %s    # 首次同步",
  "New since %s:": "自 %s 以来的新变化：",
  "fix it and run this again": "修正后重新运行",
  "make it first": "请先创建它",
  "see above": "见上文",
  "nothing was changed: see above": "没有做任何改动：见上文",
  "this script is already running; waiting for that run to finish":
    "本脚本的另一次运行正在进行；正在等待它结束",
  "the other run of this script doesn't finish": "本脚本的另一次运行一直没有结束",
  "look for it with ps, end it and run this again": "请用 ps 找到并结束它，再重新运行",
  "move it away and run this again": "把它移走后重新运行",

  // Changes.
  "%s (mode %s)": "%s（权限 %s）",
  "write %s": "写入 %s",
  "set mode %s on %s": "设置权限 %s：%s",
  "make folder %s": "创建目录 %s",
  "link %s to %s": "创建链接 %s，指向 %s",
  "remove %s": "删除 %s",
  "move %s to %s": "移动 %s 到 %s",
  "give %s to %s (root owned %s files and folders of it)": "把 %s 交给 %s（其中 %s 个属于 root）",
  "take the schedule out of the crontab of %s": "从 %s 的 crontab 中删除定时任务",
  "set the schedule in the crontab of %s": "在 %s 的 crontab 中设置定时任务",
  "make the system user %s, who can't log in": "创建系统用户 %s（不能登录）",
  "remove the user %s": "删除用户 %s",
  "make the state %s": "创建状态文件 %s",
  "start %s": "启动 %s",
  "stop %s": "停止 %s",
  "remove folder %s": "删除目录 %s",
  "would remove folder %s where it is empty": "若为空，将会删除目录 %s",

  // Who controls a path.
  "%s can't be entered": "无法进入 %s",
  "%s leads out of DESTDIR, to %s": "%s 指向 DESTDIR 之外的 %s",
  "remove that link": "删除这个链接",
  "%s can't be looked at": "无法查看 %s",
  "%s belongs to %s, and %s could replace it": "%s 属于 %s，而 %s 可以替换它",
  "other users can change what is in %s": "其他用户可以改动 %s 里的内容",
  "%s is in a folder that belongs to %s, who could replace it with anything":
    "%s 位于 %s 的目录中，对方可以用任何东西替换它",
  "choose another folder, or --user %s": "换一个目录，或使用 --user %s",
  "%s is in a folder that belongs to %s, who could replace it":
    "%s 位于 %s 的目录中，对方可以替换它",
  "root writes only where no other user can": "root 只写入仅由 root 控制的目录",
  "%s is a folder, a file was expected": "%s 是目录，此处应为文件",
  "%s is a file, a folder was expected": "%s 是文件，此处应为目录",
  "%s is in a folder that belongs to %s, who would then decide what %s runs":
    "%s 位于 %s 的目录中，对方可以决定 %s 运行什么",
  "choose another --install-dir": "换一个 --install-dir",
  "%s is in a folder that belongs to %s: only %s can install there":
    "%s 位于 %s 的目录中：应由 %s 在那里安装",
  "%s, from a folder that %s can read": "%s，所在目录须 %s 可读",
  "%s is in a folder that belongs to %s: continuing as %s":
    "%s 位于 %s 的目录中：改以 %s 的身份继续",

  // Options.
  "%s needs a value": "%s 需要一个值",
  "unknown option: %s": "未知选项：%s",
  '--lang: en or zh was expected, found "%s"': "--lang：应为 en 或 zh，实际为“%s”",
  "--setup-crontab and --systemd exclude each other": "--setup-crontab 与 --systemd 不能同时使用",
  "one schedule is enough: choose one": "一个定时任务就够了：二选一",
  "--purge goes with --uninstall only": "--purge 只能与 --uninstall 一起使用",
  "--uninstall takes --purge, --install-dir and --dry-run only":
    "--uninstall 只接受 --purge、--install-dir 和 --dry-run",
  "%s is no place for this": "%s 不能作为安装位置或数据目录",
  "%s is no place for a site": "%s 不能作为站点目录",
  "name a folder inside it": "请指定其中的一个子目录",
  '--user: the name of a user was expected, found "%s"': "--user：应为用户名，实际为“%s”",
  "--user %s needs root": "--user %s 需要 root 权限",
  "--systemd: systemd doesn't run here, so no timer would":
    "--systemd：此处没有运行 systemd，定时器不会触发",
  "use --setup-crontab": "请使用 --setup-crontab",
  "a path with \\, \", $, ` or control characters can't be used: %s":
    '路径不能包含 \\、"、$、` 或控制字符：%s',
  "a path with . or .. can't be used: %s": "路径不能包含 . 或 ..：%s",
  "--uninstall removes the hub, too; it takes no --pack, --site, --serve or --sign":
    "--uninstall 会一并卸载数据中心，不接受 --pack、--site、--serve 或 --sign",
  "--pack and --serve make a hub, --hub-url, --data-dir, --then and --sync a client":
    "--pack 和 --serve 用于搭建数据中心，--hub-url、--data-dir、--then 和 --sync 用于客户端",
  "run this once for each": "请分两次运行",
  "--pack and --serve need root": "--pack 和 --serve 需要 root 权限",
  "--site goes with --pack or --serve": "--site 须与 --pack 或 --serve 一起使用",
  "--schedule is cron's: by systemd the hub is packed every ten minutes":
    "--schedule 只用于 cron：使用 systemd 时每十分钟打包一次",
  "leave one of them out": "去掉其中一个",
  "--serve: an address such as 0.0.0.0:8000 was expected, found %s":
    "--serve：应为 0.0.0.0:8000 这样的地址，实际为 %s",
  "--serve: an address with a port from 1024 on was expected, as 0.0.0.0:8000, found %s":
    "--serve：端口应不小于 1024，例如 0.0.0.0:8000，实际为 %s",
  "--serve: systemd doesn't run here, so nothing would start it":
    "--serve：此处没有运行 systemd，没有什么能启动它",
  "let nginx serve %s: docs/hub.md": "请用 nginx 提供 %s：见 docs/hub.zh-CN.md",
  "--sign goes with --pack": "--sign 须与 --pack 一起使用",
  "--sign: two keys at most, the old one and the new one": "--sign：最多两个密钥，旧的和新的",
  "--sign: there is no file %s": "--sign：文件 %s 不存在",
  "--sign: others may read %s": "--sign：其他用户可以读取 %s",
  "--pack: there is no folder %s": "--pack：目录 %s 不存在",
  "HOME isn't set": "没有设置 HOME",
  "DESTDIR: there is no folder %s": "DESTDIR：目录 %s 不存在",
  "%s needs --setup-crontab or --systemd": "%s 需要 --setup-crontab 或 --systemd",
  "--then and --no-then exclude each other": "--then 与 --no-then 不能同时使用",
  "--then: one line was expected, found a newline or another control character":
    "--then：应为一行，却含有换行或其他控制字符",
  "--then: a backslash before another one or before a percent sign can't be written into a crontab":
    "--then：反斜杠后面若是反斜杠或百分号，无法写进 crontab",
  "--then: the shell can't read it: %s": "--then：shell 无法解析：%s",
  "the command after the sync is too long for a crontab": "同步之后的命令太长，写不进 crontab",
  "put it into a script, and give that: --then /path/of/the/script":
    "把它写进脚本，再指定脚本：--then /path/of/the/script",
  "nothing is scheduled here yet": "此处目前没有定时任务",
  "the existing schedule can't be kept: %s": "现有的定时任务无法保留：%s",
  "%s, with --schedule": "%s，用 --schedule 指定",

  // Who runs the sync.
  "the sync runs as root, as you asked; without --user it would run as %s, which can change nothing but the data":
    "按你的要求以 root 身份运行同步；不加 --user 时会使用 %s，它只能改动数据",
  "The sync keeps running as root, since %s": "同步继续以 root 身份运行，因为 %s",
  "to change that: %s; then: %s": "要改变这一点：%s；然后：%s",
  "The sync runs as root here. Run it as a separate user, %s, that can change nothing but the data?":
    "这里的同步以 root 身份运行。改用专用用户 %s（只能改动数据）吗？",
  "The sync keeps running as root; to run it as a separate user: %s":
    "同步继续以 root 身份运行；要改用专用用户：%s",
  "there is no user %s": "用户 %s 不存在",
  "make one, or --user root": "请先创建，或使用 --user root",
  "no user can be made inside DESTDIR: the sync runs as root; --user NAME takes one that is there":
    "DESTDIR 中无法创建用户：同步以 root 身份运行；可用 --user NAME 指定已有的用户",
  "no user can be made here: the sync runs as root; --user NAME takes one that is there":
    "此处无法创建用户：同步以 root 身份运行；可用 --user NAME 指定已有的用户",
  "no user can be made here, so the sync runs as root: %s":
    "此处无法创建用户，同步以 root 身份运行：%s",
  "no user %s on this machine: owners inside DESTDIR are left as they are":
    "本机没有用户 %s：DESTDIR 中的所有者保持不变",
  "User %s": "用户 %s",
  "%s is no folder for a dataset": "%s 不能用作数据集目录",
  "choose one below it": "请选它下面的目录",
  "%s is in a folder that belongs to %s, which root can't trust":
    "%s 位于 %s 的目录中，root 不能信任",
  "%s is a snapshot, and its link is in a folder that belongs to %s":
    "%s 是快照，其链接位于 %s 的目录中",
  "%s belongs to %s, and %s can't write to it": "%s 属于 %s，%s 无法写入",
  "%s can't write to %s; type: chown %s: %s": "%s 无法写入 %s；请执行：chown %s: %s",
  "Move from root to %s": "从 root 迁移到 %s",

  // The binary and the config.
  "%s is for another machine: expected %s, found %s": "%s 适用于另一种处理器：应为 %s，实际为 %s",
  "another processor": "其他处理器",
  "take the archive whose name ends in linux-%s.tar.gz":
    "请使用文件名以 linux-%s.tar.gz 结尾的压缩包",
  "there are builds for Linux on x86_64 and aarch64 (64 bits, glibc) only":
    "只有 Linux x86_64 和 aarch64（64 位，glibc）的构建",
  "no datahubsync beside %s (%s)": "%s 旁边没有 datahubsync（%s）",
  "copy the binary and this script into one folder": "请把可执行文件和本脚本放在同一个目录",
  "%s belongs to %s, and lies beside this script": "%s 属于 %s，又在本脚本旁边",
  "copy the binary and this script into a folder of your own":
    "请把可执行文件和本脚本放进自己的一个目录",
  "%s isn't executable": "%s 没有执行权限",
  "/proc isn't mounted, and the program needs it": "/proc 没有挂载，而程序需要它",
  "%s doesn't run here: %s": "%s 无法在此运行：%s",
  "%s can't be run there": "%s 在那里无法运行",
  "where its file system is mounted noexec, take a folder on another one: --install-dir DIR":
    "如果其文件系统以 noexec 挂载，请改用另一文件系统上的文件夹：--install-dir DIR",
  "it is made for Linux on %s with glibc 2.27 or newer; this is %s":
    "它适用于 %s 上的 Linux，需要 glibc 2.27 或更新版本；本机是 %s",
  "--hub-url: %s": "--hub-url：%s",
  "the hub's list of datasets can't be read, so %s names the example's datasets: %s":
    "无法向数据中心查询数据集，%s 中写的是示例：%s",
  "no config.example.yaml beside %s (%s)": "%s 旁边没有 config.example.yaml（%s）",
  "copy it there, or give --hub-url": "把它复制过来，或指定 --hub-url",
  "the config can't be used, so nothing was changed: %s": "配置无法使用，未做任何改动：%s",
  "the sync would fail, so nothing was changed: %s": "同步将会失败，未做任何改动：%s",
  "%s, or name another folder in %s": "%s；或在 %s 中换一个目录",
  "the package's own config is there: /etc/datahubsync/config.yaml":
    "已有软件包自己的配置：/etc/datahubsync/config.yaml",
  "systemctl enable --now datahubsync.timer; or move it to %s/config.yaml and run this again":
    "systemctl enable --now datahubsync.timer；或把它移到 %s/config.yaml 后重新运行",

  // The steps.
  "DataHubSync %s to %s: %s": "DataHubSync %s 安装到 %s：%s",
  "a fresh installation": "全新安装",
  "a schedule for the package's %s": "为软件包的 %s 设置定时任务",
  "an upgrade": "升级",
  "taking over v2.0": "接管 v2.0",
  "a hub in %s": "数据中心，站点目录 %s",
  "Program %s in %s": "程序 %s，位于 %s",
  "%s wasn't installed by this script and stays as it is": "%s 不是由本脚本安装的，保持不变",
  "Program %s, the package's %s": "程序 %s，软件包的 %s",
  "Take over the v2.0 installation in %s": "接管 %s 中的 v2.0 安装",
  "config, state, logs and data stay where they are: %s": "配置、状态、日志和数据都留在原处：%s",
  "programs that import %s need sync_client.py out of the archive: put it there":
    "导入 %s 的程序需要发布包里的 sync_client.py：请把它放到那里",
  "Config %s": "配置 %s",
  "%s stays as it is": "%s 保持不变",
  "%s: for a new config only; the existing one stays as it is": "%s：只用于新配置，现有的配置不改",
  "Folders of state, logs and data": "状态、日志和数据的目录",
  "%s doesn't belong to %s alone, so %s keeps its work files inside, in .datahubsync":
    "%s 不属于 %s，或是公用目录：%s 的工作文件放在其内部的 .datahubsync 中",
  "Without root there is no logrotate: set logging.max_size in %s to bound the log":
    "没有 root 权限就没有 logrotate：请在 %s 中设置 logging.max_size 限制日志大小",
  "Log rotation": "日志轮转",
  "logrotate would take this name for a pattern: %s; set logging.max_size instead":
    "logrotate 会把这个名称当作通配符：%s；请改用 logging.max_size",
  "No schedule: run this again with --setup-crontab or --systemd to get one":
    "没有定时任务：加上 --setup-crontab 或 --systemd 重新运行即可设置",
  "No schedule: run this again with --setup-crontab to get one":
    "没有定时任务：加上 --setup-crontab 重新运行即可设置",
  'Schedule "%s" by %s, as %s': "定时任务“%s”，由 %s 触发，运行身份 %s",
  "there is no crontab command here": "此处没有 crontab 命令",
  "%s, or use --systemd": "%s，或使用 --systemd",
  "the job needs %s: add a line %s=… above its line with: crontab -e":
    "任务需要 %s：请用 crontab -e 在任务行上方加一行 %s=…",
  "cron isn't installed here: %s": "此处没有安装 cron：%s",
  "%s can't answer this script: it is of another version": "%s 无法回答本脚本：两者版本不同",
  "take both out of the same archive": "请使用同一个压缩包中的两个文件",
  "%s planned an unknown operation: %s": "%s 给出了未知的操作：%s",
  "the crontab of %s": "%s 的 crontab",
  "another schedule is in %s: %s": "%s 中还有另一个定时任务：%s",
  "to run while you aren't logged in: loginctl enable-linger %s":
    "要在未登录时也运行：loginctl enable-linger %s",
  "The hub's site": "数据中心的站点",
  "Pack every folder, as %s": "打包各个目录，运行身份 %s",
  "Serve %s on %s, as %s": "提供 %s，监听 %s，运行身份 %s",
  "%s couldn't enter %s": "%s 无法进入 %s",
  "%s couldn't read %s": "%s 无法读取 %s",
  "%s couldn't write to %s": "%s 无法写入 %s",
  "chmod o+rx %s, or --user OWNER": "chmod o+rx %s，或 --user OWNER",
  "choose another --site, or --user %s": "换一个 --site，或使用 --user %s",
  "==> First sync": "==> 首次同步",
  "--sync: not inside DESTDIR": "--sync：不能在 DESTDIR 中使用",
  "would run %s sync -c %s": "将会运行 %s sync -c %s",
  "all datasets are up to date": "所有数据集均为最新",
  "all is installed, but the sync ended with %s; see: %s": "已全部安装，但同步以 %s 结束；请看：%s",

  // Uninstalling.
  "nothing in %s was installed by this script": "%s 中没有由本脚本安装的内容",
  "--install-dir DIR, where it is elsewhere": "如果装在别处，请指定 --install-dir DIR",
  "Stop the hub": "停止数据中心",
  "DataHubSync in %s will be removed": "将卸载 %s 中的 DataHubSync",
  "Remove the schedule": "删除定时任务",
  "Remove the program": "删除程序",
  "Purge config, state and logs": "清除配置、状态和日志",
  "%s is named by the config, but is the system's: it stays":
    "配置中指定了 %s，但它属于系统：予以保留",
  "Remove folders that are empty": "删除空目录",
  "Config, state and logs stay in %s; --uninstall --purge removes them too.":
    "配置、状态和日志保留在 %s 中；--uninstall --purge 会一并删除。",
  "Data was left alone.": "数据未动。",
  "the user %s stays, since it owns the data": "用户 %s 予以保留，因为数据属于它",
  "%s runs as process %s": "%s 正在运行，进程号 %s",
  "wait for it, or: kill %s": "请等它结束，或：kill %s",
  "the config can't be read: only the usual places are purged": "无法读取配置：只清除默认位置",
  "%s holds an unfinished publish and stays": "%s 中有未完成的发布，予以保留",
} as const satisfies Readonly<Record<string, string>>;

/** What the installer says, in English. */
export type InstallerSentence = keyof typeof INSTALLER_CHINESE;

/** `install_client.sh --help`. */
export const INSTALLER_USAGE = `Usage: sudo ./install_client.sh [options]

Installs the datahubsync binary that lies beside this script. Run again, it upgrades. Without one there it
makes config and schedule for the one that a package has put into /usr/bin.

  --install-dir DIR   where the program, its config, state and logs live (/opt/datahubsync)
  --data-dir DIR      where a new config keeps the data (/data)
  --hub-url URL       the hub that a new config asks; its datasets go into the config
  --setup-crontab     sync by cron: /etc/cron.d/datahubsync, or your crontab without root
  --systemd           sync by a systemd timer instead
  --schedule SPEC     when, in cron's five fields ("15 8 * * *")
  --then COMMAND      after a sync: run this while changes are unread, again next time if it fails
  --no-then           run nothing after a sync any more
  --user NAME         who runs the sync (datahubsync, a system user that is made for it)
  --sync              sync once when all is in place
  --pack FOLDER       make this machine a hub: pack the folder every ten minutes; may be repeated
  --site SITE         the hub's site, which --pack fills and --serve serves (/srv/hub)
  --serve ADDRESS     serve the site, as 0.0.0.0:8000 (needs systemd)
  --sign KEY          sign what is packed with this key, made by "datahubsync key" and owned by the user
  --lang LANG         the script's own language, en or zh (the terminal's)
  --dry-run           print every change and make none
  --uninstall         remove what this script installed; config, state, logs and data stay
  --purge             with --uninstall: also config, state and logs, never data
  --help              this text

Without root it installs for you: ~/.local/share/datahubsync, ~/.local/bin/datahubsync, your crontab.
With DESTDIR in the environment nothing outside that folder is written.
Exit: 0 done, 1 a step failed and was undone, 2 wrong usage or config; --sync: the sync's own code.
`;

/** `install_client.sh --help` in Chinese. */
export const INSTALLER_USAGE_CHINESE = `用法：sudo ./install_client.sh [选项]

安装与本脚本同目录的可执行文件 datahubsync；再次运行即为升级。若旁边没有，
则为软件包装在 /usr/bin 的程序生成配置和定时任务。

  --install-dir DIR   程序、配置、状态和日志的目录（/opt/datahubsync）
  --data-dir DIR      新配置存放数据的目录（/data）
  --hub-url URL       新配置使用的数据中心；其数据集会写入配置
  --setup-crontab     由 cron 同步：/etc/cron.d/datahubsync；无 root 权限时用你的 crontab
  --systemd           改由 systemd 定时器同步
  --schedule SPEC     时间，cron 的五个字段（"15 8 * * *"）
  --then COMMAND      同步之后：只要还有未读取的改动就运行它，失败则下次再运行
  --no-then           不再在同步之后运行命令
  --user NAME         运行同步的用户（datahubsync，为此创建的系统用户）
  --sync              安装完成后同步一次
  --pack FOLDER       把本机设为数据中心：每十分钟打包该目录；可多次指定
  --site SITE         数据中心的站点目录，由 --pack 写入、--serve 提供（/srv/hub）
  --serve ADDRESS     提供站点，例如 0.0.0.0:8000（需要 systemd）
  --sign KEY          用此密钥为打包结果签名，密钥由 datahubsync key 生成，归运行的用户所有
  --lang LANG         脚本的语言：en 或 zh（默认跟随终端）
  --dry-run           列出所有改动，但不执行
  --uninstall         卸载本脚本安装的内容；配置、状态、日志和数据保留
  --purge             与 --uninstall 一起使用：同时删除配置、状态和日志，绝不删除数据
  --help              显示本帮助

没有 root 权限时为当前用户安装：~/.local/share/datahubsync、~/.local/bin/datahubsync、你的 crontab。
环境变量 DESTDIR 设置后，不会写入该目录以外的任何位置。
退出码：0 完成；1 某一步失败并已撤销；2 用法或配置错误；使用 --sync 时为同步自身的退出码。
`;
