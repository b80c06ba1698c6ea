/**
 * Who runs this program.
 *
 * @module
 */
import { orElse } from "../or_else.ts";

/**
 * This user's uid; `null` if there is none, or if a program that uses the library lacks the
 * permission.
 */
export function ownUid(): number | null {
  return orElse(() => Deno.uid(), null);
}
