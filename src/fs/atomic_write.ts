/**
 * Replaces a file's content atomically.
 *
 * Guarantees: a reader sees the old content or the new, never a part; after a failure the old content
 * stands and no temporary file is left. A pipe or a device is never replaced. With `durable` the new
 * content survives a power cut once the call has returned; without it a power cut may lose it, or leave
 * the file empty. A process that dies midway leaves its temporary file, which the first write of that
 * file ten minutes later removes, or {@linkcode removeLeftovers} at once.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { diskError } from "./disk_error.ts";
import { flushDirectory, flushOpen } from "./flush.ts";
import { renameInPlace } from "./held_folder.ts";
import { refuseSpecial, setOwnMode } from "./own_file.ts";
import { DISK } from "../messages/disk.ts";

interface AtomicWriteOptions {
  /** Whether content and name are flushed to the disk; default true. */
  durable?: boolean;
  /** The new file's mode, less the umask; default 0o666. */
  mode?: number;
  /** Whether everybody may read it, whatever the umask: for readers that are other users. */
  forAll?: boolean;
  /**
   * Whether the path has no links above the file, so that it replaces nothing where one leads that
   * somebody makes meanwhile (`held_folder.ts`).
   */
  inPlace?: boolean;
}

/** Nobody writes one small file for so long. */
const DEAD_AFTER_MS = 600_000;

/**
 * Removes the temporary files that crashed writers of these files left behind. Only for callers
 * that know that nobody is writing them now, unless they name a file that was made just now: then
 * only what is ten minutes older goes, by the file system's own clock. Never throws: what can't be
 * removed does no harm.
 */
export async function removeLeftovers(
  folder: string,
  names: readonly string[],
  madeNow?: string,
): Promise<void> {
  const stems = new Set(names.map(stemOf));
  try {
    const before = madeNow === undefined ? Infinity : await changed(madeNow) - DEAD_AFTER_MS;
    for await (const { name } of Deno.readDir(folder)) {
      // Twice where a file for everybody was written: its temporary name, written atomically.
      const stem = /^\.(.+?)(?:\.[0-9a-f]{8}\.tmp){1,2}$/.exec(name)?.[1];
      if (stem === undefined || !stems.has(stem)) continue;
      const path = join(folder, name);
      if (before === Infinity || await changed(path) < before) await Deno.remove(path);
    }
  } catch {
    // Left for another run.
  }
}

async function changed(path: string): Promise<number> {
  return (await Deno.lstat(path)).mtime?.getTime() ?? NaN;
}

/** The longest name that most file systems allow, in bytes. */
export const NAME_MAX = 255;

/** The content to write: text, bytes, or bytes in pieces. */
export type FileData = string | Uint8Array | readonly Uint8Array[];

/** Writes `data` to `path` atomically. Throws StoreError. */
export async function writeFileAtomic(
  path: string,
  data: FileData,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const { durable = true, mode, forAll = false, inPlace = false } = options;
  refuseSpecial(path);
  const temporary = temporaryNameFor(path);
  try {
    await writeNew(temporary, data, durable, mode);
    if (forAll) setOwnMode(temporary, 0o644);
    if (inPlace) renameInPlace(temporary, path);
    else await Deno.rename(temporary, path);
    if (durable) await flushDirectory(dirname(path));
    await removeLeftovers(dirname(path), [basename(path)], path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw diskError(error, path, DISK.write_the_file());
  }
}

/**
 * A name beside `path` that no reader mistakes for data: hidden, and ending in `.tmp`. A long name
 * is truncated, since the file's own name may already be as long as the file system allows.
 */
export function temporaryNameFor(path: string): string {
  const random = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `.${stemOf(basename(path))}.${random}.tmp`);
}

/** What a file's temporary names begin with, after the dot. */
function stemOf(name: string): string {
  return beginningOf(name.replace(/^\.+/, ""), NAME_MAX - "..01234567.tmp".length);
}

/** The longest beginning of a name that takes at most `bytes` bytes. */
export function beginningOf(name: string, bytes: number): string {
  return name.slice(0, new TextEncoder().encodeInto(name, new Uint8Array(bytes)).read);
}

async function writeNew(
  path: string,
  data: FileData,
  durable: boolean,
  mode: number | undefined,
): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const pieces = bytes instanceof Uint8Array ? [bytes] : bytes;
  using file = await Deno.open(path, {
    write: true,
    createNew: true,
    ...(mode === undefined ? {} : { mode }),
  });
  for (const piece of pieces) {
    let written = 0;
    while (written < piece.length) written += await file.write(piece.subarray(written));
  }
  if (durable) await flushOpen(file);
}
