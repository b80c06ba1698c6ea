/**
 * Extracts one entry with zip.js, for comparing.
 *
 * @module
 */
import type { Entry } from "../../src/types.ts";
import {
  type ReadAt,
  type WriteChunk,
  ZipJsExtractor,
} from "../../src/zip/extract/zipjs_extract.ts";

/** Extracts one entry of a package; for several of them, keep a {@linkcode ZipJsExtractor}. */
export async function extractWithZipJs(
  read: ReadAt,
  total: number,
  entry: Entry,
  write: WriteChunk,
): Promise<void> {
  const extractor = new ZipJsExtractor(read, total);
  try {
    await extractor.extract(entry, write);
  } finally {
    await extractor.close();
  }
}
