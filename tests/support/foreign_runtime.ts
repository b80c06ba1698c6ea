/**
 * Whether a target can be compiled for from here.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { runtimeFor } from "../../tools/compile.ts";
import { NoRuntimeError } from "../../tools/runtime.ts";

/** Why a target's runtime can't be had, for a test that is then skipped; `undefined` when it can. */
export async function missingRuntime(target: string): Promise<string | undefined> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  try {
    await runtimeFor(target, { root, say: () => {} });
    return undefined;
  } catch (error) {
    if (error instanceof NoRuntimeError) return error.message;
    throw error;
  }
}
