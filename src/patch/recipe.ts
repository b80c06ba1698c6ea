/**
 * The recipe of a patch: how each changed entry's content is put together from the old content and
 * from the patch's own data.
 *
 * Guarantees: a parsed recipe takes each byte of the data once, in order, and makes every entry
 * exactly as long as the package's directory says. Whether the old content is the right one, the
 * recipe can't know: whoever follows it checks the CRC-32.
 *
 * @module
 */
import { ArchiveError } from "../errors.ts";
import { STREAM } from "../messages/stream.ts";

/** Bytes of the old content, then bytes of the data. All figures are in bytes. */
export interface Piece {
  /** Where in the old content the copied bytes begin. */
  from: number;
  /** How many are copied. */
  length: number;
  /** How many bytes of the data follow them. */
  insert: number;
}

/** How one entry is made. */
export interface EntryChange {
  /** The entry's index in the new directory. */
  index: number;
  /** The old package's entry that the copied bytes come from; default: the one of the same name. */
  source?: string;
  pieces: Piece[];
}

/**
 * Writes a recipe as JSON, a row per changed entry, which begins with the distance of its index from
 * the one before: `[step, insert]` where all of the old content stays and `insert` bytes follow,
 * `[step, from, length, insert, …]` for any other.
 */
export function formatRecipe(changes: readonly EntryChange[]): string {
  let before = -1;
  const rows = changes.map(({ index, source, pieces }) => {
    const step = index - before;
    before = index;
    const [first] = pieces;
    const isGrown = pieces.length === 1 && first!.from === 0 && first!.length > 0;
    if (isGrown && source === undefined) return JSON.stringify([step, first!.insert]);
    return JSON.stringify([
      step,
      ...(source === undefined ? [] : [source]),
      ...pieces.flatMap(({ from, length, insert }) => [from, length, insert]),
    ]);
  });
  return `[${rows.join(",\n")}]`;
}

/**
 * Reads a recipe. `sizes` says by index how long each entry becomes, `dataSize` how much data there
 * is.
 *
 * @throws {ArchiveError} `bad_patch` for what isn't one, or doesn't add up.
 */
export function parseRecipe(
  text: string,
  { sizes, dataSize }: { sizes: (index: number) => number | undefined; dataSize: number },
): EntryChange[] {
  const rows = parseRows(text);
  let before = -1;
  let inserted = 0;
  const changes = rows.map((row): EntryChange => {
    const [step = 0, ...rest] = row as [number?, ...(number | string)[]];
    const source = typeof rest[0] === "string" ? rest.shift() as string : undefined;
    const index = before + step;
    const numbers = rest.length === 1 && source === undefined
      ? [0, (sizes(index) ?? 0) - (rest[0] as number), rest[0] as number]
      : rest as number[];
    if (step < 1 || numbers.length % 3 !== 0 || numbers[1]! < 0) {
      throw badRecipe({ expected: "entries in the directory's order, three figures per piece" });
    }
    before = index;
    const pieces: Piece[] = [];
    let size = 0;
    for (let at = 0; at < numbers.length; at += 3) {
      const [from, length, insert] = numbers.slice(at, at + 3) as [number, number, number];
      pieces.push({ from, length, insert });
      size += length + insert;
      inserted += insert;
    }
    if (size !== sizes(index)) {
      throw badRecipe({ expected: `entry ${index} with ${sizes(index)} bytes`, found: size });
    }
    return { index, ...(source !== undefined && { source }), pieces };
  });
  if (inserted !== dataSize) {
    throw badRecipe({ expected: `${dataSize} bytes of data`, found: inserted });
  }
  return changes;
}

function parseRows(text: string): (number | string)[][] {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch (cause) {
    throw badRecipe({ expected: "JSON", cause });
  }
  const isRow = (row: unknown): row is (number | string)[] =>
    Array.isArray(row) && row.every((value, at) => isWhole(value) || (at === 1 && isName(value)));
  if (!Array.isArray(rows) || !rows.every(isRow)) {
    throw badRecipe({ expected: "rows of whole numbers, a name in the second place" });
  }
  return rows;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function badRecipe(
  evidence: { expected: string; found?: number; cause?: unknown },
): ArchiveError {
  return new ArchiveError("bad_patch", STREAM.patch_recipe(), evidence);
}
