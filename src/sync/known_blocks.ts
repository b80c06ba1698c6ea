/**
 * What one dataset's runs know of last blocks: the symbols that earlier runs came to know, and at
 * which level zlib makes the hub's packages. Found out only when a plan would be the better for it.
 *
 * @module
 */
import type { Layout } from "../store/layout.ts";
import type { Manifest } from "../store/manifest.ts";
import { loadSymbols, type RememberedSymbols, saveSymbols } from "../store/symbol_memory.ts";
import type { Knowledge } from "./guess.ts";
import type { DiskFact } from "./step.ts";
import { findZlibLevel, type Sample } from "./zlib_level.ts";

/** One dataset's knowledge. */
export class KnownBlocks {
  readonly #layout: Layout;
  #remembered: Map<string, RememberedSymbols> | undefined;
  #level: { is: number | undefined } | undefined;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  /** Finds out what can be known of these files' last blocks. */
  async learn(facts: Iterable<readonly [string, DiskFact]>): Promise<void> {
    this.#remembered ??= await loadSymbols(this.#layout.symbols);
    const unknown: Sample[] = [];
    for (const [path, fact] of facts) {
      if (fact.block === undefined || this.#recall(path, fact) !== undefined) continue;
      unknown.push({ path: `${this.#layout.localDir}/${path}`, block: fact.block });
    }
    if (unknown.length > 0) this.#level ??= { is: findZlibLevel(unknown) };
  }

  /** What is known of the last block of an entry that a file holds. */
  of(path: string, fact: DiskFact): Knowledge | undefined {
    const known = this.#recall(path, fact);
    if (known !== undefined) return { known };
    const level = this.#level?.is;
    return level === undefined ? undefined : { level };
  }

  /** Remembers what `facts` have come to know, and what still holds of before. */
  async remember(manifest: Manifest, facts: ReadonlyMap<string, DiskFact>): Promise<void> {
    if (![...facts.values()].some(({ known }) => known !== undefined)) return;
    const before = this.#remembered ?? await loadSymbols(this.#layout.symbols);
    const after = new Map<string, RememberedSymbols>();
    for (const [path, { crc, block }] of manifest.entries()) {
      const known = facts.get(path)?.known;
      const old = before.get(path);
      if (known !== undefined && block !== undefined) {
        after.set(path, { ...known, crc, bit: block.bit });
      } else if (old?.crc === crc) after.set(path, old);
    }
    await saveSymbols(this.#layout.symbols, after);
  }

  #recall(path: string, { crc, block }: DiskFact): RememberedSymbols | undefined {
    const one = this.#remembered?.get(path);
    return one !== undefined && one.crc === crc && one.bit === block?.bit ? one : undefined;
  }
}
