/**
 * A package whose entries ask for modes that nobody should get.
 *
 * @module
 */
import { assemble } from "./odd_zip_parts.ts";

/** Setuid, setgid, sticky, executable, for everybody, for nobody. */
export function assembleModes(): Uint8Array {
  const modes = [0o104755, 0o102777, 0o101777, 0o100755, 0o100777, 0o100000];
  return assemble(modes.map((mode) => ({ name: `${mode.toString(8)}.csv`, mode })));
}
