/**
 * `datahubsync config`: prints what is in force and where each value comes from, for a person who
 * wonders; with `--schema` the JSON Schema for an editor.
 *
 * Guarantees: changes nothing, asks no hub, and shows no secret: what a key like `token` has is
 * hidden whatever it is, and what the configuration calls a secret wherever it stands.
 *
 * @module
 */
import { readPlainText } from "../../plain_file.ts";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Config } from "../../config/config.ts";
import { ALL_KEYS, dotted } from "../../config/known_keys.ts";
import { configSchema } from "../../config/schema.ts";
import { jsonText, oneLine } from "../../plain_text.ts";
import { masker, redactUrl } from "../../redact.ts";
import { EXIT } from "../command/exit_code.ts";
import { secretsOf } from "../../client/secrets.ts";
import { openConfig, type RunOptions } from "../command/open_run.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { textWidth } from "../terminal/text_width.ts";
import { basename } from "node:path";

/** One setting. */
interface Line {
  key: string;
  value: unknown;
  /** `config.yaml:3`, with the variables that it names, or `default`. */
  from: string;
}

const HIDDEN = "***";
/** What is longer isn't aligned with. */
const LONGEST_COLUMN = 48;
const SECRET = /^(?:token|secret|password|headers|topic|chat_id|username)$/;
/** Addresses that are secrets themselves. */
const SECRET_URL = /^(?:notify|ping)\./;

/** Runs `config`; returns the exit code. */
export async function configCommand(
  options: RunOptions & { schema?: boolean },
  terminal: Terminal,
): Promise<number> {
  if (options.schema) {
    terminal.out(`${JSON.stringify(configSchema(), null, 2)}\n`);
    return EXIT.ok;
  }
  const config = await openConfig(options, terminal);
  const origins = new Origins(config.path, readPlainText(config.path));
  const mask = masker(secretsOf(config));
  const lines = linesOf(config, origins);
  if (options.json) {
    const settings = lines.map((line) => ({ ...line, value: masked(line.value, mask) }));
    terminal.out(`${jsonText({ path: config.path, settings })}\n`);
    return EXIT.ok;
  }
  const shown = lines.map(({ key, value, from }) => [key, textOf(masked(value, mask)), from]);
  terminal.out(layOut(shown, terminal.outIsTerminal ? terminal.columns() : Infinity));
  return EXIT.ok;
}

/** Columns, as many as fit; a source that doesn't goes below its value. */
function layOut(rows: string[][], width: number): string {
  const [keys = 0, values = 0] = [0, 1].map((at) =>
    Math.min(LONGEST_COLUMN, Math.max(...rows.map((row) => textWidth(row[at]!))))
  );
  const padded = (text: string, to: number) => text + " ".repeat(Math.max(0, to - textWidth(text)));
  const from = Math.max(...rows.map((row) => textWidth(row[2]!)));
  const toValues = keys + 2 + values + 4 + from <= width ? values : 0;
  const toKeys = keys <= width / 2 ? keys : 0;
  return rows.map(([key, value, from]) => {
    const setting = `${padded(key!, toKeys)}  ${padded(value!, toValues)}`;
    const fits = textWidth(setting) + 4 + textWidth(from!) <= width;
    return `${setting}${fits ? "  " : "\n  "}# ${from}\n`;
  }).join("");
}

function linesOf(config: Config, origins: Origins): Line[] {
  const lines: Line[] = [];
  const add = (key: string, name: string, value: unknown, path: (string | number)[]): void => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return;
    lines.push({ key, value: shownOf(key, name, value), from: origins.of(path) });
  };
  for (const key of ALL_KEYS[""]) {
    if (key === "datasets") {
      config.datasets.forEach((dataset, index) => {
        for (const name of ALL_KEYS["datasets[]"]) {
          const value = valueIn({ ...dataset, ...dataset.source }, name);
          add(`datasets[${dataset.name}].${name}`, name, value, ["datasets", index, name]);
        }
      });
      continue;
    }
    if (!(key in ALL_KEYS)) {
      add(key, key, valueIn(config as unknown as Record<string, unknown>, key), [key]);
      continue;
    }
    const section = (config as unknown as Record<string, unknown>)[key];
    for (const name of ALL_KEYS[key as keyof typeof ALL_KEYS]) {
      add(dotted(key, name), name, valueIn(section ?? {}, name), [key, name]);
    }
  }
  return lines;
}

/** The loaded value of a key as it is written in the file. */
function valueIn(section: unknown, key: string): unknown {
  const camel = key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const values = section as Record<string, unknown>;
  if (key !== "url" || !("urls" in values)) return values[camel];
  const urls = values["urls"] as string[];
  return urls.length === 1 ? urls[0] : urls;
}

/** A value without what mustn't be shown. */
function shownOf(key: string, name: string, value: unknown): unknown {
  if (SECRET.test(name)) return typeof value === "object" && isEmpty(value) ? {} : HIDDEN;
  if (typeof value === "string") {
    if (key === "notify.targets" && name === "body") return HIDDEN; // some services want a key there
    if (name === "url" && SECRET_URL.test(key)) return HIDDEN;
    return name === "url" ? redactUrl(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => shownOf(key, name, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([inner]) => !(key === "notify.targets" && inner === "secrets"))
      .map(([inner, item]) => [keyOf(inner), shownOf(key, keyOf(inner), item)]),
  );
}

/** The key that a loaded value has in the file. */
function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function isEmpty(value: object | null): boolean {
  return value === null || Object.keys(value).length === 0;
}

function masked(value: unknown, mask: (text: string) => string): unknown {
  return JSON.parse(mask(JSON.stringify(value)));
}

function textOf(value: unknown): string {
  return oneLine(typeof value === "string" ? value : JSON.stringify(value));
}

/** Where settings stand in the file. */
class Origins {
  readonly #name: string;
  readonly #lines = new LineCounter();
  readonly #root: Node | null;

  constructor(path: string, text: string) {
    this.#name = basename(path);
    this.#root = parseDocument(text, { lineCounter: this.#lines, merge: true }).contents as Node;
  }

  /** The file's line and the variables; `default` where the file doesn't say it. */
  of(path: readonly (string | number)[]): string {
    let node: unknown = this.#root;
    for (const part of path) {
      // A single dataset may stand there without a list.
      if (typeof part === "number") node = isSeq(node) ? node.items[part] : node;
      else node = isMap(node) ? this.#valueOf(node, part) : undefined;
    }
    const at = (node as Node | undefined)?.range?.[0];
    if (at === undefined || (isScalar(node) && node.value === null)) return "default";
    const text = isScalar(node) ? String(node.value) : JSON.stringify(node);
    const names = [...text.matchAll(/\$\{(DATAHUBSYNC_\w+)\}/g)].map(([, name]) => name);
    return [`${this.#name}:${this.#lines.linePos(at).line}`, ...names].join(", ");
  }

  #valueOf(map: { items: unknown[] }, key: string): unknown {
    type Pair = { key: { value?: unknown; source?: string }; value: unknown };
    // A secret may stand in a file of its own.
    for (const name of [key, `${key}_file`]) {
      const pair = (map.items as Pair[]).find((pair) => String(pair.key?.value) === name);
      if (pair !== undefined) return pair.value;
    }
    return undefined;
  }
}
