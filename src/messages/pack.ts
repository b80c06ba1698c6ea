/**
 * What goes wrong where a folder is packed, placed in a site and served, in both
 * languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** PACK: the messages of this area. */
export const PACK = catalogue({
  // The folder.
  folder_mounted: { en: "is the disk with the data mounted?", zh: "数据所在的磁盘挂载了吗？" },
  folder_complete: {
    en: "is the disk with the data mounted, and the data complete?",
    zh: "数据所在的磁盘挂载了吗？数据完整吗？",
  },
  nested: {
    en: "the folder to pack lies inside the site, or the site inside it",
    zh: "要打包的目录在站点之内，或站点在它之内",
  },
  site_elsewhere: {
    en: "put the site elsewhere, for example --output {path}",
    zh: "请把站点放到别处，例如 --output {path}",
  },
  cant_pack: {
    en: "{folder} holds what can't be packed: {names}",
    zh: "{folder} 中有无法打包的内容：{names}",
  },
  leave_out: { en: "leave them out: `--exclude {path}`", zh: "请把它们排除：`--exclude {path}`" },
  odd_names: {
    en: "{folder} holds names that aren't UTF-8, {count} in all: {names}",
    zh: "{folder} 中有不是 UTF-8 的文件名，共 {count} 个：{names}",
  },
  rename_in_utf8: {
    en:
      "rename them, for names in GBK with `convmv -f gbk -t utf8 -r --notest {folder}`, or leave them out: `--exclude {path}`",
    zh:
      "请改名（GBK 文件名用 `convmv -f gbk -t utf8 -r --notest {folder}`），或把它们排除：`--exclude {path}`",
  },
  few_files: {
    en: "{folder} holds {count} files to pack",
    zh: "{folder} 中有 {count} 个可打包的文件",
  },
  gone: {
    en: "{gone} of {before} files of {name} are gone: {names}",
    zh: "{name} 的 {before} 个文件中少了 {gone} 个：{names}",
  },
  say_so_once: {
    en: "if that is right, say so once: --max-removed 100%",
    zh: "如果确实如此，请加一次 --max-removed 100%",
  },
  wait_for_it: {
    en: "nothing was published; pack when the data is complete, or wait for it: --settle 60s",
    zh: "没有发布任何内容；请在数据完整之后打包，或让它等待：--settle 60s",
  },
  would_call: { en: "clients would call {name} {other}", zh: "客户端会把 {name} 读成 {other}" },
  would_refuse: {
    en: "clients would refuse the package: {why}",
    zh: "客户端会拒绝这个数据包：{why}",
  },
  nothing_published: { en: "nothing was published", zh: "没有发布任何内容" },
  rename_or_leave_out: {
    en: "rename the file, or leave it out: `--exclude {path}`",
    zh: "请给文件改名，或把它排除：`--exclude {path}`",
  },
  leave_file_out: {
    en: "leave the file out: `--exclude {path}`",
    zh: "请把这个文件排除：`--exclude {path}`",
  },
  wrapper: {
    en: "all files are in {folder}/, which clients remove by default",
    zh: "所有文件都在 {folder}/ 之内，客户端默认会去掉这一层目录",
  },
  from_future: {
    en: "times in the future, up to {time}, count as now: {names}; is the clock right?",
    zh: "以下文件的时间在将来（最晚 {time}），按现在计算：{names}；时钟准确吗？",
  },
  one_name: {
    en: "disks that ignore case hold only one of {names}",
    zh: "不区分大小写的磁盘只能存下其中一个：{names}",
  },
  same_version: {
    en: "another package of {name} has the version {version} already",
    zh: "{name} 已有另一个数据包用了版本 {version}",
  },
  later_version: {
    en: "clients fetch nothing when the text is the same: give it a later one",
    zh: "版本文字相同时客户端什么都不会取：请给它一个更晚的版本",
  },
  previous_unreadable: {
    en: "the package before can't be read ({why}): every file is compressed again",
    zh: "上一个数据包无法读取（{why}）：每个文件都重新压缩",
  },
  packed_files: { en: "record of packed files", zh: "已打包文件的记录" },
  read_package: { en: "read the package", zh: "读取数据包" },
  write_package: { en: "write the package", zh: "写入数据包" },

  // The site.
  place_package: { en: "place the package in the site", zh: "把数据包放进站点" },
  replace_file: { en: "replace the file", zh: "替换文件" },
  remove_replaced: { en: "remove a replaced package", zh: "删除被替换的数据包" },
  read_replaced: { en: "read what the site replaced", zh: "读取站点的替换记录" },
  make_staging: { en: "make the staging folder", zh: "新建暂存目录" },
  list_staging: { en: "list the staging folder", zh: "列出暂存目录" },
  read_catalog: { en: "read the site's catalog", zh: "读取站点的清单" },
  read_signed: { en: "read the signed catalog", zh: "读取签名的清单" },
  newer_format: { en: "{path} has format version {format}", zh: "{path} 的格式版本是 {format}" },
  use_newer: {
    en: "it was written by a newer datahubsync: use that one for this site",
    zh: "它由更新的 datahubsync 写成：请用那个版本处理这个站点",
  },
  nothing_to_renew: {
    en: "There is no signed catalog to renew in {path}",
    zh: "{path} 中没有可续期的签名清单",
  },
  sign_first: {
    en: "sign it first: {command}",
    zh: "请先签名：{command}",
  },
  other_signature: {
    en: "{path} wasn't signed by this key: nothing was signed",
    zh: "{path} 不是用这个密钥签名的：没有签名",
  },
  sign_with_both: {
    en:
      "for a change of keys sign with both for a while: --sign OLD --sign NEW; to begin with this key alone, move that file away",
    zh:
      "更换密钥时请先同时用两个签名一段时间：--sign OLD --sign NEW；要从这个密钥重新开始，请移走那个文件",
  },
  catalog_unreadable: {
    en: "The site's catalog can't be read ({path})",
    zh: "站点的清单无法读取（{path}）",
  },
  move_catalog: {
    en: "if it isn't somebody else's file, move it away: the next run for each dataset writes it",
    zh: "如果它不是别人的文件，请移走：各数据集的下一次运行会重新写出",
  },
  cant_place: {
    en: "The dataset {name} can't be placed in a site",
    zh: "数据集 {name} 无法放进站点",
  },
  another_name: {
    en:
      "give it another name (`pack --name`), or leave it out of the configuration with the mirror",
    zh: "请换一个名称（`pack --name`），或不要把它写进带镜像的配置",
  },
  isnt_whole: {
    en: "The package for the site isn't whole ({path})",
    zh: "放进站点的数据包不完整（{path}）",
  },
  run_again: {
    en: "run again; if it happens again, something else writes to that file",
    zh: "请再运行一次；如果又发生，说明有别的程序在写这个文件",
  },
  other_sha256: {
    en: "The package's sha256 isn't the one that the hub announces",
    zh: "数据包的 sha256 与数据中心宣布的不同",
  },
  not_placed: {
    en: "it was not placed in the site; run again later",
    zh: "它没有放进站点；请稍后再运行",
  },
  no_digests: {
    en: "No list of digests was made for {name}: {why}",
    zh: "没有为 {name} 生成摘要列表：{why}",
  },
  no_patch: { en: "No patch was made for {name}: {why}", zh: "没有为 {name} 生成补丁：{why}" },
  other_package: { en: "the mirror has another package of it", zh: "镜像中是它的另一个数据包" },
  other_address: { en: "its package has another address", zh: "它的数据包地址不同" },
  lacks_digests: { en: "it has no digests", zh: "它没有摘要列表" },
  not_in_mirror: { en: "{path} isn't in the mirror", zh: "镜像中没有 {path}" },

  // The server.
  of_option: { en: "{option}: {text}", zh: "{option}：{text}" },
  no_certificate: {
    en:
      "--tls-cert: {path} holds no certificate; expected PEM, text with -----BEGIN CERTIFICATE-----",
    zh: "--tls-cert：{path} 中没有证书；应是 PEM，即含 -----BEGIN CERTIFICATE----- 的文本",
  },
  key_encrypted: {
    en: "--tls-key: {path} is encrypted; expected a key without a passphrase",
    zh: "--tls-key：{path} 是加密的；应是不带口令的私钥",
  },
  no_private_key: {
    en:
      "--tls-key: {path} holds no private key; expected PEM, text with -----BEGIN PRIVATE KEY-----",
    zh: "--tls-key：{path} 中没有私钥；应是 PEM，即含 -----BEGIN PRIVATE KEY----- 的文本",
  },
  other_key: {
    en: "--tls-key isn't the key of the certificate in --tls-cert",
    zh: "--tls-key 不是 --tls-cert 中证书的私钥",
  },
  cant_encrypt: {
    en: "--tls-cert and --tls-key can't be used: {why}",
    zh: "--tls-cert 和 --tls-key 无法使用：{why}",
  },
  certificates_and_key: {
    en: "expected the certificate, those between it and its authority, and its own key",
    zh: "应是证书本身、它与颁发机构之间的各级证书，以及它的私钥",
  },
  cant_listen: {
    en: "can't listen on {hostname}:{port}: {why}",
    zh: "无法监听 {hostname}:{port}：{why}",
  },
  port_taken: { en: "something else listens there already", zh: "已有别的程序在监听" },
  choose_another: {
    en: "choose another one: --listen 127.0.0.1:8001",
    zh: "请换一个：--listen 127.0.0.1:8001",
  },
});
