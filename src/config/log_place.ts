/**
 * Checks the log's path: a file, or a device such as /dev/null, but nothing that blocks when
 * opened, or that log lines would destroy.
 *
 * Guarantees: opens nothing. A path that can't be examined passes: the log's writer reports if it
 * can't be written, and that stops no run.
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

/** Reports a path that can't hold a log. Doesn't report a folder: that only costs the log. */
export async function checkLogPlace({ path, setting }: LogPlace): Promise<void> {
  // stdout may well be a pipe that somebody reads.
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
