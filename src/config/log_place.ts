/**
 * What is at the place of the log: a file, or a device such as /dev/null; nothing that keeps whoever
 * opens it waiting, or that lines would destroy.
 *
 * Guarantees: looks and opens nothing. What can't be looked at passes: a log that can't be written
 * is told by whoever writes it, and stops nobody.
 *
 * @module
 */
import type { Setting } from "./setting.ts";

/** Where the log is to be. */
export interface LogPlace {
  /** Absolute. */
  path: string;
  setting: Setting;
}

/** Reports a place at which no log can be. A folder isn't reported: that costs the log only. */
export async function checkLogPlace({ path, setting }: LogPlace): Promise<void> {
  // What stdout leads to may well be a pipe, and somebody reads it then.
  if (/^\/(dev|proc)\//.test(path)) return;
  const found = kindOf(await Deno.stat(path).catch(() => undefined));
  if (found === undefined) return;
  setting.report(
    `expected a file for the log, found ${found}: ${path}; ` +
      "name a file, or /dev/stdout for a program that reads along",
  );
}

function kindOf(info: Deno.FileInfo | undefined): string | undefined {
  if (info?.isFifo) return "a named pipe, on which a run would wait for a reader";
  if (info?.isSocket) return "a socket";
  if (info?.isBlockDevice) return "a disk";
  return undefined;
}
