/**
 * A configuration file's bytes, text and outermost section, for every kind of file that is read.
 *
 * Guarantees: what can't be read is a `ConfigError` that names the file as the user did. Text is UTF-8
 * only, with or without a byte order mark; another encoding is reported with its name and position,
 * never guessed at.
 *
 * @module
 */
import { isAbsolute, relative, resolve } from "node:path";
import { isMap, isScalar, isSeq } from "yaml";
import { ConfigError, type ConfigProblem, messageOf } from "../errors.ts";
import { NotPlainError, readPlain } from "../plain_file.ts";
import { orElse } from "../or_else.ts";
import { CONFIG } from "../messages/config.ts";
import { DISK } from "../messages/disk.ts";
import { YAML } from "../messages/yaml.ts";
import type { Environment } from "../environment.ts";
import { Findings, type Position } from "./findings.ts";
import { Setting } from "./read/setting.ts";
import { readYaml } from "./yaml_source.ts";

const NEWLINE = 0x0a;

/** What a reader expects, for the messages. */
interface Missing {
  /** The usual name of such a file. */
  file: string;
  /** What to do where there is none. */
  hint: string;
}

/** Reads a file's text; `undefined` once another encoding than UTF-8 is noted. Throws ConfigError. */
export function readConfigFile(
  path: string,
  cwd: string,
  missing: Missing,
): { findings: Findings; text: string | undefined } {
  const findings = new Findings(displayName(path, cwd));
  const bytes = readBytes(resolve(cwd, path), findings, missing);
  return { findings, text: decodeConfig(bytes, findings) };
}

/** The outermost section of a text; what isn't one is noted. */
export function rootOf(text: string, { findings, env, baseDir, empty, listed }: {
  findings: Findings;
  env: Environment;
  /** The folder that relative paths are relative to. */
  baseDir: string;
  /** What an empty file lacks. */
  empty: string;
  /** What a file without sections lacks. */
  listed: string;
}): Setting | undefined {
  // The parser takes a carriage return alone, as old editors write it, for a blank.
  const plain = text.replace(/^\ufeff/, "").replace(/\r(?!\n)/g, "\n");
  const source = readYaml(plain, { findings, env, baseDir });
  if (source === undefined) return undefined;
  const { root: node } = source;
  const start = { line: 1, column: 1 };
  if (node === null || (isScalar(node) && node.value === null)) {
    findings.problem(YAML.empty_file({ expected: empty }), start);
    return undefined;
  }
  const setting = new Setting(source, { key: "", node, position: source.positionOf(node) });
  if (!isMap(node)) {
    const message = isSeq(node) ? YAML.listed : YAML.no_keys;
    findings.problem(message({ expected: listed }), setting.position);
    return undefined;
  }
  return setting;
}

function displayName(path: string, cwd: string): string {
  const below = relative(cwd, resolve(cwd, path));
  return below === "" || below.startsWith("..") || isAbsolute(below) ? path : below;
}

function readBytes(path: string, findings: Findings, missing: Missing): Uint8Array {
  try {
    return readPlain(path);
  } catch (error) {
    const [message, hint] = sayReadError(error, missing);
    const problem: ConfigProblem = { file: findings.file, message };
    throw new ConfigError([problem], { path, hint, cause: error });
  }
}

function sayReadError(error: unknown, missing: Missing): [message: string, hint: string] {
  if (error instanceof Deno.errors.NotFound) {
    return [CONFIG.no_file(), missing.hint];
  }
  if (error instanceof Deno.errors.IsADirectory) {
    return [CONFIG.file_not_folder(), CONFIG.name_file_in_it({ file: missing.file })];
  }
  if (error instanceof NotPlainError) return [CONFIG.isnt_file(), CONFIG.name_readable()];
  if (error instanceof Deno.errors.PermissionDenied) {
    return [CONFIG.no_permission_to_read(), CONFIG.run_as_owner()];
  }
  const why = messageOf(error);
  const isLimit = why.includes("(os error 24)");
  return [CONFIG.cant_read({ why }), isLimit ? DISK.raise_ulimit() : CONFIG.name_readable()];
}

/** Decodes a file; returns `undefined` after reporting an encoding other than UTF-8. */
export function decodeConfig(bytes: Uint8Array, findings: Findings): string | undefined {
  if (isUtf16(bytes)) {
    findings.problem(YAML.utf16(), { line: 1, column: 1 });
    return undefined;
  }
  const text = decode(bytes, "utf-8");
  if (text !== undefined) return text;
  const isOther = decode(bytes, "gb18030") === undefined;
  findings.problem(isOther ? YAML.other_bytes() : YAML.reads_as_gbk(), firstBadPosition(bytes));
  return undefined;
}

/**
 * Recognised by its byte order mark, or by the zero bytes of ASCII letters, which UTF-8 text never
 * has.
 */
function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ||
    (first === 0) !== (second === 0);
}

function decode(bytes: Uint8Array, encoding: string): string | undefined {
  return orElse(() => new TextDecoder(encoding, { fatal: true }).decode(bytes), undefined);
}

function firstBadPosition(bytes: Uint8Array): Position {
  let line = 1;
  for (let start = 0; start <= bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const content = bytes.subarray(start, end);
    if (decode(content, "utf-8") === undefined) {
      const column = new TextDecoder().decode(content).indexOf("\ufffd") + 1;
      return { line, column: Math.max(1, column) };
    }
    start = end + 1;
  }
  return { line: 1, column: 1 };
}
