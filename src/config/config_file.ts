/**
 * A configuration file's bytes, text and outermost section, for every kind of file that is read.
 *
 * Guarantees: what can't be read is a `ConfigError` that names the file as the user did.
 *
 * @module
 */
import { isAbsolute, relative, resolve } from "node:path";
import { isMap, isScalar, isSeq } from "yaml";
import { ConfigError, type ConfigProblem, messageOf } from "../errors.ts";
import { NotPlainError, readPlain } from "../plain_file.ts";
import { CONFIG } from "../messages/config.ts";
import { DISK } from "../messages/disk.ts";
import { YAML } from "../messages/yaml.ts";
import { decodeConfig } from "./decode_config.ts";
import type { Environment } from "../environment.ts";
import { Findings } from "./findings.ts";
import { Setting } from "./read/setting.ts";
import { readYaml } from "./yaml_source.ts";

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
