/**
 * The bytes under way in one direction of a proxied connection, in their order.
 *
 * @module
 */

/** Bytes under way. */
export interface Item {
  bytes: Uint8Array;
  /** When it arrives, by `performance.now()`. */
  due: number;
}

/** What is under way in one direction. */
export class Cable {
  readonly #capacity: number;
  #items: Item[] = [];
  #size = 0;
  #ended = false;
  #wakeTaker: (() => void) | undefined;
  #wakePutter: (() => void) | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Sends bytes on their way. */
  put(item: Item): void {
    this.#items.push(item);
    this.#size += item.bytes.length;
    this.#wakeTaker?.();
  }

  /** Waits until more fits. */
  async room(): Promise<void> {
    while (this.#size >= this.#capacity && !this.#ended) {
      await new Promise<void>((resolve) => this.#wakePutter = resolve);
    }
  }

  /** The next bytes to arrive, when there are some; `undefined` = no more will come. */
  async take(): Promise<Item | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#wakeTaker = resolve);
    }
    return this.#items.shift();
  }

  /** Makes room for as many. */
  delivered(bytes: number): void {
    this.#size -= bytes;
    this.#wakePutter?.();
  }

  /** Says that no more will come. */
  end(): void {
    this.#ended = true;
    this.#wakeTaker?.();
  }

  /** Forgets what is under way: nobody is there to take it. */
  break(): void {
    this.#items = [];
    this.end();
    this.#wakePutter?.();
  }
}
