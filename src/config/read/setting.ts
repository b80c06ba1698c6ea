/**
 * One value in the file, with its position: replaces `${DATAHUBSYNC_…}`, and reports what was
 * expected and found if the value is invalid. Never shows a secret or a variable's value.
 *
 * @module
 */
import { isMap, isScalar, isSeq, type Node } from "yaml";
import { CONFIG } from "../../messages/config.ts";
import { CREDENTIALS_VARIABLE, ENV_NAMES } from "../env_names.ts";
import type { Position } from "../findings.ts";
import { nearest } from "../near_miss.ts";
import type { YamlSource } from "../yaml_source.ts";

/** Converts a setting to a value; `undefined` = invalid, and reported. */
export type Reader<T> = (setting: Setting) => T | undefined;

/** One value in the file. */
export class Setting {
  readonly source: YamlSource;
  /** The dotted key, with 1-based indices for lists: `datasets[2].name`. */
  readonly key: string;
  /** The value's node; never an alias. */
  readonly node: Node | null;
  /** Where the value begins, or its key where it is empty. */
  readonly position: Position;
  /** Whether nothing in its text is a variable. */
  readonly #literal: boolean;

  constructor(
    source: YamlSource,
    at: { key: string; node: Node | null; position: Position; literal?: boolean },
  ) {
    this.source = source;
    this.key = at.key;
    this.node = at.node;
    this.position = at.position;
    this.#literal = at.literal ?? false;
  }

  /** Whether it is empty (`key:` or `key: null`). */
  get isEmpty(): boolean {
    return this.node === null || (isScalar(this.node) && this.node.value === null);
  }

  /** The number or boolean that YAML reads, otherwise `undefined`. */
  get plain(): number | boolean | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    return typeof value === "number" || typeof value === "boolean" ? value : undefined;
  }

  /**
   * The text as written; `undefined` for a list, a section, a boolean or nothing. Numbers are text
   * too: a token may be one.
   */
  get written(): string | undefined {
    if (!isScalar(this.node)) return undefined;
    const { value, source } = this.node;
    if (typeof value === "string") return value;
    return typeof value === "number" ? source ?? String(value) : undefined;
  }

  /**
   * The text with its variables replaced; reports an unknown or unset one. `$${` stands for `${`, and
   * names in `kept` stay as they are.
   */
  expand(written: string, kept: readonly string[] = []): string | undefined {
    if (this.#literal) return written;
    let complete = true;
    const text = written.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (match, name: string, end: string) => {
      if (match === "$${") return "${";
      if (end !== "" && kept.includes(name)) return match;
      const value = end === "" ? undefined : this.#variable(name);
      if (end === "") this.report(CONFIG.open_variable());
      complete &&= value !== undefined;
      return value ?? "";
    });
    return complete ? text : undefined;
  }

  #variable(name: string): string | undefined {
    if (![...ENV_NAMES, CREDENTIALS_VARIABLE].some((known) => known === name)) {
      const meant = nearest(name, ENV_NAMES);
      // A password in braces isn't a variable's name, and isn't shown.
      const found = /^[A-Z_0-9]{1,40}$/.test(name) ? quote(name) : CONFIG.another_text();
      const wrong = { variable: "${…}", keys: ENV_NAMES.join(", "), found };
      this.report(
        meant === undefined
          ? CONFIG.variable_name(wrong)
          : CONFIG.variable_name_meant({ ...wrong, near: `\${${meant}}` }),
      );
      return undefined;
    }
    const value = this.source.env(name);
    if (value) return value;
    this.report(CONFIG.variable_unset({ variable: name }));
    return undefined;
  }

  /** The number of items; `undefined` = it isn't a list. */
  get listLength(): number | undefined {
    return isSeq(this.node) ? this.node.items.length : undefined;
  }

  /** The items of a list; anything else counts as a list of one. */
  items(): Setting[] {
    if (!isSeq(this.node)) return [this];
    return this.node.items.flatMap((item, index) => {
      const node = this.source.resolve(item);
      if (node === undefined) return [];
      const position = node === null ? this.position : this.source.positionOf(item as Node);
      return [new Setting(this.source, { key: `${this.key}[${index + 1}]`, node, position })];
    });
  }

  /** Reports what was expected instead; `secret` keeps the value out of the message. */
  reject(
    expected: string,
    options: { meant?: string | undefined; secret?: boolean } = {},
  ): undefined {
    const found = options.secret ? this.#foundSecret() : this.#found();
    const { meant } = options;
    if (found === undefined) return this.report(CONFIG.expected_nothing({ expected }));
    return this.report(
      meant === undefined
        ? CONFIG.expected_found({ expected, found })
        : CONFIG.expected_found_meant({ expected, found, near: meant }),
    );
  }

  /** Reports a problem with this setting. */
  report(message: string): undefined {
    const problem = CONFIG.of_key({ key: this.key, problem: message });
    this.source.findings.problem(problem, this.position);
  }

  /** Reports something odd about this setting that stops nothing. */
  warn(message: string): undefined {
    const problem = CONFIG.of_key({ key: this.key, problem: message });
    this.source.findings.warning(problem, this.position);
  }

  /** `password: yes` may be intended. */
  #foundSecret(): string | undefined {
    if (this.written !== undefined) return CONFIG.another_text();
    return this.plain === undefined ? this.#found() : CONFIG.no_text();
  }

  /** `undefined` = nothing. */
  #found(): string | undefined {
    if (this.isEmpty) return undefined;
    if (isMap(this.node)) return CONFIG.a_section();
    if (isSeq(this.node)) {
      return this.node.items.length === 0 ? CONFIG.empty_list() : CONFIG.a_list();
    }
    if (isScalar(this.node) && typeof this.node.value === "string") return quote(this.node.value);
    return String(this.plain);
  }
}

/** Formats a value for a message: on one line, shortened, with invisible characters escaped. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text)
    .replace(
      /[\p{Cf}\p{Zl}\p{Zp}\u00a0\u3000]/gu,
      (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`,
    );
}
