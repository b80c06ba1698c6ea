/**
 * The first line of a patch file: which package it turns into which, and what follows.
 *
 * ```text
 * datahubsync-patch {"version":2,"from":"…",…}\n   the header, one line
 * block, block, …                                 brotli streams of at most 8 MB of content each
 * ```
 *
 * Unpacked and joined, the blocks are three parts: the new package from its directory to its last
 * byte, the recipe, and the data. `docs/patch.md` is the specification.
 *
 * Guarantees: a parsed header's figures are whole, not negative, within the limits and in agreement
 * with the file's size. What it says about its content is checked when that is read.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { STREAM } from "../messages/stream.ts";
import { BLOCK_CONTENT } from "./block.ts";

/** How every patch begins: no error page, and no JSON of somebody else's, does. */
const MAGIC = "datahubsync-patch ";

/** The only version there is; readers refuse others. */
const PATCH_VERSION = 2;

/** A block takes no more than this in the file, in bytes: brotli makes no content much longer. */
const LONGEST_BLOCK = BLOCK_CONTENT + (64 << 10);

/** A header is shorter than this, in bytes. */
export const LONGEST_HEADER = 64 << 10;

/** What a patch says about itself. Sizes are in bytes. */
export interface PatchHeader {
  /** Fingerprint of the package that it starts from. */
  from: string;
  /** Fingerprint of the package that it leads to. */
  to: string;
  /** The new package's length. */
  packageSize: number;
  /** The first part: the package's last bytes, from its directory on. */
  directorySize: number;
  /** The second part: the recipe. */
  recipeSize: number;
  /** The third part: all new content. */
  dataSize: number;
  /** Compressed sizes of the blocks. */
  blocks: number[];
  /** SHA-256 of the three parts, in lower-case hex. */
  sha256: string;
}

/** The header as it stands in the file, with its line end. */
export function formatHeader(header: PatchHeader): string {
  const { from, to, packageSize, directorySize, recipeSize, dataSize, blocks, sha256 } = header;
  return MAGIC + JSON.stringify({
    version: PATCH_VERSION,
    from,
    to,
    package_size: packageSize,
    directory_size: directorySize,
    recipe_size: recipeSize,
    data_size: dataSize,
    blocks,
    sha256,
  }) + "\n";
}

/**
 * Reads the header out of a file's first bytes (at most {@linkcode LONGEST_HEADER}); `fileSize` is
 * the whole file's.
 *
 * @throws {ArchiveError} `bad_patch`.
 */
export function parseHeader(
  start: Uint8Array,
  fileSize: number,
): { header: PatchHeader; length: number } {
  const end = start.indexOf(10);
  if (end < 0) throw badHeader({ expected: "a line of JSON", found: "no end of line" });
  const length = end + 1;
  const line = new TextDecoder().decode(start.subarray(0, end));
  if (!line.startsWith(MAGIC)) {
    throw badHeader({ expected: `a line that begins with ${MAGIC.trim()}`, found: "another" });
  }
  const value = parseObject(line.slice(MAGIC.length));
  if (value["version"] !== PATCH_VERSION) {
    throw new ArchiveError("bad_patch", STREAM.patch_version(), {
      expected: `patch format ${PATCH_VERSION}`,
      found: `patch format ${JSON.stringify(value["version"])}`,
    });
  }
  const header: PatchHeader = {
    from: hex(value, "from"),
    to: hex(value, "to"),
    packageSize: count(value, "package_size"),
    directorySize: count(value, "directory_size"),
    recipeSize: count(value, "recipe_size"),
    dataSize: count(value, "data_size"),
    blocks: counts(value, "blocks"),
    sha256: hex(value, "sha256"),
  };
  const size = header.blocks.reduce((sum, block) => sum + block, length);
  if (size !== fileSize) {
    throw badHeader({ expected: `a file of ${size} bytes`, found: `${fileSize} bytes` });
  }
  const blocks = Math.ceil(contentSizeOf(header) / BLOCK_CONTENT);
  if (header.blocks.length < blocks) {
    throw badHeader({ expected: `at least ${blocks} blocks`, found: `${header.blocks.length}` });
  }
  const longest = header.blocks.find((block) => block > LONGEST_BLOCK);
  if (longest !== undefined) {
    throw badHeader({
      expected: `blocks of at most ${LONGEST_BLOCK} bytes`,
      found: `${longest} bytes`,
    });
  }
  const { directorySize, packageSize } = header;
  if (directorySize === 0 || directorySize > packageSize) {
    throw badHeader({
      expected: `a directory within ${packageSize} bytes of package`,
      found: `${directorySize} bytes`,
    });
  }
  return { header, length };
}

/** Length of the three parts together, in bytes. */
export function contentSizeOf({ directorySize, recipeSize, dataSize }: PatchHeader): number {
  return directorySize + recipeSize + dataSize;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Said below.
  }
  throw badHeader({ expected: "a JSON object", found: "something else" });
}

function hex(value: Record<string, unknown>, key: string): string {
  const text = value[key];
  if (typeof text === "string" && /^[0-9a-f]{64}$/.test(text)) return text;
  throw badHeader({ expected: `64 hex digits as ${key}`, found: typeof text });
}

function count(value: Record<string, unknown>, key: string): number {
  const number = value[key];
  if (isCount(number)) return number;
  throw badHeader({ expected: `a size as ${key}`, found: typeof number });
}

function counts(value: Record<string, unknown>, key: string): number[] {
  const list = value[key];
  if (Array.isArray(list) && list.every(isCount)) return list;
  throw badHeader({ expected: `a list of sizes as ${key}`, found: typeof list });
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function badHeader(evidence: { expected: string; found: string }): ArchiveError {
  return new ArchiveError("bad_patch", STREAM.patch_header(), evidence);
}
