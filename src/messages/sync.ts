/**
 * What ends or holds up a sync, and what to do, in both languages. It is longer than 250
 * lines because a sync ends in many ways.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** SYNC: the messages of this area. */
export const SYNC = catalogue({
  digests_not_there: {
    en: "the list of digests isn't where the catalog says: {url}",
    zh: "摘要列表不在清单所说的地址：{url}",
  },
  interrupted_before_its_turn: { en: "interrupted before its turn", zh: "轮到它之前就被中断了" },
  status_said: { en: " (status: {status})", zh: "（状态：{status}）" },
  not_ready: {
    en: "the hub's package isn't ready yet{said}",
    zh: "数据中心的数据包尚未就绪{said}",
  },
  version_no_time: {
    en: 'version "{unread}" can\'t be read as a time',
    zh: "版本“{unread}”无法识别为时间",
  },
  version_older: {
    en: "the hub's version {version} is older than the recorded {recorded}",
    zh: "数据中心的版本 {version} 比记录的 {recorded} 旧",
  },
  none_rejected: {
    en: "no package of it is rejected: none accepted",
    zh: "它没有被拒的数据包：没有什么可接受的",
  },
  accepted: { en: "accepted, though {faults}", zh: "已接受，尽管{faults}" },
  not_as_expected: {
    en: "the package isn't as expected, so the data here stays: {faults}",
    zh: "数据包不符合预期，本地数据保持原样：{faults}",
  },
  look_at_data: {
    en: "look at the package; if it is right after all: {accept}",
    zh: "请检查数据包；如果确实没问题：{accept}",
  },
  few_files: {
    en: "it has {has} files, expected at least {least}",
    zh: "它有 {has} 个文件，预期至少 {least} 个",
  },
  lacks_files: {
    en: "it lacks {gone} of {had} files ({part}), expected at most {most}",
    zh: "它缺少 {had} 个文件中的 {gone} 个（{part}），预期最多 {most}",
  },
  is_smaller: {
    en: "it is {part} smaller, expected at most {most}",
    zh: "它小了 {part}，预期最多 {most}",
  },
  no_column: {
    en: "none of the files looked at has a column {named}",
    zh: "查看过的文件都没有 {named} 列",
  },
  no_date: { en: "no row's {named} could be read as a date", zh: "没有一行的 {named} 能读作日期" },
  newest_row: {
    en: "its newest row is of {at} ({named}), expected within {hours}",
    zh: "最新的一行是 {at} 的（{named}），预期在 {hours} 之内",
  },
  patch_stopped: { en: "the patch stopped coming", zh: "补丁停止了传输" },
  not_the_patch: {
    en: "{url} isn't the patch that the catalog announces",
    zh: "{url} 不是清单所宣布的补丁",
  },
  planning_again: { en: "planning again: {message}", zh: "重新制定计划：{message}" },
  the_hub_has_a_new_package: { en: "there is a new package", zh: "有了新的数据包" },
  not_as_announced: {
    en: "what came isn't what was announced; asking again",
    zh: "收到的与宣布的不同；重新请求",
  },
  package_empty: {
    en: "the package is empty: nothing is changed here",
    zh: "数据包是空的：本地什么都不改动",
  },
  nothing_selected: {
    en: "include and exclude leave nothing of the package's {size} files",
    zh: "include 和 exclude 没有留下数据包 {size} 个文件中的任何一个",
  },
  would_replace: { en: "The package would replace {what} {path}", zh: "数据包会覆盖{what} {path}" },
  folder_of_its_own: {
    en: "give the data a folder of its own, or exclude that file",
    zh: "请给数据单独一个目录，或排除那个文件",
  },
  would_write_work: {
    en: "The package would write into a work folder: {entry}",
    zh: "数据包会写进工作目录：{entry}",
  },
  n1_file: { en: "1 file", zh: "1 个文件" },
  n_files: { en: "{paths} files", zh: "{paths} 个文件" },
  all_but: {
    en: "all is synced but {files} that this disk can't hold: {reasons}{more}",
    zh: "除这块磁盘放不下的 {files} 外都已同步：{reasons}{more}",
  },
  and_more: { en: " and {more} more", zh: "，另有 {more} 个" },
  other_disk: {
    en: "put the data on a disk that can, or accept it: exclude: [{globs}{more}]",
    zh: "请把数据放到能容纳的磁盘上，或接受现状：exclude: [{globs}{more}]",
  },
  not_the_package: {
    en: "The package isn't the one that the hub's catalog announces",
    zh: "数据包不是数据中心的清单所宣布的那一个",
  },
  package_odd: {
    en: "the package is odd, and was taken: {oddity}",
    zh: "数据包有些异常，已照常使用：{oddity}",
  },
  finder_files: {
    en: "{finders} files of the macOS Finder (__MACOSX/…, .DS_Store) are left out",
    zh: "略去了 macOS 访达的 {finders} 个文件（__MACOSX/…、.DS_Store）",
  },
  finder_include: {
    en: "{what}; datasets[].include takes them where it names them",
    zh: "{what}；在 datasets[].include 中写明即可保留",
  },
  strip_prefix_nothing: {
    en: "strip_prefix: nothing of the package lies in {prefix}",
    zh: "strip_prefix：数据包中没有任何文件在 {prefix} 下",
  },
  patch_for_another: { en: "The patch is for another package", zh: "补丁属于别的数据包" },
  wrong_digest: {
    en: "The package's {algorithm} isn't the one that the hub announces",
    zh: "数据包的 {algorithm} 与数据中心宣布的不同",
  },
  digest_hint: {
    en:
      "a cache may be serving an older package, or somebody a forged one; nothing of it is kept: run again later",
    zh: "可能是缓存给了旧的数据包，也可能有人伪造；没有保留任何内容：请稍后再运行",
  },
  raise_limits: {
    en:
      "if that is meant, set max_files and max_size of this dataset (get: --max-files, --max-size)",
    zh: "如果确实如此，请为该数据集设置 max_files 和 max_size（get 用 --max-files、--max-size）",
  },
  changed_every_time: {
    en: "The package changed every time its directory was asked for",
    zh: "每次请求数据包的目录，数据包都变了",
  },
  package_building: { en: "run again when the package is built", zh: "请等打完包再运行" },
  lengths_differ: {
    en: "The answers to ranges state different lengths of the same package",
    zh: "对同一个数据包的区间应答给出了不同的长度",
  },
  no_length: {
    en: "The answers to ranges don't state the package's length",
    zh: "区间应答没有给出数据包的长度",
  },
  ranges_failed: {
    en: "the server's answers to ranges can't be used, so the whole package is requested: {why}",
    zh: "服务器的区间应答无法使用，因此请求整个数据包：{why}",
  },
  end_isnt_one: {
    en: "the package's end isn't one; asking again",
    zh: "数据包的结尾不完整；重新请求",
  },
  by_patch: { en: "by patch: {message}", zh: "用补丁：{message}" },
  patch_unusable: {
    en: "a patch can't be used, so what changed is fetched from the package: {error}",
    zh: "补丁无法使用，变化的部分改从数据包下载：{error}",
  },
  digest_unchecked: {
    en:
      "the announced {algorithm} wasn't checked, since only a part of the package was fetched; `hub.digest: always` fetches all of it every time",
    zh:
      "宣布的 {algorithm} 没有核对，因为只下载了数据包的一部分；设 `hub.digest: always` 则每次全部下载",
  },
  replaced_while_read: {
    en: "The package was replaced while it was read: its {what} is another one",
    zh: "读取途中数据包被替换：{what}变了",
  },
  beside_reserve: {
    en: " beside the {bytes} of sync.disk_reserve",
    zh: "（sync.disk_reserve 的 {bytes} 除外）",
  },
  not_enough_room: {
    en: "Not enough room on the disk of {folder}: {wants} needed, {has} free{kept}",
    zh: "{folder} 所在的磁盘空间不足：需要 {wants}，剩余 {has}{kept}",
  },
  free_room: {
    en: "free some room, or move the data to a larger disk",
    zh: "请腾出空间，或把数据移到更大的磁盘",
  },
  few_inodes: {
    en: "Too few inodes left on the disk of {folder}: {wants} needed, {has} free",
    zh: "{folder} 所在的磁盘 inode 不足：需要 {wants} 个，剩余 {has} 个",
  },
  remove_files: {
    en: "remove files that nobody needs, or move the data to another file system",
    zh: "请删除不需要的文件，或把数据移到别的文件系统",
  },
  not_done_within: { en: "not done within {time}", zh: "{time} 内没有完成" },
  longest_run: {
    en: "what came is kept, and the next run goes on; sync.longest_run sets the time",
    zh: "已收到的会保留，下次运行接着传；时间由 sync.longest_run 决定",
  },
  old_packages: {
    en: "old packages stay in the mirror {dir}: {error}",
    zh: "旧的数据包留在了镜像 {dir} 中：{error}",
  },
  not_listed: {
    en: 'the hub doesn\'t list a dataset named "{name}"',
    zh: "数据中心的清单里没有“{name}”",
  },
  too_many_pieces: {
    en: "The server sends a range in more than {MOST_ANSWERS} pieces",
    zh: "服务器把一个区间分成了 {MOST_ANSWERS} 段以上",
  },
  patch_in_crumbs: {
    en: "{url}: the server sends a patch in too many small pieces",
    zh: "{url}：服务器把补丁分成了过多的小段",
  },
  was_there: {
    en:
      "it was there a moment ago: it is being replaced, or not every server that answers there has it; run again, and if it stays so, tell those who run them",
    zh:
      "刚才它还在：可能正在被替换，或者那里的几台服务器不是每台都有；请再运行一次，如果总是这样，请联系维护者",
  },
  whole_for_range: {
    en: "The server answered a range with the whole package",
    zh: "请求的是区间，服务器却发来整个数据包",
  },
  no_end_for_room: { en: "has no end that the disk has room for", zh: "没有尽头，磁盘放不下" },
  doesnt_fit: { en: "doesn't fit", zh: "放不下" },
  package_that_is_sent: {
    en: "The package that the server sends {what}",
    zh: "服务器发来的数据包{what}",
  },
  room_or_ask: {
    en: "free some room, or ask whoever runs the server whether it says how long the package is",
    zh: "请腾出空间，或向服务器的维护者确认它是否说明数据包的长度",
  },
  no_zip: {
    en: "The package is no ZIP: it has {total} bytes",
    zh: "数据包不是 ZIP：它只有 {total} 字节",
  },
  file_system_lacking: { en: "its file system {lacking}", zh: "所在的文件系统{lacking}" },
  lacking_and: { en: "; it ", zh: "；它" },
  changed_here: {
    en: "changed here since the last sync and replaced now",
    zh: "上次同步之后在本地改过，现已替换",
  },
  no_longer_wanted: {
    en: "no longer wanted, but changed here, so kept",
    zh: "已不需要，但在本地改过，所以保留",
  },
  package_older: {
    en: "the hub's package ({stamp}) is older than announced ({version})",
    zh: "数据中心的数据包（{stamp}）比宣布的（{version}）旧",
  },
  no_manifest: {
    en: "There is no manifest for {localDir} to compare with",
    zh: "没有 {localDir} 的文件清单可供比对",
  },
  sync_first: {
    en: "run a sync first, or verify without --offline",
    zh: "请先同步一次，或在 verify 时不加 --offline",
  },
  pinned_to: { en: "pinned to version {pin}", zh: "固定在版本 {pin}" },
  pinned_not_reached: {
    en: "{pinned}, but {live} is still live, since the change to it was cut short",
    zh: "{pinned}，但换到它的过程中断了，当前仍是 {live}",
  },
  to_finish: {
    en: "to finish that: {command}; for syncs to go on: {off}",
    zh: "要完成切换：{command}；要恢复同步：{off}",
  },
  to_go_on: { en: "for syncs to go on: {command}", zh: "要恢复同步：{command}" },
  isnt_repaired: { en: "{name} is {said} and isn't repaired", zh: "{name} {said}，不予修复" },
  not_synced: { en: "{said}: not synced", zh: "{said}：没有同步" },
  digests_for_another: {
    en: "The list of digests is for another package",
    zh: "摘要列表属于别的数据包",
  },
  digests_stopped: { en: "the list of digests stopped coming", zh: "摘要列表停止了传输" },
  not_the_digests: {
    en: "{url} isn't the list of digests that the catalog announces",
    zh: "{url} 不是清单所宣布的摘要列表",
  },
  a_directory_that_isnt_whole: { en: "a directory that isn't whole", zh: "不完整的目录" },
  look_for_its_newest_row: { en: "look for its newest row", zh: "查找最新的一行" },
  open_the_patch: { en: "open the patch", zh: "打开补丁" },
  nothing_to_fetch: { en: "nothing to fetch", zh: "无需下载" },
  whole_package: { en: "the whole package: no ranges here", zh: "整个数据包：不支持区间" },
  one_sequential_download: { en: "one sequential download", zh: "依次下载整个包" },
  changed_entries: { en: "changed entries", zh: "变化的条目" },
  tails_of_grown_files: { en: "tails of grown files", zh: "变长文件的末尾" },
  ends_of_grown_files: { en: "ends of grown files", zh: "变长文件的两端" },
  by_patches: { en: "by patch", zh: "用补丁" },
  by_patch_and: { en: "by patch, and {strategy}", zh: "用补丁，以及{strategy}" },
  not_signed_for: {
    en: "the hub's catalog isn't signed by the key for \"{name}\"",
    zh: "数据中心的清单不是由“{name}”的密钥签名的",
  },
  look_at_public_key: {
    en: "nothing of it was used; look at public_key in the configuration",
    zh: "完全没有使用它；请检查配置中的 public_key",
  },
  signed_without_content: {
    en: 'the signed catalog doesn\'t say what "{name}" holds',
    zh: "签名的清单没有说明“{name}”的内容",
  },
  pack_signed_again: {
    en: "whoever runs the hub packs it once more: `datahubsync pack --sign`",
    zh: "请数据中心的维护者重新打包：`datahubsync pack --sign`",
  },
  signature_not_yet: {
    en: "the hub's signature isn't handed on yet: {why}",
    zh: "数据中心的签名尚未转发：{why}",
  },
  signature_not: {
    en: "the hub's signature isn't handed on: {error}",
    zh: "数据中心的签名没有转发：{error}",
  },
});
