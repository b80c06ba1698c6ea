/**
 * Checks the log's path: a file, or a device such as /dev/null, but nothing that blocks when
 * opened, or that log lines would destroy.
 *
 * Guarantees: opens nothing. A path that can't be examined passes: the log's writer reports if it
 * can't be written, and that stops no run.
 *
 * @module
 */
import { CONFIG } from "../../messages/config.ts";
import type { Setting } from "./setting.ts";

/** Where the log is to be. */
export interface LogPath {
  /** Absolute. */
  path: string;
  setting: Setting;
}

/** Reports a path that can't hold a log. Doesn't report a folder: that only costs the log. */
export async function checkLogPath({ path, setting }: LogPath): Promise<void> {
  // stdout may well be a pipe that somebody reads.
  if (/^\/(dev|proc)\//.test(path)) return;
  const problem = problemOf(await Deno.stat(path).catch(() => undefined));
  if (problem !== undefined) setting.report(problem({ path }));
}

function problemOf(
  info: Deno.FileInfo | undefined,
): ((at: { path: string }) => string) | undefined {
  if (info?.isFifo) return CONFIG.log_pipe;
  if (info?.isSocket) return CONFIG.log_socket;
  return info?.isBlockDevice ? CONFIG.log_disk : undefined;
}
