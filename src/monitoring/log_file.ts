/**
 * The log file: appends lines, and rotates the file by size.
 *
 * Guarantees: a line is one write with O_APPEND, so concurrent runs don't break each other's lines;
 * a file that was moved away (by logrotate or another run) is detected before the next line, which
 * goes to a new file; two runs never rotate at once, unless a program that isn't one of them keeps
 * the log locked, which holds up nobody. A link stays a link: its target is rotated, in
 * the target's folder. Lines aren't flushed to the disk.
 *
 * @module
 */
import { makeFolder } from "../fs/make_folder.ts";
import { orElse } from "../or_else.ts";
import { dirname } from "node:path";
import { openOwn } from "../fs/own_file.ts";
import { writeFully } from "../fs/whole_io.ts";
import { ifThere } from "../fs/if_there.ts";

/**
 * The standard streams, which may be named as a file. The already open stream is used: a program
 * with per-path permissions can't open them, and rotating their targets is up to whoever opened
 * them.
 */
const STREAMS: Readonly<Record<string, { writeSync(bytes: Uint8Array): number }>> = {
  "/dev/stdout": Deno.stdout,
  "/dev/stderr": Deno.stderr,
};

/** Whether a log's target keeps nothing, and so needs no rotation. */
export function isStream(path: string): boolean {
  return path in STREAMS || path === "/dev/null";
}

/** Appends lines to a file that may be rotated. */
export class LogFile implements Disposable {
  readonly #path: string;
  readonly #maxSize: number;
  readonly #keep: number;
  readonly #encoder = new TextEncoder();
  #file: Deno.FsFile | undefined;

  /** `maxSize` in bytes, 0 = never rotate; `keep` = rotated files kept (`.1` is the newest). */
  constructor(path: string, options: { maxSize: number; keep: number }) {
    this.#path = path;
    this.#maxSize = options.maxSize;
    this.#keep = options.keep;
  }

  /** Appends one line. Throws file system errors. */
  write(line: string): void {
    const bytes = this.#encoder.encode(line + "\n");
    const to = STREAMS[this.#path] ?? this.#fileFor(bytes.length);
    writeFully(to, bytes);
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** The open log, rotated first if `added` bytes would exceed the limit. */
  #fileFor(added: number): Deno.FsFile {
    this.#reopenIfMoved();
    if (this.#wouldOverflow(added)) this.#rotate(added);
    return this.#open();
  }

  #open(): Deno.FsFile {
    if (this.#file === undefined) {
      makeFolder(dirname(this.#path));
      this.#file = isStream(this.#path)
        ? Deno.openSync(this.#path, { append: true })
        : openOwn(this.#path, { access: "append", create: 0o640, followOwnLinks: true });
    }
    return this.#file;
  }

  #reopenIfMoved(): void {
    if (this.#file === undefined) return;
    const held = this.#file.statSync();
    const named = ifThere(() => Deno.statSync(this.#path));
    if (named === undefined || named.ino !== held.ino || named.dev !== held.dev) {
      this[Symbol.dispose]();
    }
  }

  #wouldOverflow(added: number): boolean {
    if (this.#maxSize <= 0) return false;
    const size = this.#open().statSync().size;
    return size > 0 && size + added > this.#maxSize;
  }

  #rotate(added: number): void {
    const file = this.#open();
    // Whoever may read the log may keep it locked: then it grows to twice its size, and is rotated anyway.
    if (!canLock(file) && file.statSync().size < 2 * this.#maxSize) return;
    // The previous lock holder may have rotated: then our file is `.1` by now, and there is a new one.
    this.#reopenIfMoved();
    if (this.#file === file && this.#wouldOverflow(added)) this.#shift();
    this[Symbol.dispose]();
  }

  #shift(): void {
    const path = Deno.realPathSync(this.#path);
    if (this.#keep <= 0) return Deno.removeSync(path);
    for (let n = this.#keep - 1; n >= 1; n--) {
      if (ifThere(() => Deno.statSync(`${path}.${n}`)) === undefined) continue;
      Deno.renameSync(`${path}.${n}`, `${path}.${n + 1}`);
    }
    Deno.renameSync(path, `${path}.1`);
  }
}

function canLock(file: Deno.FsFile): boolean {
  // the file system has no locks
  return orElse(() => file.tryLockSync(true), true);
}
