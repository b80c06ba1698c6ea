/**
 * Recognizes a page sent instead of a package: an error, a login, a proxy's message.
 *
 * Guarantees: the bytes count before the `Content-Type`, because a server without a type for `.zip`
 * sends packages as `text/html`. If neither decides, it isn't taken for a page: reading the package
 * will show.
 *
 * @module
 */

/** The number of first bytes that are examined. */
const LOOKED_AT = 1024;

/** Whether the first bytes of an answer belong to a page. */
export function isPage(first: Uint8Array, contentType: string | null): boolean {
  // PK: every record of a ZIP begins so.
  if (first[0] === 0x50 && (first.length === 1 || first[1] === 0x4b)) return false;
  if (["<", "{"].includes(signOf(first))) return true;
  return first.length > 0 && claimsPage(contentType) && !isBinary(first.subarray(0, LOOKED_AT));
}

/** The first character that isn't blank, or a byte order mark; "" where there is none. */
export function signOf(first: Uint8Array): string {
  return new TextDecoder().decode(first.subarray(0, LOOKED_AT)).trimStart()[0] ?? "";
}

/** Whether a `Content-Type` is that of a page. */
export function claimsPage(contentType: string | null): boolean {
  return /^\s*(text\/html|application\/(json|xhtml\+xml))\b/i.test(contentType ?? "");
}

/** Whether bytes contain a control character that doesn't occur in text. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b);
}
