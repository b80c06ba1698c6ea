/**
 * The arguments that every fuzzer takes.
 *
 * @module
 */
import { parseArgs } from "node:util";

/** Reads them; `only` is the one case to run, and `cases` is then 1. */
export function fuzzArgs(
  args: string[],
  usual: number,
): { cases: number; seed: number; only: number | undefined; json: boolean } {
  const { values: { cases, seed, only, json } } = parseArgs({
    args,
    options: {
      cases: { type: "string", default: String(usual) },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const one = only === undefined ? undefined : Number(only);
  return { cases: one === undefined ? Number(cases) : 1, seed: Number(seed), only: one, json };
}
