/**
 * Reads a secret that lies in a file of its own, such as systemd's credentials or a container's
 * secrets: the keys that end in `_file`.
 *
 * Guarantees: a file's text is taken as it is, without the line end at its end; nothing in it is a
 * variable. No message shows any of it.
 *
 * @module
 */
import { resolve } from "node:path";
import { NotPlainError, openPlain } from "../../plain_file.ts";
import { Scalar } from "yaml";
import { CONFIG } from "../../messages/config.ts";
import { Setting } from "./setting.ts";

/** The largest secret. */
const MOST_BYTES = 64 << 10;

/** The setting that stands in `file`'s file; `undefined` after reporting why there is none. */
export function settingFromFile(file: Setting): Setting | undefined {
  const { source, key, position, written } = file;
  if (written === undefined) return file.report(CONFIG.secret_expected());
  const expanded = file.expand(written);
  if (expanded === undefined) return undefined;
  const path = resolve(source.baseDir, expanded);
  const text = readSecret(path);
  if (typeof text !== "string") return file.report(CONFIG.no_secret({ path, ...text }));
  source.secretFiles.push(path);
  return new Setting(source, { key, node: new Scalar(text), position, literal: true });
}

function readSecret(path: string): string | { why: string } {
  try {
    const bytes = new Uint8Array(MOST_BYTES + 1);
    using file = openPlain(path);
    let length = 0;
    for (let read: number | null = 1; read; length += read ?? 0) {
      read = file.readSync(bytes.subarray(length));
      if (length > MOST_BYTES) return { why: CONFIG.too_large() };
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length))
      .replace(/\r?\n$/, "");
    return text.trim() === "" ? { why: CONFIG.is_empty() } : text;
  } catch (error) {
    const other = [NotPlainError, Deno.errors.IsADirectory];
    if (other.some((kind) => error instanceof kind)) return { why: CONFIG.isnt_file() };
    if (error instanceof Deno.errors.NotFound) return { why: CONFIG.isnt_there() };
    if (error instanceof Deno.errors.PermissionDenied) return { why: CONFIG.no_permission() };
    return { why: CONFIG.isnt_text() };
  }
}
