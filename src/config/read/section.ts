/**
 * One section of the file: returns its settings by known key and reports the others. An unknown key
 * is an error in a known section; at the top level only if it resembles a known key, since v2.0
 * tolerated the rest.
 *
 * @module
 */
import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import type { Position } from "../findings.ts";
import { ALL_KEYS, dotted, homesOf, type KeyOf, type SectionName } from "../known_keys.ts";
import { nearest } from "../near_miss.ts";
import { settingFromFile } from "./secret_file.ts";
import { quote, type Reader, Setting } from "./setting.ts";
import type { YamlSource } from "../yaml_source.ts";

/** The most nested merges (`<<`) to follow; a merge of itself would never end. */
const MAX_MERGES = 8;

interface Found {
  setting: Setting;
  keyPosition: Position;
  merged: boolean;
}

/** One mapping of the file whose keys are known. */
export class Section<S extends SectionName> {
  /** The dotted name as shown, `""` for the file itself. */
  readonly key: string;
  /** Where the section begins. */
  readonly position: Position;
  readonly #name: S;
  readonly #source: YamlSource;
  readonly #settings: Map<string, Found>;
  readonly #misspelt = new Set<string>();
  readonly #fromFiles = new Map<string, Setting | undefined>();

  private constructor(name: S, setting: Setting, settings: Map<string, Found>) {
    this.#name = name;
    this.key = setting.key;
    this.position = setting.position;
    this.#source = setting.source;
    this.#settings = settings;
  }

  /** Opens the section in a setting; an empty one counts as a section without keys. */
  static open<S extends SectionName>(name: S, setting: Setting): Section<S> | undefined {
    const settings = new Map<string, Found>();
    if (isMap(setting.node)) collect(setting, setting.node, settings, 0);
    else if (!setting.isEmpty) {
      // `token:abc` is one text to YAML, so what was found isn't shown.
      const expected = isSeq(setting.node) ? EXPECTED.section_unlisted : EXPECTED.section_with;
      return setting.reject(expected({ key: ALL_KEYS[name][0] }), { secret: true });
    }
    const section = new Section(name, setting, settings);
    section.#reportUnknown();
    return section;
  }

  /** The value of an optional key; `undefined` if it is missing, empty or invalid. */
  get<T>(key: KeyOf<S>, read: Reader<T>): T | undefined {
    const setting = this.setting(key);
    return setting === undefined || setting.isEmpty ? undefined : read(setting);
  }

  /** As `get`, of a key that protects: written and left empty it is a mistake, and no default. */
  filled<T>(key: KeyOf<S>, read: Reader<T>, expected: string): T | undefined {
    return this.setting(key) === undefined ? undefined : this.need(key, read, expected);
  }

  /** The value of a required key; reports its absence. */
  need<T>(key: KeyOf<S>, read: Reader<T>, expected: string): T | undefined {
    const setting = this.setting(key);
    if (setting === undefined) {
      // A misspelt key, or a file that can't be read, is one mistake, reported at its own position.
      if (this.#misspelt.has(key) || this.#fromFiles.has(key)) return undefined;
      const message = CONFIG.missing({ key: dotted(this.key, key), expected });
      this.#source.findings.problem(message, this.position);
      return undefined;
    }
    return setting.isEmpty ? setting.reject(expected) : read(setting);
  }

  /** The setting under a key, if it is written, or if its file is named (`token_file`). */
  setting(key: KeyOf<S>): Setting | undefined {
    const found = this.#settings.get(key)?.setting;
    const file = this.#settings.get(`${key}_file`)?.setting;
    if (file === undefined || file.isEmpty) return found;
    if (!this.#fromFiles.has(key)) this.#fromFiles.set(key, this.#fromFile(key, found, file));
    return this.#fromFiles.get(key);
  }

  #fromFile(key: string, found: Setting | undefined, file: Setting): Setting | undefined {
    if (found?.isEmpty === false) {
      file.report(CONFIG.key_or_file({ key }));
      return found;
    }
    return settingFromFile(file);
  }

  /** The keys that are written and where, in the file's order. */
  written(): [key: string, position: Position][] {
    return [...this.#settings].map(([key, { keyPosition }]) => [key, keyPosition]);
  }

  #reportUnknown(): void {
    const known: readonly string[] = ALL_KEYS[this.#name];
    const { findings } = this.#source;
    for (const [name, position] of this.written()) {
      if (known.includes(name)) continue;
      const key = quoteKey(name);
      const near = nearest(name, known);
      if (near !== undefined) this.#misspelt.add(near);
      const hint = hintOf(near === undefined ? homesOf(name, this.#name) : [near]);
      const section = this.key;
      if (near === undefined && this.#name === "") {
        const text = hint === undefined
          ? CONFIG.unknown_ignored({ key })
          : CONFIG.unknown_ignored_meant({ key, hint });
        findings.warning(text, position);
        continue;
      }
      const what = hint ?? CONFIG.one_of_keys({ keys: known.join(", ") });
      const text = section === ""
        ? CONFIG.unknown({ key, hint: what })
        : CONFIG.unknown_in({ key, section, hint: what });
      findings.problem(text, position);
    }
  }
}

/** Which keys were meant. No key has more than four homes beside the one where it was written. */
function hintOf([first, second, third, fourth]: readonly string[]): string | undefined {
  if (first === undefined) return undefined;
  if (second === undefined) return CONFIG.meant_key({ key: first });
  if (third === undefined) return CONFIG.meant_two({ first, second });
  if (fourth === undefined) return CONFIG.meant_three({ first, second, third });
  return CONFIG.meant_four({ first, second, third, fourth });
}

/** Collects the pairs of a mapping and of what it merges (`<<`); the mapping's own pairs win. */
function collect(owner: Setting, map: YAMLMap, into: Map<string, Found>, depth: number): void {
  const { source } = owner;
  const merges: Node[] = [];
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    const keyPosition = source.positionOf(keyNode ?? map);
    if (keyNode !== null && !isScalar(keyNode)) {
      source.findings.problem(CONFIG.plain_key(), keyPosition);
      continue;
    }
    const key = keyNode === null ? "" : String(keyNode.source ?? keyNode.value ?? "");
    const node = source.resolve(pair.value);
    if (node === undefined) continue;
    if (key === "<<" && (isMap(node) || isSeq(node))) {
      merges.push(node);
      continue;
    }
    const earlier = into.get(key);
    if (earlier !== undefined) {
      if (depth > 0 || earlier.merged) continue;
      source.findings.problem(
        CONFIG.key_once({ key: quoteKey(key), line: earlier.keyPosition.line }),
        keyPosition,
      );
      continue;
    }
    const empty = node === null || (isScalar(node) && node.value === null);
    const position = empty ? keyPosition : source.positionOf(pair.value as Node);
    const setting = new Setting(source, { key: dotted(owner.key, key), node, position });
    into.set(key, { setting, keyPosition, merged: depth > 0 });
  }
  if (depth >= MAX_MERGES) return;
  for (const merge of merges) {
    for (const item of isSeq(merge) ? merge.items : [merge]) {
      const node = source.resolve(item);
      if (isMap(node)) collect(owner, node, into, depth + 1);
    }
  }
}

/** The pairs of a section with arbitrary keys, such as `hub.headers`. */
export function entriesOf(setting: Setting): { name: string; setting: Setting }[] {
  const found = new Map<string, Found>();
  if (isMap(setting.node)) collect(setting, setting.node, found, 0);
  else setting.reject(EXPECTED.pairs(), { secret: true });
  return [...found].map(([name, { setting }]) => ({ name, setting }));
}

/** A key for a message: what follows its first word may be a password without the `: ` before it. */
function quoteKey(key: string): string {
  const word = /^[\w.<-]*/.exec(key)![0];
  const quoted = quote(word === key ? key : `${word}…`);
  return `\`${quoted.slice(1, -1)}\``;
}
