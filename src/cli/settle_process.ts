/**
 * What the process asks of the system for itself, before it does anything.
 *
 * Guarantees: whatever the umask that it was started under (NAS systems and containers start
 * programs under 000), nothing that the program makes can be written by everybody, nor by root's
 * group where root runs it: the owner rule of the next run would refuse it. What `ulimit -f` doesn't allow is
 * an error of the write, with its message; the signal that comes with it would end the program in silence.
 *
 * @module
 */

/** Settles the process. The library never does this. */
export function settleProcess(): void {
  if (Deno.build.os === "windows") return;
  const others = Deno.uid() === 0 ? 0o022 : 0o002;
  Deno.umask(Deno.umask() | others);
  Deno.addSignalListener("SIGXFSZ", () => {});
}
