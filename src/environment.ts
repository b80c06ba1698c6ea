/**
 * The process's environment variables.
 *
 * @module
 */
import { UsageError } from "./errors.ts";
import { CONFIG } from "./messages/config.ts";

/**
 * The value of an environment variable, `undefined` where it isn't set.
 *
 * @example
 * ```ts
 * import type { Environment } from "@datahubsync/client";
 *
 * const given: Environment = (name) => name === "DATAHUBSYNC_TOKEN" ? "abc" : undefined;
 * ```
 */
export type Environment = (name: string) => string | undefined;

/**
 * The process's own environment; a variable that it has no permission to read counts as not set.
 * Throws UsageError for one that isn't UTF-8.
 */
export function processEnvironment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) return undefined;
    if (!(cause instanceof Deno.errors.InvalidData)) throw cause;
    throw new UsageError(CONFIG.variable_not_text({ name }), {
      expected: "UTF-8",
      found: "other bytes",
      hint: CONFIG.variable_as_text(),
      cause,
    });
  }
}
