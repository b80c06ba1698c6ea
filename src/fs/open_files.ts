/**
 * Checks that enough more files can be opened, before operations that would otherwise end the whole
 * process: the runtime panics if it can't when starting a thread or listening to a signal.
 *
 * Guarantees: it opens that many files and closes them again, so it counts inherited files too and needs
 * no /proc. Other threads may take free ones meanwhile, so ask for more than is needed.
 *
 * @module
 */
import { closeSync, openSync } from "node:fs";
import { StoreError } from "../errors.ts";
import { DISK } from "../messages/disk.ts";
import { errnoOf } from "./disk_error.ts";

/** What a run takes beyond what is open at its start: 39 with four threads; the rest is connections. */
export const FILES_OF_A_RUN = 48;

/** What starting a thread takes: 6. */
export const FILES_OF_A_THREAD = 10;

/** Throws StoreError unless this process may open as many more files. */
export function requireOpenFiles(needed: number): void {
  const open: number[] = [];
  try {
    while (open.length < needed) open.push(openSync("/dev/null", "r"));
  } catch (error) {
    // Anything else, such as a chroot without /dev, says nothing about the limit.
    if (errnoOf(error) !== "EMFILE") return;
    const free = open.length;
    throw new StoreError("io", DISK.few_more_files({ free, needed }), {
      expected: needed,
      found: free,
      hint: DISK.raise_ulimit(),
      cause: error,
    });
  } finally {
    open.forEach((file) => closeSync(file));
  }
}
