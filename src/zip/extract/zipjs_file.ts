/**
 * Extracts an entry through zip.js into a file: the worker's alternative to the fast path.
 *
 * Guarantees: those of {@linkcode ZipJsExtractor}; the local header agrees with the directory, as
 * on the fast path; what was written before an error is removed.
 *
 * @module
 */
import { readFully } from "../../fs/whole_io.ts";
import { EntryOutput } from "./entry_output.ts";
import type { Extracted } from "./extract_entry.ts";
import type { ExtractTask } from "./extract_messages.ts";
import { readDataStart } from "../local_header.ts";
import { ZipJsExtractor } from "./zipjs_extract.ts";

/** The package to extract from. */
interface ZipJsSource {
  file: Deno.FsFile;
  total: number;
}

const extractors = new WeakMap<ZipJsSource, ZipJsExtractor>();

/** Extracts one entry; the package's directory is read once for a source. */
export async function extractToFile(task: ExtractTask, source: ZipJsSource): Promise<Extracted> {
  let extractor = extractors.get(source);
  if (extractor === undefined) {
    extractor = new ZipJsExtractor(
      (offset, length) => readFully(source.file, offset, new Uint8Array(length)),
      source.total,
    );
    extractors.set(source, extractor);
  }
  readDataStart(task, source.file); // zip.js doesn't check that the headers agree
  const output = new EntryOutput(task, { keepOpen: true });
  try {
    await extractor.extract({ ...task, index: 0 }, (chunk) => output.write(chunk));
    output.verify();
    return { file: output.file, ...output.facts() };
  } finally {
    output.leave();
  }
}
