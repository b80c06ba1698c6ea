/**
 * Whether a folder can be written to and its files locked, by trying it.
 *
 * Guarantees: makes one hidden file and removes it; nothing else changes.
 *
 * @module
 */
import { temporaryNameFor } from "../../../fs/atomic_write.ts";
import { diskError } from "../../../fs/disk_error.ts";
import { StoreError } from "../../../errors.ts";
import { acquireLock } from "../../../store/lock.ts";
import { shellWord } from "../../../shell_word.ts";
import { type Machine, takeOver } from "../check_context.ts";
import { join } from "node:path";
import { CHECK } from "../../../messages/check.ts";

/** What trying showed. */
type Probe = { writable: true; locks: boolean } | { writable: false; error: StoreError };

/** What makes a folder writable that the probe couldn't write to. */
export function toWrite(folder: string, { code, hint }: StoreError, machine: Machine): string {
  return code === "no_permission"
    ? takeOver(machine, folder)
    : hint ?? `ls -ld ${shellWord(folder)}`;
}

/** Tries to write to a folder that exists, and to lock. */
export async function probeFolder(folder: string): Promise<Probe> {
  const path = temporaryNameFor(join(folder, "check"));
  try {
    const holder = { hostname: "check", pid: Deno.pid };
    using lock = await acquireLock(path, { clock: Date.now, ...holder });
    return { writable: true, locks: lock.honoured };
  } catch (error) {
    // Which hidden file it was tried with says nothing to anybody.
    const why = error instanceof StoreError ? error.cause ?? error : error;
    return { writable: false, error: diskError(why, folder, CHECK.write_to_the_folder()) };
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}
