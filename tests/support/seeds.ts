/**
 * Loaded before the tests: gives the property tests one seed where CI runs them, so that a run there
 * says something about the change and nothing about luck. Elsewhere every run draws its own.
 */
const seed = Number(Deno.env.get("TEST_SEED"));
if (Number.isInteger(seed) && Deno.env.has("TEST_SEED")) {
  // Not for every file: loading it takes longer than most of them.
  const { configureGlobal } = await import("fast-check");
  configureGlobal({ seed });
}
