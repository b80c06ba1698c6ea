/**
 * Turns on this thread that leave room for what arrives: the answers of workers, the network, signals.
 *
 * Guarantees: work is done in its order, each piece after the runtime has looked for what has arrived.
 * `setImmediate` doesn't wait for that: where one follows the other, the runtime looks in every 31st
 * turn only. With work of 1 ms, an answer waited for 28 ms, and now for 0.8 ms.
 *
 * @module
 */

/** A queue of work for this thread. */
export class Turns implements Disposable {
  readonly #channel = new MessageChannel();
  readonly #waiting: (() => void)[] = [];

  /** Does nothing until there is work. */
  constructor() {
    this.#channel.port1.onmessage = () => this.#waiting.shift()?.();
  }

  /** Does this when its turn comes. */
  next(work: () => void): void {
    this.#waiting.push(work);
    // Not from within another piece of work: a message that is there when the port looks for the next one
    // is handed over at once.
    queueMicrotask(() => this.#channel.port2.postMessage(undefined));
  }

  /** What waits is never done. */
  [Symbol.dispose](): void {
    this.#waiting.length = 0;
    this.#channel.port1.close();
    this.#channel.port2.close();
  }
}
