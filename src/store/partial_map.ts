/**
 * The partial's map on the disk: a line per save, of which the last sound one counts.
 *
 * Guarantees: a process that dies while it saves leaves the save before; a line that isn't whole is
 * never read. Appended because a rename over a file makes ext4 write that file at once: where the disk
 * had other work, each of the 118 saves of a download of 236 MB took 7 to 280 ms. What is saved isn't
 * flushed: after a power cut the map may be as old as the last bytes that the kernel wrote.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { diskError } from "../fs/disk_error.ts";
import { renameInPlace } from "../fs/held_folder.ts";
import { replaceWithNew } from "../fs/new_file.ts";
import { openOwn } from "../fs/own_file.ts";
import { lastSealed, type Opened, seal, type SealKind } from "../fs/sealed_json.ts";
import { writeFully } from "../fs/whole_io.ts";
import { DISK } from "../messages/disk.ts";

const KIND: SealKind = { what: DISK.map_of_the_partial(), format: 1 };

/** A file that grew beyond this is replaced by one that holds the last line alone, bytes. */
const LONGEST = 1 << 20;

/** Saves a map. */
export class PartialMap implements Disposable {
  readonly #path: string;
  #file: Deno.FsFile | undefined;
  #length = 0;

  /** Nothing is written before the first save. */
  constructor(path: string) {
    this.#path = path;
  }

  /** What was saved last at `path`. Throws StoreError. */
  static read(path: string): Promise<Opened> {
    return lastSealed(path, KIND);
  }

  /** Saves members of JSON on one line, without their outer braces. Throws StoreError. */
  save(body: string): void {
    const line = Buffer.concat(seal(KIND, body));
    try {
      if (this.#length + line.length > LONGEST) this[Symbol.dispose]();
      if (this.#file === undefined) this.#begin(line);
      else writeFully(this.#file, line);
      this.#length += line.length;
    } catch (error) {
      this[Symbol.dispose](); // the next line mustn't follow half of this one
      throw diskError(error, this.#path, DISK.save_the_map_of_the_partial());
    }
  }

  /** Closes the file; it stays. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#length = 0;
  }

  /** Replaces the file. Closed before it is renamed, which some file systems ask for. */
  #begin(line: Uint8Array): void {
    const next = `${this.#path}.next`;
    {
      using file = replaceWithNew(next, 0o600);
      writeFully(file, line);
    }
    renameInPlace(next, this.#path);
    this.#file = openOwn(this.#path, { access: "append", inPlace: true });
  }
}
