/**
 * The runtime's own zlib handle, below `node:zlib`'s streams: one is used again and again, where each
 * stream and each `…Sync` call makes its own.
 *
 * Guarantees: `undefined` where the runtime has no such handle. It isn't a public API, so whether it
 * also does what it should is for the caller to try.
 *
 * @module
 */

/** zlib's flush value for the last input. */
export const Z_FINISH = 4;

/** The part of the handle that is used. */
interface ZlibHandle {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): unknown;
  close(): void;
  onerror: (message: string) => void;
}

/** A handle with its write state: output bytes left, input bytes left. */
export interface OpenHandle {
  handle: ZlibHandle;
  left: Uint32Array;
}

/** The handle inside a stream of `node:zlib`. */
export function handleOf(
  stream: object,
  onError: (message: string) => void,
): OpenHandle | undefined {
  const { _handle: handle, _writeState: left } = stream as {
    _handle?: ZlibHandle;
    _writeState?: unknown;
  };
  if (typeof handle?.writeSync !== "function" || typeof handle.reset !== "function") return;
  if (!(left instanceof Uint32Array) || left.length !== 2) return;
  handle.onerror = onError;
  return { handle, left };
}
