/**
 * `datahubsync pack --explain FILE`: says what a patch does.
 *
 * Guarantees: reads the whole patch, so damage is found. Only prints.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { textWidth } from "../terminal/text_width.ts";
import { DataHubSyncError, UsageError } from "../../errors.ts";
import { diskError } from "../../fs/disk_error.ts";
import { ifThere } from "../../fs/if_there.ts";
import { DISK } from "../../messages/disk.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { readPatch } from "../../patch/read_patch.ts";
import { type EntryChange, parseRecipe } from "../../patch/recipe.ts";
import { readDirectory } from "../../zip/directory/directory.ts";
import { DEFAULT_LIMITS } from "../../zip/directory/limits.ts";
import type { RawEntry } from "../../zip/directory/package_directory.ts";
import { EXIT } from "../command/exit_code.ts";
import { said, say } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { bytesText } from "../../units.ts";
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
  const counts = Object.entries(kinds).map(([kind, list]) => `${list!.length} ${said(kind)}`);
  const head = [
    [HUB_END.from, from],
    [HUB_END.to, to],
    [
      HUB_END.package,
      say(HUB_END.package_is, { size: bytesText(packageSize), files: entries.length }),
    ],
    [
      HUB_END.changes,
      say(HUB_END.changes_are, {
        count: rows.length,
        kinds: counts.join(", ") || say(HUB_END.none),
        data: bytesText(dataSize),
        size: bytesText(size),
      }),
    ],
  ] as const;
  for (const [label, text] of head) terminal.out(`${padded(say(label), 7)}  ${text}\n`);
  for (const { kind, source, ...row } of rows) {
    const text = source === undefined
      ? say(HUB_END.pieces, row)
      : say(HUB_END.pieces_of, { ...row, source });
    terminal.out(`${padded(said(kind), 9)} ${text}\n`);
  }
  return EXIT.ok;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

async function read(path: string) {
  try {
    using file = ifThere(() => openPlain(path));
    if (file === undefined) throw new UsageError(DISK.no_file({ path }), { path });
    let entries: RawEntry[] = [];
    let changes: EntryChange[] = [];
    const header = await readPatch(file, DEFAULT_LIMITS, async ({ header, directory, recipe }) => {
      const { packageSize: total, directorySize, dataSize } = header;
      const options = {
        tailOffset: total - directorySize,
        total,
        filenameEncoding: "auto" as const,
      };
      const result = await readDirectory(directory, options);
      if (result.kind === "directory") entries = result.directory.entries;
      changes = parseRecipe(recipe, { sizes: (index) => entries[index]?.size, dataSize });
      return { writeSync: (bytes) => bytes.length };
    });
    return { header, entries, changes };
  } catch (error) {
    if (error instanceof DataHubSyncError) throw error;
    throw diskError(error, path, HUB_END.read_the_patch());
  }
}

function describe({ pieces, source }: EntryChange, entry: RawEntry) {
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
