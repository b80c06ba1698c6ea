/**
 * What the process asks of the system for itself, before it does anything.
 *
 * Guarantees: whatever the umask that it was started under (NAS systems and containers start
 * programs under 000), nothing that the program makes can be written by everybody, nor by root's
 * group where root runs it: the next run's owner rule would refuse it; and its owner can use it, since
 * under 777 nobody could enter the work folder. SIGXFSZ is ignored, so that
 * exceeding `ulimit -f` is a failed write with its message, and not the end of the program.
 *
 * @module
 */
import { signalBetween } from "./command/stop_signals.ts";

/**
 * Settles the process; rejects at a signal that comes while no command listens. The library never does
 * this.
 */
export function settleProcess(): Promise<never> {
  if (Deno.build.os === "windows") return new Promise(() => {});
  const others = Deno.uid() === 0 ? 0o022 : 0o002;
  Deno.umask((Deno.umask() | others) & ~0o700);
  Deno.addSignalListener("SIGXFSZ", () => {});
  return signalBetween();
}
