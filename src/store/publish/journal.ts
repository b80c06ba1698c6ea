/**
 * The journal: what is being done to a data folder, written before the first change, so that the
 * next run can finish what a crashed one began.
 *
 * Guarantees: a journal exists from before the first change until after the last. A damaged one
 * counts as missing: it is written atomically, so no change can have begun under it unless the disk
 * lost it afterwards, and then the files' CRCs decide. Its checksum is no proof of origin: a field
 * that this program would never write, such as a name with `../`, also makes it damaged.
 *
 * @module
 */

import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { isSafePath } from "../../safe_path.ts";
import { isVersionName, type Layout } from "../layout.ts";
import { isStagedName } from "../staging.ts";
import { list, openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import { DISK } from "../../messages/disk.ts";

/** A staged file and what it will be; the rename keeps its mtime. */
export interface Move extends JournalFile {
  /** The file's name in the staging folder. */
  staged: string;
}

/** A file to remove, if it is still as described. */
export type Removal = JournalFile;

/** A file that a publish moves or removes. */
interface JournalFile {
  /** Its path below `local_dir`, `/` between the parts. */
  path: string;
  /** In bytes. */
  size: number;
  /** Last change, in whole ms since the epoch. */
  mtimeMs: number;
  /** CRC-32, unsigned. */
  crc: number;
}

/** A publish that is under way. */
export interface PublishJournal {
  kind: "publish";
  moves: Move[];
  deletes: Removal[];
}

/** A folder that is being turned into a snapshot, or back. */
export interface ConversionJournal {
  kind: "to_snapshot" | "to_plain";
  /** The version's folder name. */
  version: string;
}

/** What is under way. */
type Journal = PublishJournal | ConversionJournal;

/** Options for reading a journal. */
interface JournalReadOptions {
  /** Called with one sentence that says why an existing journal is ignored. */
  warn?: (message: string) => void;
}

const KIND: SealKind = { what: "journal", format: 1 };

/** Writes the journal atomically. Throws StoreError. */
export async function writeJournal(
  layout: Layout,
  journal: Journal,
  options: { durable: boolean },
): Promise<void> {
  const body = journal.kind === "publish"
    ? publishTexts(journal)
    : JSON.stringify(journal).slice(1, -1);
  await writeFileAtomic(layout.journal, seal(KIND, body), {
    ...options,
    mode: 0o600,
    inPlace: true,
  });
}

/**
 * What is under way; `undefined` when nothing is, or when the journal is damaged. Throws StoreError
 * `unknown_version` for one from a newer program.
 */
export async function readJournal(
  layout: Layout,
  options: JournalReadOptions = {},
): Promise<Journal | undefined> {
  const opened = await openSealed(layout.journal, KIND);
  if (opened.state === "missing") return undefined;
  const journal = opened.state === "sound" ? journalFrom(opened.value) : undefined;
  if (journal === undefined) {
    const reason = opened.state === "damaged" ? opened.reason : DISK.it_isnt_complete();
    options.warn?.(DISK.journal_damaged({ journal: layout.journal, reason }));
  }
  return journal;
}

/**
 * Whether a journal exists, sound or not. While one does, a folder's recorded version isn't
 * trusted.
 */
export async function journalIsOpen(layout: Layout): Promise<boolean> {
  return await Deno.lstat(layout.journal).then(() => true, () => false);
}

function* publishTexts(journal: PublishJournal): Generator<string> {
  yield `"kind":"publish","moves":`;
  yield* list(rowsOf(journal.moves, moveRow));
  yield `,"deletes":`;
  yield* list(rowsOf(journal.deletes, removalRow));
}

function* rowsOf<T>(items: readonly T[], row: (item: T) => string): Generator<string> {
  for (const item of items) yield row(item);
}

function moveRow(move: Move): string {
  const { staged, path, size, crc, mtimeMs } = move;
  return JSON.stringify([staged, path, size, crc, Math.trunc(mtimeMs)]);
}

function removalRow(removal: Removal): string {
  const { path, size, mtimeMs, crc } = removal;
  return JSON.stringify([path, size, Math.trunc(mtimeMs), crc]);
}

function journalFrom(value: Record<string, unknown>): Journal | undefined {
  const { kind, version, moves, deletes } = value;
  if (kind === "to_snapshot" || kind === "to_plain") {
    return typeof version === "string" && isVersionName(version) ? { kind, version } : undefined;
  }
  if (kind !== "publish" || !isTable(moves, "fpccn") || !isTable(deletes, "pcnc")) {
    return undefined;
  }
  return {
    kind,
    moves: (moves as [string, string, number, number, number][]).map(
      ([staged, path, size, crc, mtimeMs]) => ({ staged, path, size, crc, mtimeMs }),
    ),
    deletes: (deletes as [string, number, number, number][]).map(
      ([path, size, mtimeMs, crc]) => ({ path, size, mtimeMs, crc }),
    ),
  };
}

/** What a column may hold: a staged file's name, a path below the data's folder, a count, an instant. */
const CELLS: Readonly<Record<string, (cell: unknown) => boolean>> = {
  f: (cell) => typeof cell === "string" && isStagedName(cell),
  p: (cell) => typeof cell === "string" && isSafePath(cell),
  c: (cell) => Number.isSafeInteger(cell) && (cell as number) >= 0,
  n: Number.isSafeInteger,
};

/** Whether every row has what {@linkcode CELLS} says in each of its columns. */
function isTable(value: unknown, columns: string): boolean {
  return Array.isArray(value) &&
    value.every((row) =>
      Array.isArray(row) && row.length === columns.length &&
      row.every((cell, index) => CELLS[columns[index]!]!(cell))
    );
}
