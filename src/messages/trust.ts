/**
 * What goes wrong with keys, signatures and lists of digests, and what to do, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** TRUST: the messages of this area. */
export const TRUST = catalogue({
  changed_after: {
    en: "the catalog was changed after it was signed",
    zh: "清单在签名之后被改动过",
  },
  somebody_changes: {
    en: "somebody on the way changes it: nothing of it was used; tell those who run the hub",
    zh: "途中有人改动了它：完全没有使用它；请联系数据中心的维护者",
  },
  another_key: {
    en: "the catalog is signed by another key: {found}",
    zh: "清单由另一个密钥签名：{found}",
  },
  compare_key: {
    en:
      "nothing of it was used; if the hub's key was changed, compare the new fingerprint with those who run it, and put the key into hub.public_key beside the old one",
    zh:
      "完全没有使用它；如果数据中心换了密钥，请与其维护者核对新指纹，再把新密钥与旧的一起写进 hub.public_key",
  },
  newer_format: { en: "the signed catalog has format {format}", zh: "签名的清单格式为 {format}" },
  update_this: {
    en: "it was made by a newer datahubsync: update this one",
    zh: "它由更新的 datahubsync 生成：请升级本机的程序",
  },
  no_envelope: { en: "the hub's answer is no signed catalog", zh: "数据中心的应答不是签名的清单" },
  hub_signs_with: {
    en: "nothing of it was used; the hub signs with `datahubsync pack --sign`",
    zh: "完全没有使用它；数据中心用 `datahubsync pack --sign` 签名",
  },
  expired: {
    en: "the hub's signed catalog has expired on {when}",
    zh: "数据中心签名的清单已于 {when} 过期",
  },
  renew: {
    en:
      "nothing of it was used; the hub renews it with `datahubsync pack --resign`, or somebody keeps an old one in the way of the new; if this machine's clock is wrong, set it",
    zh:
      "完全没有使用它；数据中心用 `datahubsync pack --resign` 续期，也可能有人用旧清单挡住了新清单；如果本机时钟不准，请校准",
  },
  older: {
    en: "the hub's signed catalog is older than one that was seen here: no news from it",
    zh: "数据中心签名的清单比这里见过的旧：没有新数据",
  },
  behind: {
    en:
      "a cache or a mirror that is behind, or somebody who keeps the new one back; datasets[].max_age says when it lasts too long",
    zh: "缓存或镜像滞后，或有人压住了新清单；拖得太久时由 datasets[].max_age 提醒",
  },
  clock_before: {
    en: "this machine's clock says {now}, which is before its own last success",
    zh: "本机时钟为 {now}，早于本机上一次成功的时间",
  },
  set_clock: {
    en:
      "set the clock: without it nobody can tell whether the hub's signature has expired. If it is right now and was wrong then, remove {path}",
    zh:
      "请校准时钟：时钟不准就无法判断数据中心的签名是否过期。如果现在准确而当时不准，请删除 {path}",
  },
  no_catalog: { en: "what the hub has signed is no catalog", zh: "数据中心签名的内容不是清单" },
  tell_hub: { en: "tell those who run the hub", zh: "请联系数据中心的维护者" },
  bad_list: { en: "The package's list of digests can't be used", zh: "数据包的摘要列表无法使用" },
  write_key: { en: "write the key", zh: "写入密钥" },
  read_key: { en: "read the key", zh: "读取密钥" },
  key_there: { en: "{path} is there already", zh: "{path} 已经存在" },
  never_over: {
    en: "a key is never written over: name another file, or show this one with --show",
    zh: "密钥文件从不覆盖：请换一个文件名，或用 --show 查看现有的密钥",
  },
  key_open: {
    en: "The key {path} may be read by others than its owner",
    zh: "密钥 {path} 可以被其所有者以外的人读取",
  },
  no_key_file: { en: "There is no key {path}", zh: "没有密钥 {path}" },
  make_one: { en: "make one: {command}", zh: "生成一个：{command}" },
  no_private_key: {
    en: "{path} holds no private key for signing",
    zh: "{path} 中没有可用于签名的私钥",
  },
  make_other: { en: "make one in another file: {command}", zh: "在另一个文件中生成：{command}" },
});
