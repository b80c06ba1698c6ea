/**
 * Describes a tail and its two ends, and what is needed to rebuild an entry from them.
 *
 * @module
 */
import type { Inflater } from "../deflate/inflater.ts";
import type { KnownSymbols, LastBlock } from "./last_block.ts";

/** A tail: the stream from the start of its old last block. */
export interface Tail extends LastBlock {
  /** Where the entry's compressed data begins in the package. */
  dataStart: number;
  /** Set if only the tail's two ends were fetched. */
  grown?: TailEnds;
}

/** What is needed to rebuild from a tail's two ends. */
export interface TailEnds {
  /** The old content's size in bytes. */
  size: number;
  /** The block's symbols, if they are remembered. */
  known?: KnownSymbols | undefined;
  /** Otherwise, the zlib level that made the package. */
  level?: number | undefined;
  /** How many bytes were fetched, from the block's first byte. */
  headBytes: number;
  /** The offset in the package from which everything up to the entry's end was fetched. */
  restStart: number;
}

/** A tail, and the file that holds the old content. */
export interface TailSource extends Tail {
  path: string;
}

/** The entry to rebuild. Sizes are in bytes. */
export interface RebuildTask {
  path: string;
  size: number;
  compressedSize: number;
}

/** What a rebuild reads and writes. */
export interface RebuildIo {
  /** Reads the package: at least one byte, at most `length`. */
  some: (offset: number, length: number) => Uint8Array;
  /** Reads exactly `length` bytes of the package. */
  exactly: (offset: number, length: number) => Uint8Array;
  /** Writes content. */
  write: (chunk: Uint8Array) => void;
  /** Writes the old file's first `length` bytes; returns the last 32 KB of them. */
  writeOld: (length: number) => Uint8Array;
  /** Starts inflating a stream of at most `limit` bytes of content. */
  inflate: (limit: number, write: (chunk: Uint8Array) => void) => Inflater;
}
