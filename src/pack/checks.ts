/**
 * What packing refuses or warns of, so that nothing is published that clients can't use or that its
 * owner didn't intend.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { contains, realPath } from "../config/read/folders.ts";
import { ArchiveError, StoreError, UsageError } from "../errors.ts";
import type { WalkedFile } from "../fs/walk.ts";
import { oneLine } from "../plain_text.ts";
import { shellWord } from "../shell_word.ts";
import type { Entry } from "../types.ts";
import { checkEntries } from "../zip/directory/entry_tree.ts";
import { globOf } from "../zip/directory/glob_filter.ts";
import { DEFAULT_LIMITS } from "../zip/directory/limits.ts";
import { PackageFile } from "../zip/read/package_file.ts";
import { DISK } from "../messages/disk.ts";
import { PACK } from "../messages/pack.ts";
import { changesBetween, shown } from "./find_files.ts";
import type { PackContext, PackOptions } from "./options.ts";

/**
 * Refuses a site inside the folder to pack and the other way round, even through a link. `folder` is a
 * real path. Throws UsageError.
 */
export async function refuseNested(folder: string, site: string): Promise<void> {
  const real = await realPath(site);
  if (!contains(folder, real) && !contains(real, folder)) return;
  throw new UsageError(PACK.nested(), {
    expected: "two separate folders",
    found: `${folder} and ${site}`,
    hint: PACK.site_elsewhere({ path: join(dirname(folder), "hub") }),
  });
}

/** Refuses a folder that lost more files than allowed. Throws UsageError. */
export function refuseRemoved(
  files: readonly WalkedFile[],
  previous: PackageFile | undefined,
  { name, maxRemoved = 0.05 }: PackOptions,
): void {
  const before = previous?.directory.entries.filter((entry) => !entry.name.endsWith("/")) ?? [];
  const there = new Set(files.map(({ path }) => path));
  const gone = before.filter((entry) => !there.has(entry.name)).map((entry) => entry.name);
  if (gone.length <= before.length * maxRemoved) return;
  throw new UsageError(
    PACK.gone({ gone: gone.length, before: before.length, name, names: shown(gone) }),
    {
      expected: `at most ${maxRemoved * 100} % fewer files than in the package before`,
      found: `${files.length} files`,
      hint: PACK.say_so_once(),
    },
  );
}

/** Refuses files that changed while they were read. Throws StoreError. */
export function refuseChanged(before: WalkedFile[], after: WalkedFile[], folder: string): void {
  const changed = changesBetween(before, after);
  if (changed.length === 0) return;
  throw new StoreError("io", DISK.changed_while_read({ path: shown(changed) }), {
    path: folder,
    expected: "a folder that nobody writes to",
    found: `${changed.length} changed files`,
    hint: PACK.wait_for_it(),
  });
}

/** The package's fingerprint, after checks as this program's client makes them. Throws ArchiveError. */
export async function checkedFingerprint(
  path: string,
  files: readonly WalkedFile[],
): Promise<string> {
  using file = await PackageFile.open(path);
  const entries = takenEntries(file);
  if (entries.length !== files.length) {
    throw new Error(`packed ${entries.length} of ${files.length} files`);
  }
  const there = new Set(files.map(({ path }) => path));
  const other = entries.find((entry) => !there.has(entry.path));
  if (other === undefined) return file.directory.fingerprint;
  // Read the names as clients read them.
  const name = new TextDecoder().decode(file.directory.entries[other.index]!.rawName);
  const message = PACK.would_call({
    name: JSON.stringify(name),
    other: JSON.stringify(other.path),
  });
  throw refusedName(message, name);
}

function takenEntries({ directory }: PackageFile): Entry[] {
  try {
    return checkEntries(directory, { stripPrefix: "", limits: DEFAULT_LIMITS });
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    const { entry: shown } = error.evidence;
    // The evidence is a name as it is shown; one that no terminal shows is looked up.
    const isShown = ({ name }: { name: string }) =>
      [name, oneLine(JSON.stringify(name))].includes(shown ?? "");
    const entry = directory.entries.find(isShown)?.name ?? shown;
    throw refusedName(PACK.would_refuse({ why: error.message }), entry, error);
  }
}

function refusedName(
  message: string,
  name: string | undefined,
  cause?: ArchiveError,
): ArchiveError {
  const remedy = cause?.code === "too_large" ? PACK.leave_file_out : PACK.rename_or_leave_out;
  return new ArchiveError(cause?.code ?? "unsafe_name", message, {
    ...(name !== undefined && { entry: name }),
    hint: name === undefined ? PACK.nothing_published() : remedy({ path: shellWord(globOf(name)) }),
    ...(cause !== undefined && { cause }),
  });
}

/** Warns that clients strip a folder that holds everything. */
export function warnOfWrapper(files: readonly WalkedFile[], warn: PackContext["warn"]): void {
  const tops = new Set(files.map(({ path }) => path.includes("/") ? path.split("/")[0] : null));
  if (tops.size !== 1 || tops.has(null)) return;
  warn(PACK.wrapper({ folder: [...tops][0]! }));
}

/** Warns of files whose times can't be right. */
export function warnOfFuture(files: readonly WalkedFile[], warn: PackContext["warn"]): void {
  if (files.length === 0) return;
  const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
  const time = new Date(newest).toISOString();
  warn(PACK.from_future({ names: shown(files.map(({ path }) => path)), time }));
}

/** Warns of names that are the same on disks that ignore case. */
export function warnOfCase(files: readonly WalkedFile[], warn: PackContext["warn"]): void {
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const folded = path.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      warn(PACK.one_name({ names: shown([other, path]) }));
    }
    seen.set(folded, path);
  }
}
