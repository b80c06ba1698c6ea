/**
 * Lets a test kill the program at a step of its choice.
 *
 * @module
 */

/** In test builds only: stops at a named step and says so, to be killed there. */
export function testStop(): { onStep?: (step: string) => void } {
  const name = "DATAHUBSYNC_TEST_STOP";
  if (Deno.permissions.querySync({ name: "env", variable: name }).state !== "granted") return {};
  const step = Deno.env.get(name);
  if (step === undefined) return {};
  return {
    onStep(at) {
      if (at !== step) return;
      // Killing itself would need permission to run programs, which no build has.
      Deno.stderr.writeSync(new TextEncoder().encode(`stopped at ${at}\n`));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  };
}
