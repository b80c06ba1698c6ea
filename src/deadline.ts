/**
 * A limit on how long something may take, with an error that says what took too long.
 *
 * @module
 */

/** Aborts with an error after a time, or earlier with one of the signals; disposed of, it never does. */
export class Deadline implements Disposable {
  /** Aborted when the time is over, or with a signal. */
  readonly signal: AbortSignal;
  readonly #timer: number;

  constructor(ms: number, error: Error, ...signals: (AbortSignal | undefined)[]) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(error), ms);
    this.signal = AbortSignal.any([late.signal, ...signals.filter((one) => one !== undefined)]);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
