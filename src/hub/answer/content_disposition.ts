/**
 * Reads the file name from a `Content-Disposition`.
 *
 * Guarantees: the result is one non-empty name without folders and control characters. It is still
 * only a server's claim: never use it as a path to write to.
 *
 * @module
 */
import { orElse } from "../../or_else.ts";

const PARAMETER = /;\s*(filename\*?)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s]+))/gi;

/** The file name that a `Content-Disposition` gives; `filename*` wins over `filename`. */
export function parseFileName(header: string | null): string | null {
  let plain: string | null = null;
  let extended: string | null = null;
  for (const match of `;${header ?? ""}`.matchAll(PARAMETER)) {
    const value = match[2]?.replace(/\\(.)/gs, "$1") ?? match[3] ?? "";
    if (match[1]?.endsWith("*")) extended ??= decodeExtended(value);
    else plain ??= latin1AsUtf8(value);
  }
  return baseName(extended) ?? baseName(plain);
}

/** `UTF-8''%E4%B8%80.zip` (RFC 8187); `null` when it is in another character set or broken. */
function decodeExtended(value: string): string | null {
  const text = /^utf-8'[^']*'(.*)$/is.exec(value)?.[1];
  return text === undefined ? null : orElse(() => decodeURIComponent(text), null);
}

/** Servers send raw UTF-8 in `filename`, which `fetch` hands over one byte a character. */
function latin1AsUtf8(value: string): string {
  // deno-lint-ignore no-control-regex -- exactly the characters that are one byte
  if (!/^[\x00-\xff]*$/.test(value)) return value;
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  return orElse(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes), value);
}

function baseName(value: string | null): string | null {
  const name = value?.split(/[/\\]/).at(-1)?.replace(/\p{Cc}/gu, "").trim();
  return name === undefined || name === "" ? null : name;
}
