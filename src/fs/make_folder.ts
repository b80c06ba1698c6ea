/**
 * Makes a folder with those above it.
 *
 * Guarantees: one that is there stays as it is, `/` included, which the runtime refuses to make.
 *
 * @module
 */
import { ifThere } from "./if_there.ts";

/** Makes the folder, unless it is there. Throws what the system says. */
export function makeFolder(path: string): void {
  if (ifThere(() => Deno.statSync(path)) === undefined) Deno.mkdirSync(path, { recursive: true });
}
