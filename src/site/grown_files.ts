/**
 * What was appended to files since the previous package, noted while they are packed, so that making
 * a patch needn't unpack both packages to find it.
 *
 * Guarantees: bounded memory: the bytes are in a temporary file, removed with this object. A file that
 * isn't noted may have grown, too.
 *
 * @module
 */
import { readFully, writeFully } from "../fs/whole_io.ts";

/** A file that grew. Sizes and offsets are in bytes. */
interface GrownFile {
  /** The old content's length: the new one begins with all of it. */
  from: number;
  /** Where the rest lies. */
  at: number;
  length: number;
}

/** What was appended to one package's files. */
export class GrownFiles implements Disposable {
  readonly #path: string;
  readonly #most: number;
  readonly #files = new Map<string, GrownFile>();
  #file: Deno.FsFile | undefined;
  #size = 0;

  /** Keeps at most `most` bytes, in a file at `path`: with more, no patch is worth it. */
  constructor(path: string, most: number) {
    this.#path = path;
    this.#most = most;
  }

  /** Notes what was appended to a file. Throws what writing throws. */
  add(name: string, from: number, end: Uint8Array): void {
    if (this.#size + end.length > this.#most) return;
    this.#file ??= Deno.openSync(this.#path, {
      read: true,
      write: true,
      createNew: true,
      mode: 0o600,
    });
    this.#file.seekSync(this.#size, Deno.SeekMode.Start);
    writeFully(this.#file, end);
    this.#files.set(name, { from, at: this.#size, length: end.length });
    this.#size += end.length;
  }

  /** Where a file's appended bytes are, if they were noted. */
  get(name: string): GrownFile | undefined {
    return this.#files.get(name);
  }

  /** Reads a file's appended bytes. */
  end({ at, length }: GrownFile): Uint8Array {
    return readFully(this.#file!, at, new Uint8Array(length));
  }

  [Symbol.dispose](): void {
    if (this.#file === undefined) return;
    this.#file.close();
    this.#file = undefined;
    Deno.removeSync(this.#path);
  }
}
