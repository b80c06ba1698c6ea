/**
 * Reads the files being sent, each piece only once for several clients: in the minute after a publish
 * everybody requests the same package.
 *
 * Guarantees: a reader gets what its own open file holds. Readers share pieces only if they have the
 * same file open (device and inode) and found it with the same size and mtime, and only if that mtime is
 * so old that another write would change it. {@linkcode PieceReader.check} notices writes during a
 * transfer. Bounded memory, whatever the number of readers.
 *
 * @module
 */
import type { Range } from "../types.ts";
import type { OpenFile } from "./site_file.ts";

/** Bytes of pieces to keep; a reader that is further behind reads by itself. */
const MOST_KEPT = 8 << 20;
/** Some disks store mtimes in steps of two seconds. */
const YOUNG_MS = 2000;

/** A piece, or one that is being read. */
type Piece = Uint8Array | Promise<Uint8Array>;

/** The pieces that readers share. */
export class SharedPieces {
  readonly #readers = new Map<string, Set<PieceReader>>();
  /** The oldest first. */
  readonly #kept = new Map<string, { id: string; length: number; piece: Piece }>();
  #keptBytes = 0;

  /** Makes a reader for a file, which it closes. */
  open(opened: OpenFile, now: number): PieceReader {
    const { dev, ino, size, mtime } = opened.info;
    const time = mtime?.getTime() ?? now;
    const isYoung = Math.abs(now - time) < YOUNG_MS;
    const id = isYoung ? crypto.randomUUID() : [dev, ino, size, time].join();
    const reader = new PieceReader(opened, id, this);
    const readers = this.#readers.get(id);
    if (readers === undefined) this.#readers.set(id, new Set([reader]));
    else readers.add(reader);
    return reader;
  }

  /** The piece kept under this name. */
  get(key: string): Piece | undefined {
    return this.#kept.get(key)?.piece;
  }

  /** Whether another reader will soon need the piece at this one's offset. */
  isFollowed({ id, at }: PieceReader): boolean {
    let near = 0;
    for (const other of this.#readers.get(id) ?? []) {
      if (other.at <= at && other.at > at - MOST_KEPT && ++near === 2) return true;
    }
    return false;
  }

  /** Keeps a piece, even one still being read. */
  keep(key: string, { id }: PieceReader, length: number, reading: Promise<Uint8Array>): void {
    const kept: { id: string; length: number; piece: Piece } = { id, length, piece: reading };
    this.#kept.set(key, kept);
    this.#keptBytes += length;
    reading.then((piece) => kept.piece = piece, () => this.#drop(key));
    for (const oldest of this.#kept.keys()) {
      if (this.#keptBytes <= MOST_KEPT) break;
      this.#drop(oldest);
    }
  }

  /** Forgets a reader, and with a file's last one its pieces. */
  leave(reader: PieceReader): void {
    const readers = this.#readers.get(reader.id);
    readers?.delete(reader);
    if (readers?.size !== 0) return;
    this.#readers.delete(reader.id);
    for (const [key, { id }] of this.#kept) if (id === reader.id) this.#drop(key);
  }

  #drop(key: string): void {
    this.#keptBytes -= this.#kept.get(key)?.length ?? 0;
    this.#kept.delete(key);
  }
}

/** Reads a file for one client, a piece at a time. */
export class PieceReader {
  /** Identifies the file; readers with the same identity share pieces. */
  readonly id: string;
  /** The client's offset. */
  at = 0;
  readonly #opened: OpenFile;
  readonly #shared: SharedPieces;
  /** The file's position. */
  #position = 0;
  /** The last piece, if it isn't shared. */
  #own = new ArrayBuffer(0);

  constructor(opened: OpenFile, id: string, shared: SharedPieces) {
    this.#opened = opened;
    this.id = id;
    this.#shared = shared;
  }

  /**
   * Reads a piece, which nobody may write to. The one before must have been handed over by now. Throws
   * where the file is shorter than it was.
   */
  read({ start, end }: Range): Piece {
    // Letting go of it here spares the collector: without this a third of the time went there, and pieces
    // that were sent took twice the memory.
    this.#own = this.#own.transfer(0);
    this.at = start;
    const key = `${this.id}:${start}-${end}`;
    const kept = this.#shared.get(key);
    // Who was reading it may have gone away.
    if (kept instanceof Promise) return kept.catch(() => this.#fill(new Uint8Array(end - start)));
    if (kept !== undefined) return kept;
    const piece = new Uint8Array(end - start);
    const reading = this.#fill(piece);
    if (this.#shared.isFollowed(this)) this.#shared.keep(key, this, piece.length, reading);
    else this.#own = piece.buffer;
    return reading;
  }

  /** Throws where the file was written to since it was opened. */
  async check(): Promise<void> {
    const { file, info } = this.#opened;
    const { size, mtime } = await file.stat();
    if (size === info.size && mtime?.getTime() === info.mtime?.getTime()) return;
    throw new Error("the file was changed while it was sent");
  }

  close(): void {
    this.#shared.leave(this);
    this.#opened.file.close();
  }

  async #fill(piece: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const { file } = this.#opened;
    if (this.#position !== this.at) file.seekSync(this.at, Deno.SeekMode.Start);
    this.#position = -1;
    for (let done = 0; done < piece.length;) {
      const count = await file.read(piece.subarray(done));
      if (count === null) throw new Error("the file was cut short");
      done += count;
    }
    this.#position = this.at + piece.length;
    return piece;
  }
}
