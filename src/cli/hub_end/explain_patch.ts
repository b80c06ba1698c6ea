/**
 * `datahubsync pack --explain FILE`: says what a patch does.
 *
 * Guarantees: reads the whole patch, so that a damaged one is found. Writes nothing but its words.
 *
 * @module
 */
import { DataHubSyncError, UsageError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { DISK } from "../../messages/disk.ts";
import { readPatch } from "../../patch/read_patch.ts";
import { type Change, parseRecipe } from "../../patch/recipe.ts";
import { readDirectory } from "../../zip/directory.ts";
import { DEFAULT_LIMITS } from "../../zip/limits.ts";
import type { RawEntry } from "../../zip/package_directory.ts";
import { EXIT } from "../exit_code.ts";
import type { Terminal } from "../terminal.ts";
import { bytesText, countText } from "../../units.ts";
import { jsonText } from "../../plain_text.ts";

/** Explains a patch; returns the exit code. Throws ArchiveError, StoreError. */
export async function explainPatch(
  path: string,
  { json = false }: { json?: boolean },
  terminal: Terminal,
): Promise<number> {
  const { header, entries, changes } = await read(path);
  const { from, to, packageSize, dataSize, blocks } = header;
  const rows = changes.map((change) => describe(change, entries[change.index]!));
  const size = blocks.reduce((sum, block) => sum + block, 0);
  if (json) {
    const document = {
      from,
      to,
      size,
      package_size: packageSize,
      data_size: dataSize,
      entries: rows,
    };
    terminal.out(`${jsonText(document)}\n`);
    return EXIT.ok;
  }
  const kinds = Object.groupBy(rows, ({ kind }) => kind);
  terminal.out(
    `from     ${from}\nto       ${to}\n` +
      `package  ${bytesText(packageSize)}, ${countText(entries.length, "file")}\n` +
      `changes  ${rows.length}: ${
        Object.entries(kinds).map(([kind, list]) => `${list!.length} ${kind}`).join(", ") || "none"
      }; ${bytesText(dataSize)} of new content in ${bytesText(size)}\n`,
  );
  for (const { path, kind, kept, inserted, source } of rows) {
    const of = source === undefined ? "" : ` of ${source}`;
    terminal.out(`${kind.padEnd(9)} ${path}  ${kept} bytes kept${of}, ${inserted} new\n`);
  }
  return EXIT.ok;
}

async function read(path: string) {
  try {
    using file = Deno.openSync(path, { read: true });
    let entries: RawEntry[] = [];
    let changes: Change[] = [];
    const header = await readPatch(file, DEFAULT_LIMITS, async ({ header, directory, recipe }) => {
      const { packageSize: total, directorySize, dataSize } = header;
      const place = { tailOffset: total - directorySize, total, filenameEncoding: "auto" as const };
      const result = await readDirectory(directory, place);
      if (result.kind === "directory") entries = result.directory.entries;
      changes = parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
      return { writeSync: (bytes) => bytes.length };
    });
    return { header, entries, changes };
  } catch (error) {
    if (error instanceof DataHubSyncError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new UsageError(DISK.no_file({ path }), { path });
    }
    throw diskError(error, path, "read the patch");
  }
}

function describe({ pieces, source }: Change, entry: RawEntry) {
  const [first] = pieces;
  const kept = pieces.reduce((sum, { length }) => sum + length, 0);
  const inserted = pieces.reduce((sum, { insert }) => sum + insert, 0);
  const appended = pieces.length === 1 && first?.from === 0 && first.length > 0;
  const kind = source !== undefined
    ? "renamed"
    : kept === 0
    ? "replaced"
    : appended
    ? "appended"
    : "edited";
  return { path: entry.name, kind, kept, inserted, ...(source !== undefined && { source }) };
}
