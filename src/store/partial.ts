/**
 * The partial: one sparse file that holds a package's bytes at their own offsets, and a small map
 * of which are there. Resume, delta, several connections and a hub without ranges are all the same
 * to it: filling holes.
 *
 * Guarantees: bytes of two packages never mix: a map belongs to one package, and another one begins
 * anew. The map may be behind the file by what came since it was last saved, and after a power cut
 * ahead of it; neither matters, since no byte is used without its entry's CRC.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { diskError } from "../fs/disk_error.ts";
import { openOwn, replaceWithNew } from "../fs/own_file.ts";
import { readFully, writeFully } from "../fs/whole_io.ts";
import { RangeSet } from "../ranges.ts";
import type { Range } from "../types.ts";
import type { Layout } from "./layout.ts";
import { openSealed, seal, type SealKind } from "../fs/sealed_json.ts";

/** What tells one package from another. */
export interface PartialKey {
  /** The package's fingerprint; `null` while its directory isn't known. */
  fingerprint: string | null;
  /** The package's length in bytes. */
  total: number;
}

/**
 * Bytes and milliseconds after which the map is saved: what a kill can cost. A save takes 0.1 ms, so
 * even at 200 MB/s it is a hundredth of the time.
 */
const SAVE_EVERY_BYTES = 2 << 20;
const SAVE_EVERY_MS = 250;

const KIND: SealKind = { what: "map of the partial", format: 1 };

/** An open partial. */
export class Partial implements Disposable {
  readonly #layout: Layout;
  readonly #file: Deno.FsFile;
  readonly #now: () => number;
  #key: PartialKey = { fingerprint: null, total: 0 };
  #have = new RangeSet();
  #unsavedBytes = 0;
  #savedAt: number;

  private constructor(layout: Layout, now: () => number) {
    this.#layout = layout;
    this.#now = now;
    this.#savedAt = now();
    try {
      this.#file = openOwn(layout.partial, { access: "write", create: 0o600 });
    } catch (error) {
      throw diskError(error, layout.partial, "open the partial");
    }
  }

  /** Opens the partial as an earlier run left it, or an empty one. Throws StoreError. */
  static async open(layout: Layout, options: { now: () => number }): Promise<Partial> {
    const opened = await openSealed(layout.partialMap, KIND);
    const partial = new Partial(layout, options.now);
    if (opened.state === "sound") partial.#restore(opened.value);
    return partial;
  }

  /** The package that the bytes are of. */
  get key(): PartialKey {
    return this.#key;
  }

  /** The bytes that are there. */
  get have(): RangeSet {
    return this.#have;
  }

  /** The file's path, for the workers that read it. */
  get path(): string {
    return this.#layout.partial;
  }

  /** Goes on with what is there when it is of the same package, else drops it and begins anew. */
  begin(key: PartialKey): void {
    const same = key.total === this.#key.total &&
      (key.fingerprint === this.#key.fingerprint || this.#key.fingerprint === null);
    if (!same) this.drop();
    this.#key = key;
    this.save();
  }

  /** Forgets all bytes and gives their room back. */
  drop(): void {
    this.#have = new RangeSet();
    this.#key = { fingerprint: null, total: 0 };
    this.#file.truncateSync(0);
    this.save();
  }

  /** Writes bytes to their place. Throws StoreError. */
  write(offset: number, chunk: Uint8Array): void {
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      writeFully(this.#file, chunk);
    } catch (error) {
      throw diskError(error, this.#layout.partial, "write the partial");
    }
    this.#have.add({ start: offset, end: offset + chunk.length });
    this.#unsavedBytes += chunk.length;
    const due = this.#unsavedBytes >= SAVE_EVERY_BYTES ||
      this.#now() - this.#savedAt >= SAVE_EVERY_MS;
    if (due) this.save();
  }

  /** Reads bytes that are there. Throws StoreError. */
  read(range: Range): Uint8Array {
    try {
      return readFully(this.#file, range.start, new Uint8Array(range.end - range.start));
    } catch (error) {
      throw diskError(error, this.#layout.partial, "read the partial");
    }
  }

  /** Forgets bytes that turned out to be wrong, so that they are fetched again. */
  forget(range: Range): void {
    this.#have.remove(range);
    this.save();
  }

  /** Saves the map. Throws StoreError. */
  save(): void {
    const { partialMap } = this.#layout;
    const have = this.#have.ranges.map(({ start, end }) => [start, end]);
    const body = JSON.stringify({ ...this.#key, have }).slice(1, -1);
    const next = `${partialMap}.next`;
    try {
      {
        using file = replaceWithNew(next, 0o600);
        writeFully(file, Buffer.concat(seal(KIND, body)));
      }
      Deno.renameSync(next, partialMap);
    } catch (error) {
      throw diskError(error, partialMap, "save the map of the partial");
    }
    this.#unsavedBytes = 0;
    this.#savedAt = this.#now();
  }

  /** Removes the file and its map; the partial can't be used any more. Its room is free at once. */
  remove(): void {
    for (const path of [this.#layout.partialMap, this.#layout.partial]) {
      try {
        // The workers still have it open, which would keep the room of a file that only lost its name.
        // A mirror may have been given the file: then it goes by another name, too, or instead.
        const isOurs = path === this.#layout.partial && Deno.lstatSync(path).nlink === 1;
        if (isOurs) this.#file.truncateSync(0);
        Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) {
          throw diskError(error, path, "remove the partial");
        }
      }
    }
  }

  /** Closes the file; what is there stays. */
  [Symbol.dispose](): void {
    this.#file.close();
  }

  #restore(value: Record<string, unknown>): void {
    const { fingerprint, total, have } = value;
    if (typeof total !== "number" || !Array.isArray(have)) return;
    this.#key = { fingerprint: typeof fingerprint === "string" ? fingerprint : null, total };
    const length = this.#file.statSync().size; // after a power cut the file may be shorter
    for (const [start, end] of have) {
      this.#have.add({ start: Number(start), end: Math.min(Number(end), length) });
    }
  }
}
