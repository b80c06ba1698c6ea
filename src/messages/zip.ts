/**
 * What is wrong with a package's ZIP, in both languages. It is longer than 250 lines because
 * an archive can be wrong in many ways.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** ZIP: the messages of this area. */
export const ZIP = catalogue({
  // The end of the package, and its directory.
  bytes_follow: {
    en: "{behind} bytes follow its end record",
    zh: "结束记录之后还有 {behind} 字节",
  },
  comment_cut: { en: "its comment is cut short", zh: "注释不完整" },
  counted_as: {
    en: "it counts {entries} entries as {count}",
    zh: "实有 {entries} 个条目，却记为 {count} 个",
  },
  and_counted: { en: "{oddity}, and {counted}", zh: "{oddity}；{counted}" },
  many_end_records: { en: "The package has too many end records", zh: "数据包的结束记录太多" },
  end_record_wrong: {
    en: "The package's end record is wrong: found {found}",
    zh: "数据包的结束记录有误：{found}",
  },
  zip64_end_record: { en: "Zip64 end record", zh: "Zip64 结束记录" },
  locator_points_nowhere: {
    en: "nothing where its locator points",
    zh: "定位记录所指之处什么都没有",
  },
  directory_of: {
    en: "a directory of {size} bytes at {stated}",
    zh: "位于 {stated}、长 {size} 字节的目录",
  },
  bytes_up_to_end: {
    en: "only {left} bytes up to its end record",
    zh: "到结束记录为止只有 {left} 字节",
  },
  directory_that_fits: {
    en: "a directory that fits {count} entries",
    zh: "容得下 {count} 个条目的目录",
  },
  directory_of_size: { en: "one of {number} bytes", zh: "长 {number} 字节" },
  as_end_record_says: { en: "{short}, as the end record says", zh: "结束记录中的 {short}" },
  in_zip64_record: { en: "{long} in the Zip64 end record", zh: "Zip64 结束记录中是 {long}" },
  one_of_several: { en: "The package is one part of several", zh: "数据包只是分卷中的一卷" },
  package_is_cut: { en: "The package is cut short: {ends}", zh: "数据包不完整：{ends}" },
  package_no_zip: {
    en: "The package isn't a ZIP file, or it is cut short: {ends}",
    zh: "数据包不是 ZIP 文件，或者不完整：{ends}",
  },
  other_beginning: {
    en:
      "It doesn't begin as a ZIP does: check the address, and open it in a browser; a page or another kind of file may be there.",
    zh: "它的开头不是 ZIP：请检查地址，并用浏览器打开；那里可能是网页或其他类型的文件。",
  },
  it_is_empty: { en: "it is empty", zh: "它是空的" },
  it_ends_in: { en: "it ends in {bytes}", zh: "结尾是 {bytes}" },
  two_directories: { en: "The package has two directories", zh: "数据包有两个目录" },
  broken_at: {
    en: "The package's directory is broken at byte {offset}: expected {expected}, found {found}",
    zh: "数据包的目录在第 {offset} 字节处损坏：应是 {expected}，而不是 {found}",
  },
  broken_in: {
    en: "The package's directory is broken in record {record}: expected {expected}, found {found}",
    zh: "数据包的目录的第 {record} 条记录损坏：应是 {expected}，而不是 {found}",
  },
  record_of: { en: "record {index} of {count}", zh: "第 {index} 条记录（共 {count} 条）" },
  something_else: { en: "something else", zh: "别的东西" },
  record_within: { en: "a record within the directory", zh: "在目录之内的记录" },
  longer_one: { en: "one that is longer", zh: "超出目录的记录" },
  on_this_disk: { en: "an entry on this disk", zh: "在本卷上的条目" },
  disk_number: { en: "disk {number}", zh: "第 {number} 卷" },
  records: { en: "{number} records", zh: "{number} 条记录" },
  bytes_more: { en: "{number} bytes more", zh: "另有 {number} 字节" },
  no_zip64: {
    en:
      "The package's directory is broken in record {record}: expected a Zip64 extra field, found none",
    zh: "数据包的目录的第 {record} 条记录损坏：应有 Zip64 扩展字段，却没有",
  },
  whole_zip64_field: { en: "a whole Zip64 extra field", zh: "完整的 Zip64 扩展字段" },
  short_field: { en: "a short one", zh: "不完整的字段" },
  size_below: { en: "a size below 2^53", zh: "小于 2^53 的大小" },

  // Entries as the directory lists them.
  reaches_into_directory: {
    en: "Entry {name} reaches into the directory",
    zh: "条目“{name}”伸进了目录",
  },
  shares_bytes: { en: "Entry {name} shares bytes", zh: "条目“{name}”与别处重叠" },
  shares_bytes_with: {
    en: "Entry {name} shares bytes with {previous}",
    zh: "条目“{name}”与“{previous}”重叠",
  },
  names_may_be: {
    en:
      'the names may be {taken} ("{one}", as they are read now) or {rival} ("{other}"): set filename_encoding of this dataset (get: --filename-encoding) to the right one',
    zh:
      "文件名可能是 {taken}（“{one}”，即现在读到的），也可能是 {rival}（“{other}”）：请把这个数据集的 filename_encoding（get 用 --filename-encoding）设为正确的编码",
  },
  names_unusual: {
    en:
      'the names are read as {taken} ("{one}"), and would be unusual ones; if they are wrong, set filename_encoding of this dataset (get: --filename-encoding) to the encoding that the package\'s maker used: {known}',
    zh:
      "文件名按 {taken} 读取（“{one}”），但不像常见的名称；如果不对，请把这个数据集的 filename_encoding（get 用 --filename-encoding）设为制作数据包时所用的编码：{known}",
  },
  name_isnt_text: {
    en: "The name {shown} isn't {encoding} text",
    zh: "文件名 {shown} 不是 {encoding} 文本",
  },
  set_encoding: {
    en:
      "set filename_encoding of this dataset (get: --filename-encoding) to the encoding that the package's maker used; if it is none of these, ask for names in UTF-8: {known}",
    zh:
      "请把这个数据集的 filename_encoding（get 用 --filename-encoding）设为制作数据包时所用的编码；如果都不是，请制作者改用 UTF-8 文件名：{known}",
  },
  unsafe_name: {
    en: "The package has an entry named {name}: {found}",
    zh: "数据包中有条目名为 {name}：{found}",
  },
  control_character: { en: "a control character", zh: "含有控制字符" },
  absolute_path: { en: "an absolute path", zh: "是绝对路径" },
  drive_letter: { en: "a drive letter", zh: "带有盘符" },
  leads_out: { en: "a path out of the folder (..)", zh: "指向目录之外（..）" },
  work_folder: { en: "a work folder of DataHubSync", zh: "是 DataHubSync 的工作目录" },
  no_name: { en: "no name at all", zh: "没有名称" },
  too_deep: { en: "more than {number} folders", zh: "超过 {number} 层目录" },
  entry_is: { en: "Entry {name} is {kind}", zh: "条目 {name} 是 {kind}" },
  symbolic_link: { en: "a symbolic link", zh: "符号链接" },
  no_plain_file: { en: "no plain file", zh: "特殊文件，不是普通文件" },
  entry_encrypted: { en: "Entry {name} is encrypted", zh: "条目 {name} 已加密" },
  packed_by: { en: "packed by method {number}", zh: "用方法 {number} 压缩的" },
  packed_by_known: {
    en: "packed by method {number} ({name})",
    zh: "用方法 {number}（{name}）压缩的",
  },
  files_only: {
    en:
      "A package holds files and folders only: ask whoever makes it to put the file itself there, or to leave it out.",
    zh: "数据包里只能有文件和目录：请让打包的一方放入文件本身，或去掉它。",
  },
  no_password: {
    en: "A package has to come without a password: ask whoever makes it for one that does.",
    zh: "数据包不能带密码：请向打包的一方要一个没有密码的。",
  },
  usual_methods: {
    en:
      "Stored, deflate, deflate64 and zstd can be read: ask whoever makes the package to use deflate, as ZIP programs do unless told otherwise.",
    zh:
      "能读取未压缩、deflate、deflate64 和 zstd：请让打包的一方改用 deflate，这是 ZIP 程序的默认方法。",
  },
  in_one_file: {
    en: "A package has to be one file: ask whoever makes it not to split it.",
    zh: "数据包必须是单个文件：请让打包的一方不要分卷。",
  },
  folder_with_content: {
    en: "Folder {name} has {size} bytes of content",
    zh: "目录“{name}”带有 {size} 字节的内容",
  },
  twice: { en: "The package has {path} twice: {found}", zh: "数据包中“{path}”重复了：{found}" },
  another_entry: { en: "another entry of that name", zh: "另有同名的条目" },
  folder_of_name: { en: "a folder of that name", zh: "另有同名的目录" },
  looks_the_same: {
    en: "another name looks the same, in another Unicode form (NFC, or NFD as macOS writes it)",
    zh: "另有看起来相同的名称，只是 Unicode 形式不同（NFC，或 macOS 所写的 NFD）",
  },
  rename_one: {
    en:
      "Some disks take the two for one file. Nothing of the package is used: ask whoever makes it to rename one of them, or to leave it out.",
    zh:
      "有些磁盘把二者当作同一个文件。这个数据包完全没有使用：请让打包的一方给其中一个改名，或去掉它。",
  },
  many_entries: {
    en: "The package claims {count} entries; {most} are taken",
    zh: "数据包声称有 {count} 个条目，最多接受 {most} 个",
  },
  large_directory: {
    en: "The package claims a directory of {size} bytes",
    zh: "数据包声称目录长 {size} 字节",
  },
  two_sizes: {
    en: "Stored entry {name} has two different sizes",
    zh: "未压缩的条目“{name}”有两个不同的大小",
  },
  claims_too_much: {
    en: "Entry {name} claims more than deflate can hold",
    zh: "条目“{name}”声称的大小超出了 deflate 的极限",
  },
  unpacks_to: {
    en: "The package claims to unpack to {size} bytes; {most} bytes are taken",
    zh: "数据包声称解压后有 {size} 字节，最多接受 {most} 字节",
  },
  bomb: { en: "The package claims the ratio of a bomb", zh: "数据包声称的压缩比如同 ZIP 炸弹" },

  // Entries as they are read.
  header_wrong: {
    en: "The header of {path} is wrong: expected {expected}, found {found}",
    zh: "“{path}”的文件头有误：应是 {expected}，而不是 {found}",
  },
  local_header: { en: "a local header", zh: "文件头" },
  signature: { en: "the signature 04034b50", zh: "签名 04034b50" },
  flags: { en: "flags {flags}", zh: "标志 {flags}" },
  method: { en: "method {number}", zh: "方法 {number}" },
  crc: { en: "CRC {number}", zh: "CRC {number}" },
  size: { en: "size {number}", zh: "大小 {number}" },
  packed_size: { en: "packed size {number}", zh: "压缩后大小 {number}" },
  whole_name: { en: "a whole name", zh: "完整的文件名" },
  bytes_of: { en: "{found} bytes of {length}", zh: "{length} 字节中的 {found} 字节" },
  name_of_directory: { en: "the name that the directory gives", zh: "目录中的文件名" },
  another_name: { en: "another one", zh: "别的文件名" },
  runs_into: { en: "entry {path} runs into what follows it", zh: "条目“{path}”与其后的内容重叠" },
  goes_on: { en: "entry {path} goes on past its place", zh: "条目“{path}”超出了它的位置" },
  doesnt_end: {
    en: "entry {path} doesn't end where its data does",
    zh: "条目“{path}”没有在数据结尾处结束",
  },
  of_entry: { en: "entry {path}: {message}", zh: "条目“{path}”：{message}" },
  never_arrived: { en: "entry {path} never arrived in full", zh: "条目“{path}”没有收全" },
  old_unreadable: { en: "the old content of {path} can't be read", zh: "“{path}”的旧内容无法读取" },
  wrong_content: { en: "entry {path} has the wrong content", zh: "条目“{path}”的内容不对" },
  wrong_length: { en: "entry {path} has the wrong length", zh: "条目“{path}”的长度不对" },
  wrong_digest: {
    en: "entry {path} isn't the content that the hub lists",
    zh: "条目“{path}”的内容与数据中心列出的不同",
  },
  bytes_longer: { en: "more than {number} bytes", zh: "超过 {number} 字节" },
  bytes: { en: "{number} bytes", zh: "{number} 字节" },
  ends_inside: { en: "the package ends inside an entry", zh: "数据包在条目中间就结束了" },
  ends_before: {
    en: "the package ends before byte {offset}",
    zh: "数据包在第 {offset} 字节之前就结束了",
  },
  ends_at: { en: "The package ends at byte {offset}", zh: "数据包在第 {offset} 字节处就结束了" },
  isnt_as_listed: {
    en: "Entry {name} isn't what the directory says",
    zh: "条目“{name}”与目录所记的不符",
  },
  cant_unpack: { en: "Entry {name} can't be unpacked", zh: "条目“{name}”无法解压" },
  damaged_stream: { en: "a damaged deflate stream", zh: "损坏的 deflate 数据流" },
  create_staged: { en: "create a staged file", zh: "创建暂存文件" },
  write_staged: { en: "write a staged file", zh: "写入暂存文件" },
  flush_staged: { en: "flush a staged file", zh: "把暂存文件写到磁盘" },

  // What zip.js, the second reader, says.
  other_no_directory: {
    en: "zip.js can't read the directory: {why}",
    zh: "zip.js 无法读取目录：{why}",
  },
  other_says: { en: "entry {path}: zip.js says {why}", zh: "条目“{path}”：zip.js 报告 {why}" },
  other_doesnt_see: { en: "zip.js doesn't see entry {path}", zh: "zip.js 找不到条目“{path}”" },
});
