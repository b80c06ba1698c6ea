/**
 * Waits.
 *
 * Guarantees: it leaves no timer behind, and rejects at once with the signal's own reason.
 *
 * @module
 */

/** No timer waits longer, in ms (24.8 days): one that is to fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Waits some milliseconds; rejects with the signal's reason when that comes first. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = (left: number): void => {
      timer = setTimeout(() => {
        if (left > LONGEST_TIMER) return wait(left - LONGEST_TIMER);
        signal?.removeEventListener("abort", stop);
        resolve();
      }, Math.min(left, LONGEST_TIMER));
    };
    wait(ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
