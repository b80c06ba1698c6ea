/**
 * Extracts an entry through zip.js into a file, as the fast path's counterpart in the worker.
 *
 * Guarantees: as {@linkcode ZipJsExtractor}'s, and the local header tells what the directory does, as
 * on the fast path; what was written before an error is removed.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { diskError } from "../fs/disk_error.ts";
import { replaceWithNew } from "../fs/own_file.ts";
import { readFully, writeFully } from "../fs/whole_io.ts";
import type { Extracted } from "./extract_entry.ts";
import type { ExtractTask } from "./extract_messages.ts";
import { LOCAL_HEADER_LENGTH, parseLocalHeader } from "./local_header.ts";
import { ZipJsExtractor } from "./zipjs_extract.ts";

/** The package that entries come from. */
export interface ZipJsSource {
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
  checkHeader(task, source);
  const file = create(task.target);
  try {
    await extractor.extract({ ...task, index: 0 }, (chunk) => writeAll(file, chunk, task.target));
    return { file, mtimeMs: file.statSync().mtime?.getTime() ?? 0 };
  } catch (error) {
    file.close();
    Deno.removeSync(task.target);
    throw error;
  }
}

/** zip.js doesn't ask whether the local header tells the same as the directory. */
function checkHeader(task: ExtractTask, { file }: ZipJsSource): void {
  const fixed = readFully(file, task.headerOffset, new Uint8Array(LOCAL_HEADER_LENGTH));
  const rest = (fixed[26] ?? 0) + (fixed[27] ?? 0) * 256 + (fixed[28] ?? 0) +
    (fixed[29] ?? 0) * 256;
  const header = readFully(file, task.headerOffset, new Uint8Array(LOCAL_HEADER_LENGTH + rest));
  const { dataStart } = parseLocalHeader(header, task.headerOffset, task);
  if (dataStart + task.compressedSize <= task.end) return;
  throw new ArchiveError("overlap", `entry ${task.path} runs into what follows it`, {
    entry: task.path,
    expected: `an end at byte ${task.end} or before`,
    found: `an end at byte ${dataStart + task.compressedSize}`,
  });
}

function create(path: string): Deno.FsFile {
  try {
    return replaceWithNew(path);
  } catch (error) {
    throw diskError(error, path, "create a staged file");
  }
}

function writeAll(file: Deno.FsFile, chunk: Uint8Array, path: string): void {
  try {
    writeFully(file, chunk);
  } catch (error) {
    throw diskError(error, path, "write a staged file");
  }
}
