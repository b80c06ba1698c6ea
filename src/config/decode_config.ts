/**
 * Turns the bytes of a configuration file into text. UTF-8 only, with or without a byte order mark;
 * another encoding is reported with its name and position, never guessed at.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { YAML } from "../messages/yaml.ts";
import type { Findings, Position } from "./findings.ts";

const NEWLINE = 0x0a;

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
