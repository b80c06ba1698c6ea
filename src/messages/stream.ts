/**
 * What is wrong with a compressed stream, with a file that grew and with patches, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** STREAM: the messages of this area. */
export const STREAM = catalogue({
  damaged: { en: "the deflate stream is damaged: {found}", zh: "deflate 数据流已损坏：{found}" },
  too_long: {
    en: "the content is longer than its {limit} bytes",
    zh: "内容超出了应有的 {limit} 字节",
  },
  unknown_block: { en: "a block of an unknown type", zh: "有未知类型的块" },
  bad_codes: { en: "a block whose codes make no sense", zh: "有一块的编码无效" },
  ends_too_soon: { en: "a stream that ends too soon", zh: "数据流提前结束" },
  no_such_length: { en: "a length that doesn't exist", zh: "有不存在的长度" },
  no_such_distance: { en: "a distance that doesn't exist", zh: "有不存在的距离" },
  stored_length: { en: "a stored block with a wrong length", zh: "未压缩的块长度有误" },
  before_beginning: {
    en: "a match with what was before the beginning",
    zh: "引用了开头之前的内容",
  },

  // A file that grew.
  no_block_begins: { en: "no block begins where one did", zh: "原来块开始的地方没有块" },
  shorter_than_known: { en: "it is shorter than what is known of it", zh: "它比已知的部分还短" },
  much_longer: { en: "it is much longer than what is known of it", zh: "它比已知的部分长得多" },
  other_symbols: {
    en: "its last block has other symbols than its content",
    zh: "最后一块的符号与内容不符",
  },
  ends_elsewhere: { en: "it doesn't end where its data does", zh: "它没有在数据结尾处结束" },
  memory_no_sense: {
    en: "what is remembered of its last block makes no sense",
    zh: "最后一块的记录无效",
  },
  nothing_known: { en: "nothing is known of its last block", zh: "没有最后一块的记录" },
  not_zlibs: {
    en: "its last block isn't what zlib makes of its content",
    zh: "最后一块与 zlib 压缩其内容的结果不同",
  },
  old_unreadable: { en: "the old content of {path} can't be read", zh: "“{path}”的旧内容无法读取" },
  grew_otherwise: {
    en: "entry {path} grew in another way",
    zh: "条目“{path}”的增长方式与预期不同",
  },
  memory_of_symbols: { en: "memory of symbols", zh: "符号记录" },

  // Patches.
  patch_header: { en: "The patch's header can't be read", zh: "补丁的文件头无法读取" },
  patch_version: {
    en: "The patch is written for another version of datahubsync",
    zh: "补丁是为另一版本的 datahubsync 制作的",
  },
  patch_damaged: { en: "The patch is damaged", zh: "补丁已损坏" },
  patch_recipe: { en: "The patch's recipe makes no sense", zh: "补丁的步骤无效" },
  patch_parts: {
    en: "The patches cut the files into too many parts",
    zh: "补丁把文件切成了太多的片段",
  },
});
