/**
 * What takes long to make and is asked for again and again within one process.
 *
 * Guarantees: what is given may be changed, and what was given to keep too. Bounded memory.
 *
 * @module
 */

/** Larger ones aren't kept, bytes. */
const LARGEST = 1 << 20;
/** With more than this all is forgotten, bytes. */
const MOST = 16 << 20;

/** Bytes by a key that says how they are made. */
export class KeptBytes {
  readonly #made = new Map<string, Uint8Array>();
  #size = 0;

  /** A copy of what was made by this key; `undefined` = it has to be made. */
  get(key: string): Uint8Array | undefined {
    const made = this.#made.get(key);
    return made && new Uint8Array(made);
  }

  /** Keeps a copy. */
  set(key: string, bytes: Uint8Array): void {
    if (bytes.length > LARGEST) return;
    this.#size += bytes.length;
    if (this.#size > MOST) {
      this.#made.clear();
      this.#size = bytes.length;
    }
    this.#made.set(key, new Uint8Array(bytes));
  }
}
