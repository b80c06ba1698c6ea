/**
 * Hears of a shell's job control: Ctrl-Z, and `fg` or `bg` after it.
 *
 * @module
 */

/** Calls the function at each such signal until it is disposed of. */
export function onJobSignal(signal: "SIGTSTP" | "SIGCONT", call: () => void): Disposable {
  if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
  Deno.addSignalListener(signal, call);
  return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, call) };
}
