/**
 * The file that an entry is extracted into.
 *
 * Guarantees: the target is there only with all of its content, verified; what takes several writes is
 * made beside it, under a name that no reader takes for data. An unfinished file is removed on
 * disposal. It never writes more bytes than the entry's size. It doesn't flush.
 *
 * @module
 */
import { openUnseen } from "../../plain_file.ts";
import { dirname } from "node:path";
import { ArchiveError, DataHubSyncError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { replaceWithContent, replaceWithNew, UNFINISHED } from "../../fs/new_file.ts";
import { cloneToNew } from "../../fs/reflink.ts";
import { readFully, readOn, writeFully } from "../../fs/whole_io.ts";
import { Writeback } from "../../fs/writeback.ts";
import type { ExtractTask } from "./extract_messages.ts";
import { WINDOW_SIZE } from "../../deflate/inflater.ts";
import { ZIP } from "../../messages/zip.ts";
import { RunningContent } from "./running_content.ts";
import { WindowReader } from "./window_reader.ts";

/**
 * From how many bytes on old content is cloned where the disk can. 5,300 files of 100 KB that got a row
 * each wrote 48 MB to XFS in place of 546, for 0.5 s more of CPU time.
 */
const CLONE_FROM = 32 << 10;

/** Options for an output file. */
interface EntryOutputOptions {
  /**
   * Whether the file is open at the end, so that its owner can flush it. Otherwise content that comes
   * in one piece is checked first, and written in one call.
   */
  keepOpen?: boolean;
  /** Whether it will be flushed, so that the disk may begin before the end. */
  flushed?: boolean;
  /** Whether old content at its beginning is cloned. */
  reflinks?: boolean;
}

/** An output file. */
export class EntryOutput {
  readonly #task: ExtractTask;
  readonly #content: RunningContent;
  readonly #keepOpen: boolean;
  readonly #reflinks: boolean;
  readonly #writeback: Writeback | undefined;
  /** Where content of several writes goes until it is verified. */
  readonly #unfinished: string;
  #file: Deno.FsFile | undefined;
  /** The file, where it began as a clone. */
  #clone: Deno.FsFile | undefined;
  #exists = false;
  #finished = false;

  constructor(
    task: ExtractTask,
    { keepOpen = false, flushed = false, reflinks = false }: EntryOutputOptions = {},
  ) {
    this.#task = task;
    this.#content = new RunningContent(task);
    this.#keepOpen = keepOpen;
    this.#reflinks = reflinks;
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
    this.#content.update(chunk);
    if (chunk.length === this.#task.size && !this.#keepOpen) {
      this.#content.check();
      this.#create(() => replaceWithContent(this.#task.target, chunk));
      return;
    }
    const file = this.#file ??= this.#create(() => replaceWithNew(this.#unfinished));
    this.#toDisk(ZIP.write_staged(), () => {
      this.#clone?.seekSync(this.#content.size - chunk.length, Deno.SeekMode.Start); // it was read, too
      writeFully(file, chunk);
    });
    this.#writeback?.wrote(chunk.length);
  }

  /** Whether the first `length` bytes of old content would be cloned rather than written. */
  clones(length: number): boolean {
    return this.#reflinks && length >= CLONE_FROM;
  }

  /**
   * Copies the first `length` bytes of another file; returns the last 32 KB of them. Any fault of
   * that file is an ArchiveError: the user may have changed it, and the entry can be fetched whole.
   */
  copyFrom(path: string, length: number, buffer: Uint8Array): Uint8Array {
    return this.#ofOld(path, (old) => {
      const reader = this.#copy({ path, old }, { offset: 0, length }, buffer);
      const start = Math.max(0, length - WINDOW_SIZE);
      return length === 0
        ? new Uint8Array()
        : reader.exactly(start, length - start, length).slice();
    });
  }

  /** Copies `length` bytes of another file from `offset` on, with faults as of {@linkcode copyFrom}. */
  copyPart(path: string, part: { offset: number; length: number }, buffer: Uint8Array): void {
    this.#ofOld(path, (old) => this.#copy({ path, old }, part, buffer));
  }

  /**
   * Fills `into` from another file's `offset` on, with faults as of {@linkcode copyFrom}. It will be
   * the content's part from byte `at` on.
   */
  readPart(path: string, { offset, at }: { offset: number; at: number }, into: Uint8Array): void {
    this.#ofOld(path, (old) => {
      const { length } = offset === 0 ? readOn(old, into) : readFully(old, offset, into);
      if (length < into.length) throw new Error(`it ends at byte ${offset + length}`);
      if (offset > 0 || at > 0) return;
      this.#content.goOn(
        length,
        (from, rest) =>
          from + rest <= length
            ? into.subarray(from, from + rest)
            : readFully(old, from, new Uint8Array(rest)),
      );
    });
  }

  #ofOld<T>(path: string, work: (old: Deno.FsFile) => T): T {
    try {
      using old = openUnseen(path);
      return work(old);
    } catch (cause) {
      // A reader's words about a file that ends too soon are about packages.
      const ended = cause instanceof ArchiveError && cause.code === "bad_local_header";
      if (cause instanceof DataHubSyncError && !ended) throw cause;
      throw new ArchiveError("bad_data", ZIP.old_unreadable({ path: this.#task.path }), {
        entry: this.#task.path,
        path,
        cause,
      });
    }
  }

  #copy(
    { path, old }: { path: string; old: Deno.FsFile },
    { offset, length }: { offset: number; length: number },
    buffer: Uint8Array,
  ): WindowReader {
    if (offset === 0 && this.#content.size === 0) {
      this.#content.goOn(length, (from, rest) => readFully(old, from, new Uint8Array(rest)));
    }
    const clone = offset === 0 ? this.#cloneOf(path, length) : undefined;
    const reader = new WindowReader(clone ?? old, buffer);
    const end = offset + length;
    for (let at = offset; at < end;) {
      const chunk = reader.some(at, end - at, end);
      if (clone === undefined) this.write(chunk);
      else this.#content.update(chunk);
      at += chunk.length;
    }
    return reader;
  }

  /**
   * Begins with a clone of a file's first `length` bytes, where the disk can, and returns it: it is
   * what gets checked, since the original may change meanwhile.
   */
  #cloneOf(path: string, length: number): Deno.FsFile | undefined {
    if (!this.clones(length) || this.#content.size > 0) return undefined;
    const clone = cloneToNew(path, this.#unfinished);
    if (clone === undefined) return undefined;
    this.#exists = true;
    this.#file = clone;
    if (clone.seekSync(0, Deno.SeekMode.End) > length) clone.truncateSync(length);
    return this.#clone = clone;
  }

  /** Throws ArchiveError if what was written isn't the entry's content. */
  verify(): void {
    const { target } = this.#task;
    this.#content.check();
    if (!this.#exists) this.#file = this.#create(() => replaceWithNew(this.#unfinished)); // it is empty
    if (this.#file !== undefined) {
      this.#toDisk(ZIP.create_staged(), () => Deno.renameSync(this.#unfinished, target));
    }
    this.#finished = true;
  }

  /** What is known of a verified file. */
  facts(): { mtimeMs: number; sha256?: string; midstate?: string } {
    return { mtimeMs: this.mtimeMs(), ...this.#content.digests };
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
