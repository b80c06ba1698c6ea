/**
 * Whether an answer's `Content-Encoding` says that its bytes aren't the package's.
 *
 * Many servers send a value that isn't a coding (`utf-8`, `binary`, `application/zip`, `aws-chunked`),
 * so only existing codings count. If the content is encoded after all, the CRCs show it.
 *
 * @module
 */

/** The codings that IANA knows, and some that are in use. */
const CODINGS = new Set([
  ...["gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd", "dcb", "dcz"],
  ...["aes128gcm", "exi", "pack200-gzip", "bzip2", "x-bzip2", "lzma", "xz", "lz4", "snappy"],
]);

/** The coding of an answer, in lower case; `undefined` = none. */
export function codingOf(headers: Headers): string | undefined {
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? "";
  return coding.split(",").some((one) => CODINGS.has(one.trim())) ? coding : undefined;
}
