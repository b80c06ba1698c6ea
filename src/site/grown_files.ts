/**
 * What files got at their ends since the package before, noted while they are packed, so that a patch
 * needn't unpack both packages to find it.
 *
 * Guarantees: bounded memory: the bytes are in a file, which goes with this. What isn't noted here may
 * have grown, too.
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

/** The ends of one package's files. */
export class GrownFiles implements Disposable {
  readonly #path: string;
  readonly #most: number;
  readonly #files = new Map<string, GrownFile>();
  #file: Deno.FsFile | undefined;
  #size = 0;

  /** Keeps the bytes in a file at `path`; `most` of them: with more, no patch is worth it. */
  constructor(path: string, most: number) {
    this.#path = path;
    this.#most = most;
  }

  /** Notes a file. Throws what writing throws. */
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

  /** What is noted of a file. */
  get(name: string): GrownFile | undefined {
    return this.#files.get(name);
  }

  /** A noted file's end. */
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
