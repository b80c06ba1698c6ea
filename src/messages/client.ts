/**
 * What the library says, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** CLIENT: the messages of this area. */
export const CLIENT = catalogue({
  no_dataset: { en: "no dataset named {name} in {path}", zh: "{path} 中没有名为 {name} 的数据集" },
  differs: {
    en: "{files} from the package: nothing was changed",
    zh: "{files}，与数据包不同：什么都没有改动",
  },
  adopt: {
    en: "--adopt (adopt: true) replaces them; or name another folder",
    zh: "用 --adopt（adopt: true）替换它们，或换一个目录",
  },
  some_differ: {
    en: "{count:file|files} that {count?is|are} there {count?differs|differ} ({names})",
    zh: "目录里有 {count:个文件}（{names}）",
  },
  no_name: {
    en: "{url} has no file's name to call the folder by",
    zh: "{url} 没有可用作目录名的文件名",
  },
  name_folder: { en: "name one behind the address", zh: "请在地址后面写明目录" },
  came_from_query: {
    en: "{localDir} came from {before} with another query",
    zh: "{localDir} 来自 {before}，但查询参数不同",
  },
  came_from: {
    en: "{localDir} came from {before} and is now brought up to date with {after}",
    zh: "{localDir} 来自 {before}，现在改为跟随 {after}",
  },
  address_looks_like: {
    en: "an address looks like https://example.org/bulk/facts.zip",
    zh: "地址的形式如 https://example.org/bulk/facts.zip",
  },
  the_state: { en: "the state", zh: "状态文件" },
  the_state_s_lock: { en: "the state's lock", zh: "状态文件的锁" },
  the_authorities_of_hub_ca_file: {
    en: "the authorities of hub.ca_file",
    zh: "hub.ca_file 的证书",
  },
  the_authorities_of_a_dataset_s: {
    en: "the authorities of a dataset's ca_file",
    zh: "某个数据集的 ca_file 的证书",
  },
  configuration_looked_for: {
    en: "the configuration that the program looks for at",
    zh: "程序会查找的配置文件",
  },
  configuration_packaged: {
    en: "the configuration that a packaged program looks for at",
    zh: "随软件包安装的程序会查找的配置文件",
  },
  is_a_file: { en: "{path} is a file, not a folder", zh: "{path} 是文件，不是目录" },
  another_folder: {
    en: "name another folder, or move the file away",
    zh: "请改用另一个目录，或移走那个文件",
  },
  newer_on_hub: {
    en:
      "{newer:of these files has|of these files have} changed on the hub and aren't damaged here: a sync brings what is new",
    zh: "其中 {newer:个}是数据中心有了变化，这里并没有损坏：同步即可取得",
  },
  compared_with_record: {
    en: "compared with what was recorded when the files were placed: {why}",
    zh: "已与文件放置时的记录核对：{why}",
  },
  publish_unfinished: {
    en: "a publish isn't finished here; a sync or `verify --repair` finishes it",
    zh: "这里有一次发布没有完成；同步一次或用 `verify --repair` 即可完成",
  },
  the_client_was_closed: { en: "the client was closed", zh: "客户端已关闭" },
  client_closed_before: { en: "the client has been closed", zh: "客户端已经关闭" },
  the_address: { en: "the address", zh: "地址" },
  the_folder: { en: "the folder", zh: "目录" },
});
