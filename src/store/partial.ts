/**
 * The partial: one sparse file that holds a package's bytes at their own offsets, and a small map
 * of the bytes that are there. Resume, delta, several connections and a hub without ranges all come
 * down to filling holes.
 *
 * Guarantees: bytes of two packages never mix: a map belongs to one package, and another package
 * starts from scratch. The map may lag behind the file by what arrived since the last save, or run
 * ahead of it after a power cut; neither matters, since no byte is used without its entry's CRC.
 *
 * @module
 */
import { diskError } from "../fs/disk_error.ts";
import { removeInPlace } from "../fs/held_folder.ts";
import { openOwn } from "../fs/own_file.ts";
import { readFully, writeFully } from "../fs/whole_io.ts";
import { RangeSet } from "../ranges.ts";
import type { Range } from "../types.ts";
import type { Layout } from "./layout.ts";
import { PartialMap } from "./partial_map.ts";
import { ifThere } from "../fs/if_there.ts";
import { DISK } from "../messages/disk.ts";

/** What distinguishes one package from another. */
interface PartialKey {
  /** The package's fingerprint; `null` while its directory isn't known. */
  fingerprint: string | null;
  /** The package's length in bytes. */
  total: number;
}

/** How often the map is saved, in bytes and ms: the most that a kill can cost. */
const SAVE_EVERY_BYTES = 2 << 20;
const SAVE_EVERY_MS = 250;

/** An open partial. */
export class PartialPackage implements Disposable {
  readonly #layout: Layout;
  readonly #file: Deno.FsFile;
  readonly #map: PartialMap;
  readonly #now: () => number;
  #key: PartialKey = { fingerprint: null, total: 0 };
  #have = new RangeSet();
  #unsavedBytes = 0;
  #savedAt: number;

  private constructor(layout: Layout, now: () => number) {
    this.#layout = layout;
    this.#map = new PartialMap(layout.partialMap);
    this.#now = now;
    this.#savedAt = now();
    try {
      const options = { access: "write", create: 0o600, inPlace: true } as const;
      this.#file = openOwn(layout.partial, options);
    } catch (error) {
      throw diskError(error, layout.partial, DISK.open_the_partial());
    }
  }

  /** Opens the partial that an earlier run left, or an empty one. Throws StoreError. */
  static async open(layout: Layout, options: { now: () => number }): Promise<PartialPackage> {
    const opened = await PartialMap.read(layout.partialMap);
    const partial = new PartialPackage(layout, options.now);
    if (opened.state === "sound") partial.#restore(opened.value);
    return partial;
  }

  /** The package that the bytes belong to. */
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

  /**
   * Resumes if the bytes there belong to the same package; otherwise drops them and starts from
   * scratch.
   */
  begin(key: PartialKey): void {
    const same = key.total === this.#key.total &&
      (key.fingerprint === this.#key.fingerprint || this.#key.fingerprint === null);
    if (!same) this.drop();
    this.#key = key;
    this.save();
  }

  /** Forgets all bytes and frees their space. */
  drop(): void {
    this.#have = new RangeSet();
    this.#key = { fingerprint: null, total: 0 };
    try {
      this.#file.truncateSync(0);
    } catch (error) {
      throw diskError(error, this.path, DISK.write_the_partial());
    }
    this.save();
  }

  /** Writes bytes at their offset. Throws StoreError. */
  write(offset: number, chunk: Uint8Array): void {
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      writeFully(this.#file, chunk);
    } catch (error) {
      throw diskError(error, this.#layout.partial, DISK.write_the_partial());
    }
    this.#have.add({ start: offset, end: offset + chunk.length });
    this.#unsavedBytes += chunk.length;
    const due = this.#unsavedBytes >= SAVE_EVERY_BYTES ||
      this.#now() - this.#savedAt >= SAVE_EVERY_MS;
    if (due) this.save();
  }

  /** Reads bytes that are there, into the start of `buffer` if given. Throws StoreError. */
  read({ start, end }: Range, buffer: Uint8Array = new Uint8Array(end - start)): Uint8Array {
    try {
      return readFully(this.#file, start, buffer.subarray(0, end - start));
    } catch (error) {
      throw diskError(error, this.#layout.partial, DISK.read_the_partial());
    }
  }

  /** Ends the package here: it came whole, in an answer that gave no length. Throws StoreError. */
  endAt(total: number): void {
    try {
      this.#file.truncateSync(total);
    } catch (error) {
      throw diskError(error, this.path, DISK.write_the_partial());
    }
    this.#have.remove({ start: total, end: Number.MAX_SAFE_INTEGER });
    this.#key = { fingerprint: null, total };
    this.save();
  }

  /** Forgets bytes that turned out to be wrong, so that they are fetched again. */
  forget(range: Range): void {
    this.#have.remove(range);
    this.save();
  }

  /** Saves the map. Throws StoreError. */
  save(): void {
    const have = this.#have.ranges.map(({ start, end }) => [start, end]);
    this.#map.save(JSON.stringify({ ...this.#key, have }).slice(1, -1));
    this.#unsavedBytes = 0;
    this.#savedAt = this.#now();
  }

  /**
   * Removes the file and its map and frees the space at once; the partial can't be used afterwards.
   */
  remove(): void {
    for (const path of [this.#layout.partialMap, this.#layout.partial]) {
      const remove = () => {
        // Workers still have the file open, so removing its name wouldn't free the space: truncate
        // it. Not when a mirror has linked it under another name, though: the bytes are then the
        // mirror's.
        const isOurs = path === this.#layout.partial && Deno.lstatSync(path).nlink === 1;
        if (isOurs) this.#file.truncateSync(0);
        removeInPlace(path);
      };
      ifThere(remove, { path, to: DISK.remove_the_partial() });
    }
  }

  /** Closes the files; what is there stays. */
  [Symbol.dispose](): void {
    this.#file.close();
    this.#map[Symbol.dispose]();
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
