/**
 * A tail and its two ends, in figures; what is needed to rebuild an entry from them.
 *
 * @module
 */
import type { Inflater } from "../deflate/inflater.ts";
import type { KnownSymbols, LastBlock } from "./last_block.ts";

/** A tail: the stream from where its old last block began. */
export interface Tail extends LastBlock {
  /** Where the entry's compressed data begins in the package. */
  dataStart: number;
  /** Present when only the tail's beginning and end were fetched. */
  grown?: TailEnds;
}

/** What is needed to make a tail of its block's header and the stream's end. */
export interface TailEnds {
  /** The old content's size in bytes. */
  size: number;
  /** The block's symbols, where they are remembered. */
  known?: KnownSymbols | undefined;
  /** zlib's level that the package is made with, where they aren't. */
  level?: number | undefined;
  /** Bytes that were fetched from the block's first byte on. */
  headBytes: number;
  /** The place in the package from which on everything up to the entry's end was fetched. */
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
