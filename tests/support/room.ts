/**
 * A place for tests that write gigabytes, where the machine has one.
 *
 * @module
 */
import { dirname } from "node:path";
import { statfs } from "node:fs/promises";
import { tempDir } from "./temp.ts";

/** What statfs calls a file system in memory. */
const TMPFS = 0x01021994;

/** A folder on a disk with that many bytes free, or why there is none. */
export async function roomFor(bytes: number): Promise<{ dir: string } | { why: string }> {
  const reasons: string[] = [];
  await using temp = await tempDir();
  for (const dir of new Set([dirname(temp.path), "/var/tmp"])) {
    const answer = await statfs(dir).catch(() => undefined);
    if (answer === undefined) continue;
    const free = answer.bavail * answer.bsize;
    if (answer.type === TMPFS) reasons.push(`${dir} is memory`);
    else if (free < bytes) reasons.push(`${dir} has ${(free / 1e9).toFixed(1)} GB free`);
    else return { dir };
  }
  return { why: `${(bytes / 1e9).toFixed(0)} GB are needed, and ${reasons.join(", ")}` };
}
