/**
 * Ends a command in order at the first signal, and at once at the second.
 *
 * Guarantees: while no command listens, at the start and at the end, {@linkcode signalBetween} does.
 * SIGHUP ends a command only if one of its streams is a terminal, which may hang up: `nohup` replaces
 * all three. Whether SIGHUP was ignored at the start can't be known (the runtime shows `/proc` only to
 * programs with every permission) or preserved: listening to one signal changes how all are handled.
 *
 * @module
 */
import { InterruptedError } from "../../errors.ts";
import { EXIT } from "./exit_code.ts";
import { COMMAND } from "../../messages/command.ts";

/** Listens for signals until it is disposed of. */
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

type Listener = (signal: string, code: number) => void;

/** Called in this order. The process never stops listening, so that no signal is lost in between. */
const listeners = new Set<Listener>();
let stopListening = (): void => {};
/** The exit code of the signal that this process got. */
let got: number | undefined;

/** Begins to listen; `onSecond` is called before the second signal ends the process. */
export function stopSignals(onSecond: () => void = () => {}): StopSignals {
  const stop = new AbortController();
  let seen: number | undefined;
  const remove = listen((signal, code) => {
    if (seen !== undefined) {
      onSecond();
      Deno.exit(code);
    }
    seen = code;
    stop.abort(interruption(signal));
  });
  return {
    signal: stop.signal,
    get code() {
      return seen;
    },
    [Symbol.dispose]: remove,
  };
}

/** Rejects with InterruptedError if a signal comes while no command listens. */
export function signalBetween(): Promise<never> {
  return new Promise((_, reject) => {
    listen((signal) => {
      if (listeners.size === 1) reject(interruption(signal));
    });
  });
}

/** The exit code of the signal that this process got; `undefined` = none. */
export function signalCode(): number | undefined {
  return got;
}

/** Adds a listener; returns what removes it. */
function listen(listener: Listener): () => void {
  if (listeners.size === 0) stopListening = listenToAll();
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) stopListening();
  };
}

function listenToAll(): () => void {
  const removals = SIGNALS.map(([signal, code]) => {
    const isIgnored = signal === "SIGHUP" && !isAtTerminal();
    const tell = (): void => {
      if (isIgnored) return;
      got = code;
      for (const listener of [...listeners]) listener(signal, code);
    };
    Deno.addSignalListener(signal, tell);
    return () => Deno.removeSignalListener(signal, tell);
  });
  return () => removals.forEach((remove) => remove());
}

function isAtTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
}

function interruption(signal: string): InterruptedError {
  return new InterruptedError(COMMAND.interrupted_by({ signal }));
}
