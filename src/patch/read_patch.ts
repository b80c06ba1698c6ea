/**
 * Reads a patch file.
 *
 * Guarantees: never more content than the header says, at most two blocks of it in memory, and an
 * error unless all of it has exactly the announced length and SHA-256: brotli's decoders take a
 * stream that was cut off without a word. What the content means for a folder isn't judged here.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { ArchiveError } from "../errors.ts";
import { readFully, writeFully } from "../fs/whole_io.ts";
import { collectGarbage } from "../garbage.ts";
import { STREAM } from "../messages/stream.ts";
import { unpackBlock } from "./block.ts";
import { toOffsets } from "./header_offsets.ts";
import { contentSizeOf, LONGEST_HEADER, parseHeader, type PatchHeader } from "./patch_header.ts";

/**
 * A recipe is no longer than the directory, or than this, in bytes: a row is shorter than a record of
 * the directory, and reading one takes some twenty times its length of memory.
 */
const SHORT_RECIPE = 4 << 20;

/** Bytes of content after which garbage is collected: 11 MB of content leave 20 MB of buffers behind. */
const WORTH_COLLECTING = 4 << 20;

/** What a patch holds beside its data. */
export interface PatchParts {
  header: PatchHeader;
  /** The new package from its directory to its last byte. */
  directory: Uint8Array;
  recipe: string;
}

/** Reads a patch's header. Throws ArchiveError `bad_patch`, and what reading throws. */
export function readPatchHeader(file: Deno.FsFile): { header: PatchHeader; length: number } {
  const { size } = file.statSync();
  const start = readFully(file, 0, new Uint8Array(Math.min(size, LONGEST_HEADER)));
  return parseHeader(start, size);
}

/**
 * Unpacks a patch. When directory and recipe are there, `accept` judges them; its answer is the data's
 * place, or it throws, and no data is unpacked. A directory is `maxDirectorySize` bytes long at most.
 * Throws ArchiveError `bad_patch`, what `accept` throws,
 * and what reading and writing throw.
 */
export async function readPatch(
  file: Deno.FsFile,
  { maxDirectorySize }: { maxDirectorySize: number },
  accept: (parts: PatchParts) => Promise<{ writeSync(bytes: Uint8Array): number }>,
): Promise<PatchHeader> {
  const { header, length } = readPatchHeader(file);
  const { directorySize, recipeSize } = header;
  const maxRecipeSize = Math.max(SHORT_RECIPE, directorySize);
  if (directorySize > maxDirectorySize || recipeSize > maxRecipeSize) {
    throw badPatch({
      expected: `at most ${maxDirectorySize} and ${maxRecipeSize} bytes of directory and recipe`,
      found: `${directorySize} and ${recipeSize} bytes`,
    });
  }
  const total = contentSizeOf(header);
  const front = new Uint8Array(directorySize + recipeSize);
  const hash = createHash("sha256");
  let at = 0;
  let offset = length;
  let uncollected = 0;
  let to: { writeSync(bytes: Uint8Array): number } | undefined;
  for (const size of header.blocks) {
    const packed = readFully(file, offset, new Uint8Array(size));
    offset += size;
    const content = unpack(packed);
    if (at + content.length > total) throw badPatch({ expected: `${total} bytes`, found: "more" });
    hash.update(content);
    uncollected += content.length;
    const first = content.subarray(0, Math.max(0, front.length - at));
    front.set(first, Math.min(at, front.length));
    at += content.length;
    if (at < front.length) continue;
    const directory = front.subarray(0, directorySize);
    if (to === undefined) toOffsets(directory);
    to ??= await accept({
      header,
      directory,
      recipe: new TextDecoder().decode(front.subarray(directorySize)),
    });
    writeFully(to, content.subarray(first.length));
    collectGarbage(uncollected, { worth: WORTH_COLLECTING });
    if (uncollected >= WORTH_COLLECTING) uncollected = 0;
  }
  if (at !== total) throw badPatch({ expected: `${total} bytes`, found: `${at} bytes` });
  const sha256 = hash.digest("hex");
  if (sha256 !== header.sha256) {
    throw badPatch({ expected: `SHA-256 ${header.sha256}`, found: sha256 });
  }
  return header;
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return unpackBlock(packed);
  } catch (cause) {
    throw badPatch({
      expected: "a brotli stream",
      found: cause instanceof Error ? cause.message : "none",
      cause,
    });
  }
}

function badPatch(
  evidence: { expected: string; found: string; cause?: unknown },
): ArchiveError {
  return new ArchiveError("bad_patch", STREAM.patch_damaged(), evidence);
}
