/**
 * What goes wrong on the disk, and what to do, in both languages. It is longer than 250 lines
 * because disks fail in many ways.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** DISK: the messages of this area. */
export const DISK = catalogue({
  keeps_no_permissions: {
    en: "keeps no permissions, so its mount options say who may read",
    zh: "不保存权限，谁能读由挂载选项决定",
  },
  flushes_no_files: {
    en: "flushes no files, so a power cut can lose the last run",
    zh: "无法把文件刷到磁盘，断电可能丢失最近一次运行的结果",
  },
  no_hard_links: {
    en: "has no hard links, so a failed publish is finished without the file that failed",
    zh: "没有硬链接，发布失败时，出错的文件以外的部分会完成",
  },
  replaces_no_files: {
    en: "renames no file over another, so what changes can't be published",
    zh: "不能用重命名替换已有文件，因此无法发布更新",
  },
  case_for_one: {
    en: "takes names that differ in case for one",
    zh: "把只差大小写的名称当作同一个",
  },
  room_unknown: { en: "doesn't say how much room it has", zh: "不提供剩余空间" },
  live_version_gone: {
    en: "The live version is gone: {current}",
    zh: "在用的版本不见了：{current}",
  },
  remove_link_and_run: {
    en: "remove the link {localDir} and run a sync",
    zh: "请删除链接 {localDir}，再同步一次",
  },
  convert_the_folder: { en: "convert the folder", zh: "转换目录" },
  earlier_unfinished: {
    en: "An earlier run hasn't been finished for {localDir}",
    zh: "上一次运行没有为 {localDir} 做完",
  },
  run_sync_first: {
    en: "run a sync first, which finishes it",
    zh: "请先同步一次，它会完成剩下的部分",
  },
  mounted_inside: {
    en: "Another file system is mounted at {path}",
    zh: "{path} 处挂载着另一个文件系统",
  },
  unmount_or_files: {
    en: "unmount it, or keep publish: files for this dataset",
    zh: "请卸载它，或让这个数据集保持 publish: files",
  },
  link_leads_out: {
    en: "A relative link leads out of the folder: {whole}",
    zh: "有相对链接指向目录之外：{whole}",
  },
  link_would_break: {
    en: "it would break when the folder moves: make it absolute, or remove it",
    zh: "目录移动后它会失效：请改为绝对路径，或删除它",
  },
  another_file: { en: "another file", zh: "另一个文件" },
  disk_gives_names: {
    en: "the disk gives such names to other files",
    zh: "磁盘会把这样的名称给别的文件",
  },
  the_disk_refuses_the_name: { en: "the disk refuses the name", zh: "磁盘不接受这个名称" },
  disk_takes_it_for: { en: "the disk takes it for {name}", zh: "磁盘把它当作{name}" },
  try_the_name: { en: "try the name", zh: "试用这个名称" },
  remove_what_was_tried: { en: "remove what was tried", zh: "清除试用的文件" },
  try_names: { en: "try names", zh: "试用名称" },
  list_the_folder: { en: "list the folder", zh: "列出目录" },
  look_at_the_folder_again: { en: "look at the folder again", zh: "再次查看目录" },
  was_swapped: {
    en: "{path} was swapped while it was in use",
    zh: "使用期间 {path} 被替换了",
  },
  nothing_led_there: {
    en:
      "find out who did it (`ls -ld`), remove {found} and run again; nothing was changed where it leads",
    zh: "请查明是谁做的（`ls -ld`），移除{found}后再运行；它指向的地方没有任何改动",
  },
  find_out_who: {
    en:
      "find out who did it (`ls -ld`), remove {found} and run again; files of this dataset may lie where it leads",
    zh: "请查明是谁做的（`ls -ld`），移除{found}后再运行；它指向的地方可能有这个数据集的文件",
  },
  a_link: { en: "a link", zh: "链接" },
  another_folder: { en: "another folder", zh: "另一个目录" },
  no_folder: { en: "no folder", zh: "非目录" },
  memory_of_midstates: { en: "memory of midstates", zh: "中间状态的记录" },
  memory_of_hubs: { en: "memory of hubs", zh: "数据中心的记录" },
  it_isnt_complete: { en: "it isn't complete", zh: "不完整" },
  journal_damaged: {
    en: "The journal {journal} is damaged ({reason}) and was dropped",
    zh: "操作清单（journal）{journal} 已损坏（{reason}），已弃用",
  },
  make_the_work_folder: { en: "make the work folder", zh: "新建工作目录" },
  local_dir_is_file: {
    en: "local_dir is a file, not a folder: {path}",
    zh: "local_dir 是文件，不是目录：{path}",
  },
  correct_local_dir: {
    en: "correct local_dir in the configuration, or move the file away",
    zh: "请在配置中改正 local_dir，或移走那个文件",
  },
  local_dir_loop: {
    en: "The data's folder is a loop of links: {localDir}",
    zh: "数据目录是循环的链接：{localDir}",
  },
  look_with_ls: {
    en: "look at it with `ls -l` and remove the link that leads back",
    zh: "请用 `ls -l` 查看，并删除绕回来的链接",
  },
  find_the_folder_above_local_dir: {
    en: "find the folder above the data",
    zh: "找到数据目录的上级目录",
  },
  look_at_the_folder: { en: "look at the folder", zh: "查看目录" },
  open_the_lock: { en: "open the lock", zh: "打开锁" },
  write_to: { en: "write to", zh: "写入" },
  take_the_lock: { en: "take the lock", zh: "取得锁" },
  write_the_lock: { en: "write the lock", zh: "写入锁" },
  locked: { en: "Another run holds the lock {path}", zh: "另一次运行占用着锁 {path}" },
  wait_for_the_other_run_to: { en: "wait for the other run to end", zh: "请等另一次运行结束" },
  locked_by: {
    en: "Another run holds the lock: process {pid} on {host}, since {since}",
    zh: "另一次运行占用着锁：{host} 上的进程 {pid}，始于 {since}",
  },
  wait_or_end: {
    en: "wait for it to end; if it hangs, end process {pid} on {host}",
    zh: "请等它结束；如果卡住了，请结束 {host} 上的进程 {pid}",
  },
  manifest_damaged: {
    en: "The manifest {path} is damaged ({error}): files will be read once instead",
    zh: "文件清单（manifest）{path} 已损坏（{error}）：将改为读取一遍所有文件",
  },
  it_has_no_entries: { en: "it has no entries", zh: "没有条目" },
  entry_no_list: { en: "an entry isn't a list", zh: "有一项不是列表" },
  entry_incomplete: { en: "an entry isn't complete", zh: "有一项不完整" },
  entry_outside: { en: "an entry isn't below the data's folder", zh: "有一项不在数据目录之内" },
  move_the_folder: { en: "move the folder", zh: "移动目录" },
  cant_move: {
    en:
      "Can't move the folder {folder}: it belongs to a lower layer of this container's file system, or is a mount",
    zh: "无法移动目录 {folder}：它属于容器文件系统的下层，或是挂载点",
  },
  copy_can_move: {
    en: "nothing was changed; a copy can be moved: {copy}; then the same command again",
    zh: "什么都没有改动；副本可以移动：{copy}；然后再运行同一条命令",
  },
  map_of_the_partial: { en: "map of the partial", zh: "未下完的包的区间表" },
  open_the_partial: { en: "open the partial", zh: "打开未下完的包" },
  write_the_partial: { en: "write the partial", zh: "写入未下完的包" },
  read_the_partial: { en: "read the partial", zh: "读取未下完的包" },
  save_the_map_of_the_partial: { en: "save the map of the partial", zh: "保存未下完的包的区间表" },
  remove_the_partial: { en: "remove the partial", zh: "删除未下完的包" },
  make_the_folder_of_patches: { en: "make the folder of patches", zh: "新建补丁目录" },
  list_of_places: { en: "list of places", zh: "位置表" },
  disk_not_mounted: {
    en: "{localDir} held {held}; now it is empty and on another disk: is its disk mounted?",
    zh: "{localDir} 里原来有 {held}；现在是空的，并且在另一块磁盘上：它的磁盘挂载了吗？",
  },
  mount_disk: {
    en:
      "mount the disk that it was on (see `findmnt`) and run again; if all of it is to be fetched again to where it is now: {startOver}",
    zh: "请挂载原来的磁盘（见 `findmnt`）再运行；如果要把全部数据重新取到现在的位置：{startOver}",
  },
  make_the_folder: { en: "make the folder", zh: "新建目录" },
  put_the_file_in_place: { en: "put the file in place", zh: "放入文件" },
  work_not_folder: {
    en: "The work folder is not a folder: {path}",
    zh: "工作目录不是目录：{path}",
  },
  remove_and_run: { en: "remove it and run again", zh: "请删除它再运行" },
  made_by_user: { en: "{path} was made by user {uid}", zh: "{path} 由用户 {uid} 新建" },
  same_for_others: {
    en: "{message}; the same for {others:other file|other files}",
    zh: "{message}；另有 {others:个文件}也是如此",
  },
  list_the_staged_files: { en: "list the staged files", zh: "列出暂存的文件" },
  staged_gone: { en: "The staged file for {path} is gone", zh: "{path} 的暂存文件不见了" },
  something_removed: {
    en: "something removed it during the run; run again",
    zh: "运行期间被别的程序删除；请再运行一次",
  },
  put_the_manifest_in_place: { en: "put the manifest in place", zh: "放入文件清单" },
  remove_what_is_done_with: { en: "remove what is done with", zh: "清除用完的文件" },
  couldnt_finish: {
    en: "What an earlier run had begun couldn't be finished: {message}",
    zh: "上一次运行没做完的部分无法完成：{message}",
  },
  remove_the_file: { en: "remove the file", zh: "删除文件" },
  permit_folder: {
    en: "its owner may do that again after: {command}",
    zh: "运行此命令后，它的所有者即可重新列出：{command}",
  },
  look_at_the_file: { en: "look at the file", zh: "查看文件" },
  folder_yours_again: {
    en: "make its folder yours again: {chown}",
    zh: "让它的目录重新归你所有：{chown}",
  },
  lsattr: {
    en: "if `lsattr -d {names}` shows an i or a: {chattr}",
    zh: "如果 `lsattr -d {names}` 显示 i 或 a：{chattr}",
  },
  finish_the_new_version: { en: "finish the new version", zh: "完成新版本" },
  remove_link_start_over: {
    en: "remove the link {localDir} to start over with a full sync",
    zh: "请删除链接 {localDir}，从完整同步重新开始",
  },
  needs_work_folder: {
    en: "publish: snapshot needs a work folder beside {localDir}, on its file system",
    zh: "publish: snapshot 需要在 {localDir} 旁边、同一文件系统上有工作目录",
  },
  point_below: {
    en: "point local_dir to a folder below the mount point, or allow writing beside it",
    zh: "请让 local_dir 指向挂载点下面的目录，或允许在它旁边写入",
  },
  make_the_new_version_s_folder: { en: "make the new version's folder", zh: "新建新版本的目录" },
  try_links: { en: "try links", zh: "试用链接" },
  hard_links: { en: "hard links", zh: "硬链接" },
  symbolic_links: { en: "symbolic links", zh: "符号链接" },
  snapshot_needs: {
    en: "publish: snapshot needs {what}, and the file system of {folder} has none",
    zh: "publish: snapshot 需要{what}，而 {folder} 的文件系统没有",
  },
  set_files_or_move: {
    en: "set `publish: files` for this dataset, or put local_dir on ext4, XFS, Btrfs or NTFS",
    zh: "请为这个数据集设 `publish: files`，或把 local_dir 放到 ext4、XFS、Btrfs 或 NTFS 上",
  },
  let_others_through_to_the_data: { en: "let others through to the data", zh: "让别人能读到数据" },
  remove_the_notes_on_staged_files: {
    en: "remove the notes on staged files",
    zh: "删除暂存文件的记录",
  },
  remove_a_staged_file: { en: "remove a staged file", zh: "删除暂存文件" },
  mark_the_staged_files: { en: "mark the staged files", zh: "标记暂存文件" },
  read_the_state: { en: "read the state", zh: "读取状态文件" },
  no_json: { en: "no JSON", zh: "不是 JSON" },
  a_list: { en: "a list", zh: "列表" },
  state_unreadable: {
    en: "The state {path} can't be read: found {found}",
    zh: "状态文件 {path} 无法读取：内容{found}",
  },
  fix_or_remove: {
    en: "fix it, or remove it: every dataset is then compared with its folder once",
    zh: "请修好它，或删除它：之后每个数据集会与它的目录比对一次",
  },
  stays_locked: {
    en: "Another run keeps the lock {path}",
    zh: "另一次运行一直占用着锁 {path}",
  },
  look_for_hanging: {
    en: "look for a run that hangs, and end it",
    zh: "请找出卡住的运行，并结束它",
  },
  find_the_state: { en: "find the state", zh: "找到状态文件" },
  look_at_local_dir: { en: "look at the data's folder", zh: "查看数据目录" },
  not_inside: {
    en: "Not a path inside the data folder: {path}",
    zh: "不是数据目录之内的路径：{path}",
  },
  package_faulty: {
    en: "the package is faulty; tell those who make it",
    zh: "数据包有问题；请联系打包的一方",
  },
  local_dir_no_folder: {
    en: "local_dir is not a folder: {localDir}",
    zh: "local_dir 不是目录：{localDir}",
  },
  move_or_correct: {
    en: "move it away, or correct local_dir in the configuration",
    zh: "请移走它，或在配置中改正 local_dir",
  },
  no_links_below: {
    en: "nothing is written through links in the data's folder: remove the link",
    zh: "数据目录之下不会穿过链接写入：请删除这个链接",
  },
  move_away: { en: "move {path} away", zh: "请移走 {path}" },
  move_away_or_delete: {
    en: "move {path} away (with delete_removed the package's own old files make way)",
    zh: "请移走 {path}（设了 delete_removed 时，数据包自己的旧文件会让位）",
  },
  cant_publish: {
    en: "Can't publish {wanted}: {path} is {found}",
    zh: "无法发布 {wanted}：{path} 是{found}",
  },
  advice_and_run: {
    en: "{advice} and run again; nothing was changed",
    zh: "{advice}，然后再运行；什么都没有改动",
  },
  something_else: { en: "something else", zh: "别的东西" },
  a_file: { en: "a file", zh: "文件" },
  a_folder: { en: "a folder", zh: "目录" },
  strangers_link: {
    en: "{path} is a link that user {uid} has made, and isn't followed",
    zh: "{path} 是用户 {uid} 建立的链接，不会跟随它",
  },
  link_to_others: {
    en:
      "{path} is a link that user {uid} has made to {target}, which isn't theirs, and isn't followed",
    zh: "{path} 是用户 {uid} 建立的链接，指向不属于该用户的 {target}，不会跟随它",
  },
  name_the_folder_itself: {
    en: "if the files belong in {target}, write that in the configuration instead of {path}",
    zh: "如果文件应放在 {target}，请在配置中写它，而不是 {path}",
  },
  link_to_the_old_file: { en: "link to the old file", zh: "给旧文件建立硬链接" },
  put_the_old_file_back: { en: "put the old file back", zh: "放回旧文件" },
  memory_of_an_address: { en: "memory of an address", zh: "地址的记录" },
  link_the_file_into_the_new: {
    en: "link the file into the new version",
    zh: "把文件链接到新版本",
  },
  copy_the_link_into_the_new: {
    en: "copy the link into the new version",
    zh: "把链接复制到新版本",
  },
  neither: {
    en: "Neither file, folder nor link: {path}",
    zh: "既不是文件、目录，也不是链接：{path}",
  },
  move_out: {
    en: "move it out of the data's folder and run again",
    zh: "请把它移出数据目录再运行",
  },
  odd_name: {
    en: "{folder} holds names that aren't UTF-8, which no version can hold ({count}): {name}",
    zh: "{folder} 中有不是 UTF-8 的文件名，任何版本都存不下（{count} 个）：{name}",
  },
  rename_or_move_out: {
    en: "rename it, or move it out of the data's folder, and run again",
    zh: "请改名，或把它移出数据目录，再运行",
  },
  switch_to_the_new_version: { en: "switch to the new version", zh: "切换到新版本" },
  folder_for_link: {
    en: "A folder with files is where our link should be: {path}",
    zh: "本该是链接的地方有一个含文件的目录：{path}",
  },
  turn_into_snapshot: {
    en: "turn it into a snapshot first, or move it away: {command}",
    zh: "请先把它转换成快照，或移走它：{command}",
  },
  list_the_versions: { en: "list the versions", zh: "列出各版本" },
  write_the_file: { en: "write the file", zh: "写入文件" },
  os_no_space: { en: "no space or no inodes left on the device", zh: "设备上没有剩余空间或 inode" },
  free_space: {
    en: "free some space (see `df -h` and `df -i`) and run again; what was fetched is kept",
    zh: "请腾出空间（见 `df -h` 和 `df -i`）再运行；已下载的会保留",
  },
  os_quota: { en: "the disk quota is used up", zh: "磁盘配额已用完" },
  larger_quota: {
    en: "free some space or ask for a larger quota (see `quota -s`), then run again",
    zh: "请腾出空间或申请更大的配额（见 `quota -s`），再运行",
  },
  os_file_size: {
    en: "the file is larger than this file system or `ulimit -f` allows",
    zh: "文件超过了文件系统或 `ulimit -f` 的上限",
  },
  without_limit: {
    en: "put the data on a file system without that limit, or raise `ulimit -f`",
    zh: "请把数据放到没有这个上限的文件系统上，或调高 `ulimit -f`",
  },
  os_permission: { en: "permission denied", zh: "权限不足" },
  give_permission: {
    en: "give the user who runs datahubsync permission to use it (see `ls -ld`)",
    zh: "请让运行 datahubsync 的用户有权使用它（见 `ls -ld`）",
  },
  os_not_permitted: { en: "operation not permitted", zh: "不允许这个操作" },
  look_at_owner: {
    en: "look at its owner and attributes (see `ls -ld` and `lsattr -d`)",
    zh: "请查看它的属主和属性（见 `ls -ld` 和 `lsattr -d`）",
  },
  os_read_only: { en: "the file system is mounted read-only", zh: "文件系统以只读方式挂载" },
  mount_writing: {
    en: "mount it for writing, or choose another folder",
    zh: "请以可写方式挂载，或换一个目录",
  },
  os_folder_for_file: { en: "a folder is where a file should be", zh: "应为文件的地方是目录" },
  move_folder_away: { en: "move the folder away and run again", zh: "请移走那个目录再运行" },
  os_file_for_folder: { en: "a file is where a folder should be", zh: "应为目录的地方是文件" },
  move_file_away: { en: "move the file away and run again", zh: "请移走那个文件再运行" },
  os_cross_device: {
    en: "both folders must lie on one file system",
    zh: "两处必须在同一个文件系统上",
  },
  keep_together: {
    en: "keep the data and its work folder on one file system",
    zh: "请让数据和它的工作目录在同一个文件系统上",
  },
  os_long_name: {
    en: "the name is longer than the file system allows",
    zh: "名称超过了文件系统允许的长度",
  },
  shorter_path: {
    en: "use a folder with a shorter path; most file systems allow 255 bytes a name",
    zh: "请使用路径较短的目录；多数文件系统允许一个名称 255 字节",
  },
  os_device_failed: { en: "the device failed to read or write", zh: "设备读写失败" },
  look_at_dmesg: {
    en: "look at the kernel's log (`dmesg`): the disk may be failing",
    zh: "请查看内核日志（`dmesg`）：磁盘可能要坏了",
  },
  os_not_there: { en: "it isn't there", zh: "它不在那里" },
  os_busy: { en: "another program keeps it busy", zh: "别的程序正占用它" },
  fuser: {
    en: "see which one with `fuser -v` (on a share, on the server), end it and run again",
    zh: "请用 `fuser -v` 查看是哪个程序（共享目录则在服务器上查），结束它再运行",
  },
  os_text_busy: {
    en: "it is being run as a program, or is in use as swap",
    zh: "它正作为程序运行，或用作交换空间",
  },
  fuser_program: {
    en: "find the program with `fuser -v`, end it and run again",
    zh: "请用 `fuser -v` 找到那个程序，结束它再运行",
  },
  os_stale: { en: "the server no longer knows it", zh: "服务器已不认识它" },
  mount_again: {
    en: "mount the network file system again and run again",
    zh: "请重新挂载网络文件系统再运行",
  },
  os_fuse: {
    en: "the file system's own program has ended (FUSE)",
    zh: "文件系统自己的程序已经结束（FUSE）",
  },
  unmount_mount: {
    en: "unmount it and mount it again, then run again",
    zh: "请卸载后重新挂载，再运行",
  },
  os_server_down: { en: "the file server is down", zh: "文件服务器已停机" },
  server_back: { en: "run again when the server is back", zh: "请等服务器恢复后再运行" },
  os_server_silent: { en: "the file server didn't answer in time", zh: "文件服务器没有及时应答" },
  server_reached: {
    en: "see whether the file server can be reached, then run again",
    zh: "请确认能否连上文件服务器，再运行",
  },
  os_name_charset: {
    en: "the file system can't write this name in its character set",
    zh: "文件系统的字符集写不了这个名称",
  },
  mount_utf8: {
    en: "mount it with UTF-8 names, or leave the entry out with `exclude`",
    zh: "请以 UTF-8 名称挂载，或用 `exclude` 略去这个条目",
  },
  os_many_links: {
    en: "it has as many links as the file system allows",
    zh: "它的链接数已达文件系统的上限",
  },
  os_taken: {
    en: "the name is taken, and the file system replaces nothing by a rename",
    zh: "名称已被占用，而且该文件系统不能用重命名替换文件",
  },
  replacing_disk: {
    en: "use a file system that does, such as ext4, XFS, Btrfs or NTFS",
    zh: "请换用支持的文件系统，例如 ext4、XFS、Btrfs 或 NTFS",
  },
  os_not_offered: { en: "the file system can't do that", zh: "该文件系统不支持这个操作" },
  another_disk: {
    en: "use another file system, such as ext4, XFS, Btrfs or NTFS",
    zh: "请换用其他文件系统，例如 ext4、XFS、Btrfs 或 NTFS",
  },
  allows_more: {
    en: "put the data on a file system that allows more",
    zh: "请把数据放到允许更多链接的文件系统上",
  },
  os_no_right: {
    en: "this program has no permission for files in /dev, /proc and /sys",
    zh: "本程序无权使用 /dev、/proc 和 /sys 中的文件",
  },
  choose_another_path: { en: "choose another path", zh: "请换一个位置" },
  os_many_files: { en: "too many open files", zh: "打开的文件太多" },
  raise_ulimit: {
    en: "raise the limit (`ulimit -n 1024`, `LimitNOFILE=1024` in a service) and run again",
    zh: "请调高上限（`ulimit -n 1024`，服务中为 `LimitNOFILE=1024`）再运行",
  },
  few_more_files: {
    en: "Only {free:more file|more files} can be opened (`ulimit -n`), and {needed} are needed",
    zh: "只能再打开 {free:个文件}（`ulimit -n`），而需要 {needed} 个",
  },
  use_files: { en: "use the files", zh: "使用文件" },
  os_interrupted: { en: "the system interrupted it", zh: "系统中断了这个操作" },
  run_it_again: { en: "run again", zh: "请再运行一次" },
  os_all_files: { en: "the machine has too many open files", zh: "整台机器打开的文件太多" },
  raise_file_max: {
    en: "end the program that holds them, or raise `fs.file-max` (sysctl), and run again",
    zh: "请结束占用它们的程序，或调高 `fs.file-max`（sysctl），再运行",
  },
  os_no_memory: { en: "the system gives no more memory", zh: "系统不再分配内存" },
  raise_memory: {
    en: "free some memory, or raise the limit (`ulimit -v`, MemoryMax of a service), and run again",
    zh: "请腾出内存，或调高上限（`ulimit -v`、服务的 MemoryMax），再运行",
  },
  os_try_again: {
    en: "the system has no threads or other resources left right now",
    zh: "系统暂时没有可用的线程或其他资源",
  },
  cant_start_thread: {
    en: "Can't start a thread: the system has none left right now",
    zh: "无法启动线程：系统暂时没有可用的线程",
  },
  raise_processes: {
    en: "run again; if it stays, raise the limit (`ulimit -u`, TasksMax of a service)",
    zh: "请再运行一次；如果依旧，请调高上限（`ulimit -u`、服务的 TasksMax）",
  },
  os_link_loop: { en: "links lead round in a circle", zh: "链接绕成了圈" },
  os_no_locks: {
    en: "the file system has no locks left, or none at all",
    zh: "文件系统没有可用的锁",
  },
  share_with_locks: {
    en: "on NFS, see that its lock service runs; else put it on a disk of this machine",
    zh: "如果是 NFS，请确认锁服务在运行；否则请把它放到本机磁盘上",
  },
  cant: { en: "Can't {doing} ({path}): {reason}", zh: "无法{doing}（{path}）：{reason}" },
  flush_the_folder: { en: "flush the folder", zh: "把目录刷到磁盘" },
  flush_the_file: { en: "flush the file", zh: "把文件刷到磁盘" },
  no_file: { en: "there is no file {path}", zh: "没有文件 {path}" },
  isnt_folder: { en: "{folder} isn't a folder", zh: "{folder} 不是目录" },
  a_file_that_keeps_being_swapped: {
    en: "a file that keeps being swapped",
    zh: "不断被替换的文件",
  },
  file_with_names: { en: "a file with {nlink} names", zh: "有 {nlink} 个名称的文件" },
  link_of_user: { en: "a link that user {uid} made", zh: "用户 {uid} 所建的链接" },
  a_loop_of_links: { en: "a loop of links", zh: "循环的链接" },
  is_a_folder: { en: "{path} is a folder", zh: "{path} 是目录" },
  a_pipe: { en: "a pipe", zh: "管道" },
  neither_a_file_nor_a_folder: { en: "neither a file nor a folder", zh: "既非文件也非目录的东西" },
  not_opened: { en: "{path} was not opened: it is {found}", zh: "没有打开 {path}：它是{found}" },
  not_replaced: {
    en: "{path} was not replaced by a file: it is {found}",
    zh: "没有用文件替换 {path}：它是{found}",
  },
  name_a_file: {
    en: "name a file: it is replaced as a whole, so that nobody reads half of it",
    zh: "请指定一个文件：它会被整体替换，因此没有人会读到一半的内容",
  },
  read_what: { en: "read the {what}", zh: "读取{what}" },
  it_is_empty: { en: "it is empty", zh: "它是空的" },
  isnt_ours: { en: "it isn't ours", zh: "它不是本程序写的" },
  checksum: { en: "its checksum doesn't match", zh: "校验和不符" },
  isnt_json: { en: "it isn't JSON", zh: "不是 JSON" },
  format_version: {
    en: "The {what} {path} has format version {format}; this program reads up to {known}",
    zh: "{what} {path} 的格式版本是 {format}；本程序只读到 {known}",
  },
  newer_wrote: {
    en: "it was written by a newer datahubsync: use that one, or remove the file to start over",
    zh: "它由更新的 datahubsync 写成：请使用那个版本，或删除此文件重新开始",
  },
  ask_for_the_free_space: { en: "ask for the free space", zh: "查询剩余空间" },
  nothing_was_changed: { en: "nothing was changed", zh: "什么都没有改动" },
  hint_nothing_changed: { en: "nothing was changed; {hint}", zh: "什么都没有改动；{hint}" },
  files_are_in_place: {
    en: "the new files are in place; the next run records them",
    zh: "新文件已经就位；下次运行会完成记录",
  },
  hint_files_in_place: {
    en: "the new files are in place and the next run records them; {hint}",
    zh: "新文件已经就位，下次运行会完成记录；{hint}",
  },
  leave_out: { en: "or leave the file out with `exclude`", zh: "或用 `exclude` 略去这个文件" },
  others_new_one_old: {
    en: "all other files are new and this one is as it was",
    zh: "其他文件都是新的，这一个保持原样",
  },
  others_new_some_old: {
    en: "all other files are new and these {old} are as they were",
    zh: "其他文件都是新的，这 {old} 个保持原样",
  },
  tries_again: {
    en: "{state}, since this disk allows no taking back: the next run tries again, {left}",
    zh: "{state}，因为这块磁盘无法撤回：下次运行会再试，{left}",
  },
  hint_and: { en: "{hint}; {other}", zh: "{hint}；{other}" },
  list_of_changes: { en: "list of changes", zh: "变更清单" },
  make_the_folder_for_what_changed: {
    en: "make the folder for what changed",
    zh: "新建变更的目录",
  },
  remove_the_list: { en: "remove the list", zh: "删除清单" },
  remove_what_was_kept: { en: "remove what was kept", zh: "删除保留的内容" },
  remove_list_unpublished: {
    en: "remove the list of a publish that didn't happen",
    zh: "删除没有发布的清单",
  },
  keep_the_list_of_changes: { en: "keep the list of changes", zh: "保存变更清单" },
  list_what_changed: { en: "list what changed", zh: "列出变更" },
  remove_the_pin: { en: "remove the pin", zh: "取消固定" },
  remove_the_record_of_the_version: {
    en: "remove the record of the version that is left",
    zh: "删除所离开版本的记录",
  },
  remove_an_unfinished_manifest: {
    en: "remove an unfinished manifest",
    zh: "删除未完成的文件清单",
  },
  no_versions: { en: "There are no versions of {localDir}", zh: "{localDir} 没有保留的版本" },
  versions_kept: {
    en: "versions are kept with `publish: snapshot`; a folder with files also needs: {command}",
    zh: "设 `publish: snapshot` 才会保留版本；已有文件的目录还需要：{command}",
  },
  read_the_file: { en: "read the file", zh: "读取文件" },
  cant_write_log: { en: "can't write the log {path}: {why}", zh: "无法写入日志 {path}：{why}" },
  changed_while_read: {
    en: "Files changed while they were read: {path}",
    zh: "读取期间文件有变化：{path}",
  },
  nothing_published: {
    en: "nothing was published; pack when the data is complete",
    zh: "什么都没有发布；请在数据完整后再打包",
  },
  changes_unreadable: {
    en: "{path} is damaged: it lists no changes",
    zh: "{path} 已损坏，其中没有变更清单",
  },
  move_the_changes_away: {
    en: "move this file away and load all of the data once: what it listed isn't known any more",
    zh: "请把这个文件移走，并把全部数据重新加载一次：它列出的内容已无从得知",
  },
  remove_the_list_that_was_collected: {
    en: "remove the list that was collected",
    zh: "删除收集好的清单",
  },
  remove_what_was_read: { en: "remove what was read", zh: "删除已读的内容" },
  list_the_unread_changes: { en: "list the unread changes", zh: "列出未读的变更" },
  remove_an_older_record: { en: "remove an older record", zh: "删除旧的记录" },
  remove_rejected: {
    en: "remove what is remembered of a rejected package",
    zh: "删除被拒数据包的记录",
  },
  memory_of_signed_catalogs: { en: "memory of signed catalogs", zh: "签名清单的记录" },
  seen_unreadable: {
    en: "The memory of signed catalogs can't be read ({path})",
    zh: "签名清单的记录无法读取（{path}）",
  },
  remove_seen: {
    en: "remove it: the next run starts with an empty one, and can't notice an older catalog once",
    zh: "请删除它：下次运行从空白记录开始，那一次发现不了更旧的清单",
  },
});
