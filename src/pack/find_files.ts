/**
 * Finds the files to pack.
 *
 * Guarantees: links aren't followed. What can't be packed (links, sockets, pipes, devices, names that
 * aren't UTF-8) is refused by name, never silently left out. The runtime doesn't list such names: where
 * `ls` can't be asked for them (`odd_names.ts`), only `minFiles` can notice that they are missing.
 *
 * @module
 */
import { StoreError, UsageError } from "../errors.ts";
import { oddNames } from "../fs/odd_names.ts";
import { walk, type WalkedFile } from "../fs/walk.ts";
import { shellWord } from "../shell_word.ts";
import { globOf, makeFilter } from "../zip/directory/glob_filter.ts";
import { CONFIG } from "../messages/config.ts";
import { PACK } from "../messages/pack.ts";
import type { PackContext, PackOptions } from "./options.ts";

/** The most names that a message shows. */
const SHOWN = 5;

/** The files to pack, sorted by path. Throws StoreError, UsageError. */
export function findFiles({ folder, exclude = [], minFiles = 1 }: PackOptions): WalkedFile[] {
  const wanted = makeFilter({ include: [], exclude });
  const odd: string[] = [];
  const onOther = (path: string): void => void (wanted(path) && odd.push(path));
  const files = walk(folder, { onOther, inPlace: true }).filter(({ path }) => wanted(path));
  if (odd.length > 0) {
    throw new StoreError("wrong_type", PACK.cant_pack({ folder, names: shown(odd) }), {
      path: folder,
      expected: "plain files and folders",
      found: "links, pipes, sockets or devices",
      hint: PACK.leave_out({ path: shellWord(globOf(odd[0]!)) }),
    });
  }
  if (files.length < Math.max(1, minFiles)) {
    throw new UsageError(PACK.few_files({ folder, count: files.length }), {
      path: folder,
      expected: `at least ${Math.max(1, minFiles)}`,
      found: files.length,
      hint: PACK.folder_complete(),
    });
  }
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** Refuses names that aren't UTF-8. Throws StoreError. */
async function refuseOddNames({ folder, exclude = [] }: PackOptions): Promise<void> {
  const wanted = makeFilter({ include: [], exclude });
  const odd = (await oddNames(folder)).filter(({ path }) => wanted(path));
  if (odd.length === 0) return;
  const names = shown(odd.map(({ word }) => word), (word) => word);
  throw new StoreError("wrong_type", PACK.odd_names({ folder, count: odd.length, names }), {
    path: folder,
    expected: "names in UTF-8",
    found: `${odd.length} others`,
    hint: PACK.rename_in_utf8({
      folder: shellWord(folder),
      path: shellWord(globOf(odd[0]!.path)),
    }),
  });
}

/** Waits until nothing has changed for `settleMs`, then returns the files. Throws StoreError, UsageError. */
export async function settledFiles(
  options: PackOptions,
  { clock, sleep }: Pick<PackContext, "clock" | "sleep">,
): Promise<WalkedFile[]> {
  const { settleMs = 0 } = options;
  const find = async () => {
    await refuseOddNames(options); // there may be no others
    return findFiles(options);
  };
  let files = await find();
  while (settleMs > 0) {
    const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
    const age = clock() - newest;
    if (age >= settleMs) break;
    // An mtime in the future proves nothing, so two listings must agree instead.
    await sleep(age < 0 ? settleMs : settleMs - age);
    const again = await find();
    const same = changesBetween(files, again).length === 0;
    files = again;
    if (same) break;
  }
  return files;
}

/** The paths of files that differ in size or time, are new, or are gone. */
export function changesBetween(
  before: readonly WalkedFile[],
  after: readonly WalkedFile[],
): string[] {
  const left = new Map(before.map((file) => [file.path, file]));
  const changed: string[] = [];
  for (const { path, size, mtimeMs } of after) {
    const old = left.get(path);
    left.delete(path);
    if (old?.size !== size || old.mtimeMs !== mtimeMs) changed.push(path);
  }
  return [...changed, ...left.keys()].sort();
}

/** The first of many names, for a message. */
export function shown(
  names: readonly string[],
  quote: (name: string) => string = JSON.stringify,
): string {
  const more = names.length - SHOWN;
  const list = names.slice(0, SHOWN).map((name) => quote(name)).join(", ");
  return more > 0 ? CONFIG.names_and_more({ names: list, number: more }) : list;
}
