/**
 * Replaces a file's content in one step.
 *
 * Guarantees: a reader sees the old content or the new, never a part; after a failure the old
 * content stands and no temporary file is left. With `durable` the new content survives a power
 * cut once the call has returned; without it a power cut may lose it, or leave the file empty.
 * A process that dies on the way leaves its temporary file: {@linkcode removeLeftovers} takes it.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { diskError } from "./disk_error.ts";
import { flushDirectory, flushOpen } from "./flush.ts";
import { setOwnMode } from "./own_file.ts";

/** How a file is written. */
export interface AtomicWriteOptions {
  /** Whether content and name are flushed to the disk; default true. */
  durable?: boolean;
  /** The new file's mode, less the umask; default 0o666. */
  mode?: number;
  /** Whether everybody may read it, whatever the umask: for readers that are other users. */
  forAll?: boolean;
}

/**
 * Removes the temporary files that writers of these files left when they died. Only for a caller who
 * knows that nobody writes them now. Never throws: what can't be removed harms nobody.
 */
export async function removeLeftovers(folder: string, names: readonly string[]): Promise<void> {
  const stems = new Set(names.map((name) => name.replace(/^\.+/, "")));
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const stem = /^\.(.+)\.[0-9a-f]{8}\.tmp$/.exec(name)?.[1];
      if (stem !== undefined && stems.has(stem)) await Deno.remove(join(folder, name));
    }
  } catch {
    // Another run will do it.
  }
}

/** The longest name most file systems take, in bytes. */
const NAME_MAX = 255;

/** What is written: a text, bytes, or bytes in pieces. */
export type FileData = string | Uint8Array | readonly Uint8Array[];

/** Writes `data` to `path`, all or nothing. Throws StoreError. */
export async function writeFileAtomic(
  path: string,
  data: FileData,
  options: AtomicWriteOptions = {},
): Promise<void> {
  const { durable = true, mode, forAll = false } = options;
  const temporary = temporaryNameFor(path);
  try {
    await writeNew(temporary, data, durable, mode);
    if (forAll) setOwnMode(temporary, 0o644);
    await Deno.rename(temporary, path);
    if (durable) await flushDirectory(dirname(path));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw diskError(error, path, "write the file");
  }
}

/**
 * A name beside `path` that no reader takes for data: hidden, and ending in `.tmp`. A long name is
 * cut, since the file's own name may already be as long as the file system allows.
 */
export function temporaryNameFor(path: string): string {
  const ending = `.${crypto.randomUUID().slice(0, 8)}.tmp`;
  let stem = basename(path).replace(/^\.+/, "");
  const bytes = new TextEncoder();
  while (bytes.encode(`.${stem}${ending}`).length > NAME_MAX) stem = stem.slice(0, -8);
  return join(dirname(path), `.${stem}${ending}`);
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
