/**
 * The file that an entry is extracted into, with the CRC-32, size and SHA-256 of what went in.
 *
 * Guarantees: the target is there only with all of its content, verified; what takes several writes is
 * made beside it, under a name that no reader takes for data. An unfinished file is removed on
 * disposal. It never writes more bytes than the entry's size. It doesn't flush.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { createHash, type Hash } from "node:crypto";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import { ArchiveError, DataHubSyncError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { replaceWithContent, replaceWithNew, UNFINISHED } from "../../fs/new_file.ts";
import { readFully, readOn, writeFully } from "../../fs/whole_io.ts";
import { Writeback } from "../../fs/writeback.ts";
import type { ExtractTask } from "./extract_messages.ts";
import { WINDOW_SIZE } from "../../deflate/inflater.ts";
import { ZIP } from "../../messages/zip.ts";
import { WindowReader } from "./window_reader.ts";

/** An output file with a running CRC and size and, if asked for, SHA-256. */
export class EntryOutput {
  readonly #task: ExtractTask;
  readonly #hash: Hash | undefined;
  #sha256: string | undefined;
  readonly #keepOpen: boolean;
  readonly #writeback: Writeback | undefined;
  /** Where content of several writes goes until it is verified. */
  readonly #unfinished: string;
  #file: Deno.FsFile | undefined;
  #crc = 0;
  #size = 0;
  #exists = false;
  #checked = false;
  #finished = false;

  /**
   * With `keepOpen` the file is open at the end, so that its owner can flush it. Without, content
   * that comes in one piece is checked first, and written in one call. With `flushed` it will be
   * flushed, so the disk may begin before the end.
   */
  constructor(
    task: ExtractTask,
    { keepOpen = false, flushed = false }: { keepOpen?: boolean; flushed?: boolean } = {},
  ) {
    this.#task = task;
    this.#hash = task.digest === undefined ? undefined : createHash("sha256");
    this.#keepOpen = keepOpen;
    // The offset is unique in a package, so no two entries share a name.
    this.#unfinished = `${dirname(task.target)}/.${task.headerOffset}${UNFINISHED}`;
    this.#writeback = flushed ? new Writeback(this.#unfinished) : undefined;
  }

  /** The open file; `undefined` where it was written in one call. */
  get file(): Deno.FsFile | undefined {
    return this.#file;
  }

  /** Writes content. Throws StoreError, ArchiveError `wrong_size`, `wrong_crc` or `wrong_digest`. */
  write(chunk: Uint8Array): void {
    const { size } = this.#task;
    this.#crc = crc32(chunk, this.#crc);
    this.#hash?.update(chunk);
    this.#size += chunk.length;
    if (this.#size > size) throw wrongSize(this.#task, ZIP.bytes_longer({ number: size }));
    if (chunk.length === size && !this.#keepOpen) {
      this.#checkContent();
      this.#create(() => replaceWithContent(this.#task.target, chunk));
      return;
    }
    const file = this.#file ??= this.#create(() => replaceWithNew(this.#unfinished));
    this.#toDisk(ZIP.write_staged(), () => writeFully(file, chunk));
    this.#writeback?.wrote(chunk.length);
  }

  /**
   * Copies the first `length` bytes of another file; returns the last 32 KB of them. Any fault of
   * that file is an ArchiveError: the user may have changed it, and the entry can be fetched whole.
   */
  copyFrom(path: string, length: number, buffer: Uint8Array): Uint8Array {
    return this.#ofOld(path, (old) => {
      const reader = this.#copy(old, { offset: 0, length }, buffer);
      const start = Math.max(0, length - WINDOW_SIZE);
      return length === 0
        ? new Uint8Array()
        : reader.exactly(start, length - start, length).slice();
    });
  }

  /** Copies `length` bytes of another file from `offset` on, with faults as of {@linkcode copyFrom}. */
  copyPart(path: string, part: { offset: number; length: number }, buffer: Uint8Array): void {
    this.#ofOld(path, (old) => this.#copy(old, part, buffer));
  }

  /** Fills `into` from another file's `offset` on, with faults as of {@linkcode copyFrom}. */
  readPart(path: string, offset: number, into: Uint8Array): void {
    this.#ofOld(path, (old) => {
      const { length } = offset === 0 ? readOn(old, into) : readFully(old, offset, into);
      if (length < into.length) throw new Error(`it ends at byte ${offset + length}`);
    });
  }

  #ofOld<T>(path: string, work: (old: Deno.FsFile) => T): T {
    try {
      using old = openPlain(path);
      return work(old);
    } catch (cause) {
      // A reader's words about a file that ends too soon are about packages.
      const ended = cause instanceof ArchiveError && cause.code === "bad_local_header";
      if (cause instanceof DataHubSyncError && !ended) throw cause;
      throw new ArchiveError("bad_data", ZIP.old_unreadable({ path: this.#task.path }), {
        path,
        cause,
      });
    }
  }

  #copy(
    old: Deno.FsFile,
    { offset, length }: { offset: number; length: number },
    buffer: Uint8Array,
  ): WindowReader {
    const reader = new WindowReader(old, buffer);
    const end = offset + length;
    for (let at = offset; at < end;) {
      const chunk = reader.some(at, end - at, end);
      this.write(chunk);
      at += chunk.length;
    }
    return reader;
  }

  /** Throws ArchiveError if what was written isn't the entry's content. */
  verify(): void {
    const { size, target } = this.#task;
    if (this.#size !== size) throw wrongSize(this.#task, ZIP.bytes({ number: this.#size }));
    this.#checkContent();
    if (!this.#exists) this.#file = this.#create(() => replaceWithNew(this.#unfinished)); // it is empty
    if (this.#file !== undefined) {
      this.#toDisk(ZIP.create_staged(), () => Deno.renameSync(this.#unfinished, target));
    }
    this.#finished = true;
  }

  /** What is known of a verified file. */
  facts(): { mtimeMs: number; sha256?: string } {
    const sha256 = this.#sha256;
    return { mtimeMs: this.mtimeMs(), ...(sha256 !== undefined && { sha256 }) };
  }

  /**
   * When the file was last written, ms since the epoch. Asked for by its path: asked of the handle, the
   * runtime looks at every folder above it once more to judge its permissions.
   */
  mtimeMs(): number {
    return Deno.lstatSync(this.#task.target).mtime?.getTime() ?? 0;
  }

  /**
   * Closes the file unless it was handed on, including when an unfinished extraction is given up.
   */
  leave(): void {
    this.#writeback?.[Symbol.dispose]();
    if (this.#finished) return;
    this.#file?.close();
    if (!this.#exists) return;
    try {
      Deno.removeSync(this.#file === undefined ? this.#task.target : this.#unfinished);
    } catch {
      // Leftovers are checked before they are used.
    }
  }

  /** Once all of it has come; throws ArchiveError. */
  #checkContent(): void {
    if (this.#checked) return;
    const { crc, path, digest } = this.#task;
    if (this.#crc !== crc) {
      throw new ArchiveError("wrong_crc", ZIP.wrong_content({ path }), {
        expected: `CRC-32 ${hex(crc)}`,
        found: `CRC-32 ${hex(this.#crc)}`,
      });
    }
    this.#sha256 = this.#hash?.digest("base64url");
    const { expected = this.#sha256 } = digest ?? {};
    if (this.#sha256 !== expected) throw wrongDigest(path, expected, this.#sha256);
    this.#checked = true;
  }

  #create<T>(make: () => T): T {
    this.#exists = true; // where it fails half-way, too
    return this.#toDisk(ZIP.create_staged(), make);
  }

  #toDisk<T>(to: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw diskError(error, this.#task.target, to);
    }
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** The error of content that has the directory's CRC-32 and size, but isn't what was vouched for. */
function wrongDigest(
  path: string,
  expected: string | undefined,
  found: string | undefined,
): ArchiveError {
  return new ArchiveError("wrong_digest", ZIP.wrong_digest({ path }), {
    entry: path,
    expected: `SHA-256 ${expected}`,
    found: `SHA-256 ${found}`,
  });
}

function wrongSize(task: ExtractTask, found: string): ArchiveError {
  return new ArchiveError("wrong_size", ZIP.wrong_length({ path: task.path }), {
    expected: `${task.size} bytes`,
    found,
  });
}
