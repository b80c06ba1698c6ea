/**
 * Makes a text harmless for a service: what a dataset's name or an error says is only ever shown.
 *
 * Guarantees: pure; after the function of a service nothing in the text is a mention, a link's label
 * or markup of that service, and a cut never leaves half an escape or half a letter.
 *
 * @module
 */

/**
 * No mention: services take `@all`, `@channel` or `@name` at the start of a word for one, and give no
 * way to escape it. An address such as `a@example.com` stays.
 */
export function withoutMentions(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}._-])@(?=[\p{L}\p{N}_])/gu, "＠");
}

/** `<at user_id="all">` and `<@all>` notify everybody and can't be escaped. */
export function withoutTags(text: string): string {
  return withoutMentions(text).replaceAll("<", "＜");
}

/** For HTML, as Telegram and Slack (with its `mrkdwn` off) read it. */
export function escapeHtml(text: string): string {
  return withoutMentions(text)
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** For XML and HTML where a text may also stand between quotes. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** For Markdown: a block of code, with a fence that the text can't close. */
export function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map(({ length }) => length + 1)));
  return `${fence}text\n${text}\n${fence}`;
}

/** At most `most` bytes of UTF-8. */
export function cutBytes(text: string, most: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= most) return text;
  // A letter that was split decodes to U+FFFD.
  return new TextDecoder().decode(bytes.subarray(0, most - 3)).replace(/\uFFFD+$/, "") + "…";
}

/** At most `most` letters as most services count them: UTF-16 units. */
export function cutLetters(text: string, most: number): string {
  if (text.length <= most) return text;
  return text.slice(0, most - 1).toWellFormed().replace(/\uFFFD$/, "") + "…";
}
