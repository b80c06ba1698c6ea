/**
 * What is wrong with how a configuration is written, in both languages.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** YAML: the messages of this area. */
export const YAML = catalogue({
  // Encodings.
  utf16: {
    en: "expected UTF-8, found UTF-16; save the file as UTF-8",
    zh: "应是 UTF-8，而不是 UTF-16；请把文件另存为 UTF-8",
  },
  other_bytes: {
    en: "expected UTF-8, found other bytes; save the file as UTF-8",
    zh: "应是 UTF-8，而不是别的编码；请把文件另存为 UTF-8",
  },
  reads_as_gbk: {
    en:
      "expected UTF-8, found other bytes, which read as GBK; save the file as UTF-8, for example: iconv -f GB18030 -t UTF-8 old.yaml > new.yaml",
    zh:
      "应是 UTF-8，而不是像 GBK 的编码；请把文件另存为 UTF-8，例如：iconv -f GB18030 -t UTF-8 old.yaml > new.yaml",
  },

  // A whole file.
  empty_file: {
    en: "expected {expected}, found an empty file",
    zh: "应有 {expected}，文件却是空的",
  },
  listed: {
    en: "expected {expected}, found a list; write them without `- ` before them",
    zh: "应有 {expected}，而不是列表；它们之前不要写 `- `",
  },
  no_keys: { en: "expected {expected}, found no keys", zh: "应有 {expected}，却没有任何键" },
  too_long: {
    en: "expected a configuration of at most {most} characters, found {length}",
    zh: "配置最多 {most} 个字符，现在有 {length} 个",
  },
  many_aliases: {
    en: "expected at most {most} aliases, found more",
    zh: "别名最多 {most} 个，现在更多",
  },
  unreadable: { en: "can't be read as YAML: {reason}", zh: "无法按 YAML 读取：{reason}" },
  invalid: { en: "isn't valid YAML: {reason}", zh: "不是合法的 YAML：{reason}" },
  invalid_signs: {
    en: "isn't valid YAML: {reason}; a text with signs of YAML's own needs quotes (\"…\")",
    zh: '不是合法的 YAML：{reason}；含有 YAML 专用符号的文本要加引号（"…"）',
  },
  indentation: {
    en: "expected the indentation of the lines around it, found another",
    zh: "缩进应与前后各行一致，现在不同",
  },
  no_value: {
    en: "expected `key: value`, found a line without `: `",
    zh: "应是 `key: value`，这一行却没有 `: `",
  },
  closing_bracket: {
    en: "expected a closing `{sign}`, found none",
    zh: "应有右括号 `{sign}`，却没有",
  },
  comma_between: {
    en: "expected `, ` between items, found none",
    zh: "各项之间应有 `, `，却没有",
  },

  // Blanks, dashes and colons.
  other_blank: {
    en: "expected plain spaces before the key, found another blank ({sign})",
    zh: "键之前应是普通空格，而不是别的空白（{sign}）",
  },
  tab: {
    en: "expected spaces before the key, found a tab; YAML is indented with spaces only",
    zh: "键之前应是空格，而不是制表符；YAML 只能用空格缩进",
  },
  other_dash: {
    en: "expected `- ` before an item, found another dash ({sign})",
    zh: "列表项之前应是 `- `，而不是别的横线（{sign}）",
  },
  other_colon: {
    en: "expected `: ` after `{key}`, found the full-width colon of another keyboard ({sign})",
    zh: "`{key}` 之后应是 `: `，而不是全角冒号（{sign}）",
  },
  other_comma: {
    en:
      "expected `, ` between items, found the full-width {sign}; if it belongs to a value, put the value in quotes",
    zh: "各项之间应是 `, `，而不是全角的 {sign}；如果它属于某个值，请给这个值加引号",
  },
  blank_after_dash: {
    en: "expected a blank after the `-` of an item, found none",
    zh: "列表项的 `-` 之后应有空格，却没有",
  },
  blank_after_key: {
    en: "expected a blank after `{key}:`, found none",
    zh: "`{key}:` 之后应有空格，却没有",
  },
  too_deep: {
    en:
      "expected `{key}` in column {wanted}, right below the key above it, found it in column {deep}",
    zh: "`{key}` 应在第 {wanted} 列，与上一个键对齐，现在在第 {deep} 列",
  },
  two_pairs: {
    en: 'expected one `key: value` on this line, found another `: `; put the value in quotes ("…")',
    zh: '这一行只应有一个 `key: value`，却还有一个 `: `；请给值加引号（"…"）',
  },
  two_documents: {
    en: "expected one document, found a second one after `---`",
    zh: "只应有一个文档，`---` 之后却还有一个",
  },

  // Quotes.
  quotes_for_sign: {
    en: 'a value that begins with `{sign}` needs quotes ("…")',
    zh: '以 `{sign}` 开头的值要加引号（"…"）',
  },
  quotes_for_backtick: {
    en: 'a value that begins with a backtick needs quotes ("…")',
    zh: '以反引号开头的值要加引号（"…"）',
  },
  quotes_for_any: {
    en: 'a value that begins with `@`, `%` or a backtick needs quotes ("…")',
    zh: '以 `@`、`%` 或反引号开头的值要加引号（"…"）',
  },
  quotes_for_star: {
    en:
      'a text that begins with `*` needs quotes, as in ["*.csv"]: without them it is the name of an anchor to YAML, and there is none',
    zh:
      '以 `*` 开头的文本要加引号，例如 ["*.csv"]：不加引号时 YAML 把它当作锚点的名称，而这里没有锚点',
  },
  quotes_for_tag: {
    en:
      'expected plain values, found a tag that isn\'t known here; a text that begins with `!` has to be in quotes ("…")',
    zh: '应是普通的值，而不是这里不认识的标签；以 `!` 开头的文本要加引号（"…"）',
  },
  straight_quotes: {
    en: "expected straight quotes (\"…\" or '…') or none, found {sign}",
    zh: "应是半角引号（\"…\" 或 '…'）或不加引号，而不是 {sign}",
  },
  closing_quote: {
    en: "expected a closing `{sign}` on this line, found none",
    zh: "这一行应有右引号 `{sign}`，却没有",
  },
  closing_single_quote: {
    en: "expected a closing `'` on this line, found none; inside '…' a `'` is written twice",
    zh: "这一行应有右引号 `'`，却没有；'…' 中的 `'` 要写两次",
  },
  backslash: {
    en: "inside \"…\" a backslash begins an escape: write '…' instead, or `\\\\`",
    zh: "\"…\" 中的反斜杠表示转义：请改用 '…'，或写成 `\\\\`",
  },
  ends_at_comment: {
    en:
      '`{key}` ends before the ` #`, where a comment begins: if that belongs to the value, put the value in quotes ("…"); if not, write a blank behind the `#`',
    zh:
      '`{key}` 在 ` #` 之前就结束了，其后是注释：如果那也属于值，请给值加引号（"…"）；如果不是，请在 `#` 之后加一个空格',
  },
});
