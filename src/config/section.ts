/**
 * One section of the file: returns its settings by known key and reports the others. An unknown key
 * is an error in a known section; at the top level only if it resembles a known key, since v2.0
 * tolerated the rest.
 *
 * @module
 */

import { isMap, isScalar, isSeq, type Node, type YAMLMap } from "yaml";
import type { Place } from "./findings.ts";
import { ALL_KEYS, dotted, homesOf, type KeyOf, type SectionName } from "./known_keys.ts";
import { nearest } from "./near_miss.ts";
import { settingFromFile } from "./secret_file.ts";
import { quote, type Reader, Setting } from "./setting.ts";
import type { YamlSource } from "./yaml_source.ts";

/** The most nested merges (`<<`) to follow; a merge of itself would never end. */
const MAX_MERGES = 8;

interface Found {
  setting: Setting;
  keyPlace: Place;
  merged: boolean;
}

/** One mapping of the file whose keys are known. */
export class Section<S extends SectionName> {
  /** The dotted name as shown, `""` for the file itself. */
  readonly key: string;
  /** Where the section begins. */
  readonly place: Place;
  readonly #name: S;
  readonly #source: YamlSource;
  readonly #settings: Map<string, Found>;
  readonly #misspelt = new Set<string>();
  readonly #fromFiles = new Map<string, Setting | undefined>();

  private constructor(name: S, setting: Setting, settings: Map<string, Found>) {
    this.#name = name;
    this.key = setting.key;
    this.place = setting.place;
    this.#source = setting.source;
    this.#settings = settings;
  }

  /** Opens the section in a setting; an empty one counts as a section without keys. */
  static open<S extends SectionName>(name: S, setting: Setting): Section<S> | undefined {
    const settings = new Map<string, Found>();
    if (isMap(setting.node)) collect(setting, setting.node, settings, 0);
    else if (!setting.isEmpty) {
      // `token:abc` is one text to YAML, so what was found isn't shown.
      const listed = isSeq(setting.node) ? ", without `- ` before them" : "";
      const expected = `a section with keys such as \`${ALL_KEYS[name][0]}: …\`${listed}`;
      return setting.reject(expected, { secret: true });
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
      // A misspelt key, or a file that can't be read, is one mistake, reported at its own place.
      if (this.#misspelt.has(key) || this.#fromFiles.has(key)) return undefined;
      const message = `\`${dotted(this.key, key)}\` is missing: expected ${expected}`;
      this.#source.findings.problem(message, this.place);
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
      file.report(`expected either \`${key}\` or \`${key}_file\`, found both`);
      return found;
    }
    return settingFromFile(file);
  }

  /** The keys that are written and where, in the file's order. */
  written(): [key: string, place: Place][] {
    return [...this.#settings].map(([key, { keyPlace }]) => [key, keyPlace]);
  }

  #reportUnknown(): void {
    const known: readonly string[] = ALL_KEYS[this.#name];
    for (const [key, place] of this.written()) {
      if (known.includes(key)) continue;
      const where = this.key === "" ? "" : ` in \`${this.key}\``;
      const meant = nearest(key, known);
      const homes = homesOf(key, this.#name);
      if (meant !== undefined) {
        this.#misspelt.add(meant);
        this.#source.findings.problem(
          `unknown key ${quoteKey(key)}${where}; did you mean \`${meant}\`?`,
          place,
        );
      } else if (this.#name === "") {
        const hint = homes.length === 0 ? "" : `; did you mean \`${homes.join("` or `")}\`?`;
        this.#source.findings.warning(`unknown key ${quoteKey(key)} is ignored${hint}`, place);
      } else {
        const hint = homes.length === 0
          ? `expected one of ${known.join(", ")}`
          : `did you mean \`${homes.join("` or `")}\`?`;
        this.#source.findings.problem(`unknown key ${quoteKey(key)}${where}; ${hint}`, place);
      }
    }
  }
}

/** Collects the pairs of a mapping and of what it merges (`<<`); the mapping's own pairs win. */
function collect(
  owner: Setting,
  map: YAMLMap,
  into: Map<string, Found>,
  depth: number,
): void {
  const { source } = owner;
  const merges: Node[] = [];
  for (const pair of map.items) {
    const keyNode = pair.key as Node | null;
    const keyPlace = source.placeOf(keyNode ?? map);
    if (keyNode !== null && !isScalar(keyNode)) {
      source.findings.problem("expected a plain word as a key, found something else", keyPlace);
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
        `expected each key once, found ${
          quoteKey(key)
        } again (first on line ${earlier.keyPlace.line})`,
        keyPlace,
      );
      continue;
    }
    const empty = node === null || (isScalar(node) && node.value === null);
    const place = empty ? keyPlace : source.placeOf(pair.value as Node);
    const setting = new Setting(source, { key: dotted(owner.key, key), node, place });
    into.set(key, { setting, keyPlace, merged: depth > 0 });
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
  else setting.reject("a section of `name: value`", { secret: true });
  return [...found].map(([name, { setting }]) => ({ name, setting }));
}

/** A key for a message: what follows its first word may be a password without the `: ` before it. */
function quoteKey(key: string): string {
  const word = /^[\w.<-]*/.exec(key)![0];
  const quoted = quote(word === key ? key : `${word}…`);
  return `\`${quoted.slice(1, -1)}\``;
}
