/**
 * Parses YAML into a tree in which every node knows its line and column. Explains common syntax
 * mistakes in words. It doesn't build plain objects, so neither aliases nor merges can blow up.
 *
 * @module
 */
import {
  type Document,
  isAlias,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLParseError,
} from "yaml";
import { YAML } from "../messages/yaml.ts";
import type { Environment } from "../environment.ts";
import type { Findings, Position } from "./findings.ts";
import { usualMistakes } from "./usual_mistakes.ts";

/** No hand-written file comes near this size; a larger one was named by mistake. */
const MAX_CHARACTERS = 512 * 1024;
/**
 * Each look-up of an alias walks the file: a bound on the product, far above that of any real file.
 */
const MAX_ALIASES = 1000;

/** The parsed file, with what reading its values needs. */
export class YamlSource {
  readonly findings: Findings;
  readonly env: Environment;
  /** The folder that relative paths are relative to. */
  readonly baseDir: string;
  /** The files that secrets were read from. */
  readonly secretFiles: string[] = [];
  readonly #document: Document<ParsedNode>;
  readonly #lines: LineCounter;
  #aliases = 0;

  constructor(
    document: Document<ParsedNode>,
    lines: LineCounter,
    options: { findings: Findings; env: Environment; baseDir: string },
  ) {
    this.#document = document;
    this.#lines = lines;
    this.findings = options.findings;
    this.env = options.env;
    this.baseDir = options.baseDir;
  }

  /** The outermost node, `null` in an empty file. */
  get root(): Node | null {
    return this.#document.contents;
  }

  /** Where a node begins. */
  positionOf(node: Node | null): Position {
    return positionAt(this.#lines, node?.range?.[0] ?? 0);
  }

  /**
   * The node that an alias refers to, or the node itself; `undefined` after reporting a problem.
   */
  resolve(node: unknown): Node | null | undefined {
    if (!isNode(node)) return null;
    if (!isAlias(node)) return node;
    if (++this.#aliases > MAX_ALIASES) {
      const message = YAML.many_aliases({ most: MAX_ALIASES });
      if (this.#aliases === MAX_ALIASES + 1) this.findings.problem(message, this.positionOf(node));
      return undefined;
    }
    const target = node.resolve(this.#document);
    if (target !== undefined && !isAlias(target)) return target;
    // Not named: a password that begins with `*` looks like this.
    this.findings.problem(YAML.quotes_for_star(), this.positionOf(node));
    return undefined;
  }
}

/** Parses a text; returns `undefined` after reporting invalid YAML. */
export function readYaml(
  text: string,
  options: { findings: Findings; env: Environment; baseDir: string },
): YamlSource | undefined {
  const { findings } = options;
  if (text.length > MAX_CHARACTERS) {
    findings.problem(YAML.too_long({ most: MAX_CHARACTERS, length: text.length }));
    return undefined;
  }
  const lines = new LineCounter();
  try {
    // The schema is fixed: under `%YAML 1.1` the key `on` would be a truth value and 17:30 a number.
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      schema: "core",
      uniqueKeys: false,
      logLevel: "error",
    });
    const errors = [...document.errors, ...document.warnings];
    const mistakes = usualMistakes(text).filter(({ sure }) => sure || errors.length > 0);
    // Follow-up errors further down help nobody.
    if (mistakes.length > 0) {
      for (const { message, ...position } of mistakes) findings.problem(message, position);
      return undefined;
    }
    let lastLine = 0;
    for (const error of errors) {
      const position = positionAt(lines, error.pos[0]);
      // A second error on a line follows from the first.
      if (position.line !== lastLine) {
        const at = error.pos[0] - position.column + 1;
        const begin = text.slice(at, at + 100);
        findings.problem(sayError(error as YAMLParseError, begin), position);
      }
      lastLine = position.line;
    }
    if (errors.length > 0) return undefined;
    warnOfComments(document, (message, offset) => {
      findings.warning(message, positionAt(lines, offset));
    });
    return new YamlSource(document, lines, options);
  } catch (error) {
    // Thousands of nested brackets exhaust the parser's stack.
    const reason = error instanceof Error ? error.message : String(error);
    const message = YAML.unreadable({ reason: reason.split("\n", 1)[0]! });
    findings.problem(message, { line: 1, column: 1 });
    return undefined;
  }
}

/** Keys whose values are made of any characters, and seldom seen as they arrive. */
const SECRET_KEYS = new Set(["token", "secret", "password", "username", "url"]);

/** Warns of secrets that end at a ` #…` without quotes: a comment to YAML, half a password to its owner. */
function warnOfComments(document: Document, warn: (message: string, offset: number) => void): void {
  visit(document, {
    Pair(_, { key, value }, path) {
      if (!isScalar(key) || !isScalar(value) || value.type !== "PLAIN" || !value.range) return;
      const above = path.findLast((node) => isPair(node) && isScalar(node.key));
      const inHeaders = isPair(above) && isScalar(above.key) && above.key.value === "headers";
      if (!inHeaders && !SECRET_KEYS.has(String(key.value))) return;
      // `# text` behind a value is how comments are written, and a variable is a whole value.
      if (!/^\S/.test(value.comment ?? "") || String(value.source).endsWith("}")) return;
      warn(YAML.ends_at_comment({ key: String(key.value) }), value.range[1] + 1);
    },
  });
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** An error of the parser, on a line that begins so; it has a code for several mistakes, which its words tell apart. */
function sayError(error: YAMLParseError, begin: string): string {
  const bracket = /must .*end with an? (\S)$/.exec(error.message)?.[1];
  if (bracket !== undefined) return YAML.closing_bracket({ sign: bracket });
  if (/^Missing ,/.test(error.message)) return YAML.comma_between();
  if (/^Sequence item without/.test(error.message)) return YAML.indentation();
  if (/^Implicit (?:map )?keys need/.test(error.message)) return YAML.no_value();
  switch (error.code) {
    case "TAB_AS_INDENT":
      return YAML.tab();
    case "BAD_SCALAR_START":
      return YAML.quotes_for_any();
    case "BAD_DQ_ESCAPE":
      return YAML.backslash();
    case "BAD_ALIAS":
      return YAML.quotes_for_star();
    case "MULTIPLE_DOCS":
      return YAML.two_documents();
    case "BLOCK_AS_IMPLICIT_KEY":
      return /^[ \t]*-\s/.test(begin) ? YAML.indentation() : YAML.two_pairs();
    case "TAG_RESOLVE_FAILED":
      return YAML.quotes_for_tag();
    case "UNEXPECTED_TOKEN":
      return YAML.invalid_signs({ reason: reasonOf(error) });
    case "BAD_INDENT":
      return YAML.indentation();
    default:
      return YAML.invalid({ reason: reasonOf(error) });
  }
}

/** The parser's reason without what it quotes of the file: that may be a password. */
function reasonOf(error: Error): string {
  const line = error.message.split("\n", 1)[0] ?? "";
  return line.replace(/(?:: \S.*|\\.*|%.*)$/, "");
}
