/**
 * Ends a command in order at the first signal, and at once at the second.
 *
 * @module
 */
import { InterruptedError } from "../../errors.ts";
import { EXIT } from "./exit_code.ts";
import { COMMAND } from "../../messages/command.ts";

/** Signals that are listened for until it is disposed of. */
interface StopSignals extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The exit code of the signal that came; `undefined` = none yet. */
  readonly code: number | undefined;
}

const SIGNALS = [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.terminated],
  ["SIGHUP", EXIT.terminated],
] as const;

/** Begins to listen; `onSecond` is called before the second signal ends the process. */
export function stopSignals(onSecond: () => void = () => {}): StopSignals {
  const stop = new AbortController();
  let seen: number | undefined;
  const removals = SIGNALS.map(([signal, code]) => {
    const listener = (): void => {
      if (seen !== undefined) {
        onSecond();
        Deno.exit(code);
      }
      seen = code;
      stop.abort(new InterruptedError(COMMAND.interrupted_by({ signal })));
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  return {
    signal: stop.signal,
    get code() {
      return seen;
    },
    [Symbol.dispose]: () => removals.forEach((remove) => remove()),
  };
}
