/**
 * Finds the files to pack.
 *
 * Guarantees: links aren't followed. What can't be packed (links, sockets, pipes, devices) is refused
 * by name, never silently left out. Files whose names aren't UTF-8 are left out: the runtime doesn't
 * list them, so only `minFiles` can notice that they are missing.
 *
 * @module
 */
import { StoreError, UsageError } from "../errors.ts";
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
  const files = walk(folder, { onOther }).filter(({ path }) => wanted(path));
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

/** Waits until nothing has changed for `settleMs`, then returns the files. Throws as findFiles(). */
export async function settledFiles(
  options: PackOptions,
  { clock, sleep }: Pick<PackContext, "clock" | "sleep">,
): Promise<WalkedFile[]> {
  const { settleMs = 0 } = options;
  let files = findFiles(options);
  while (settleMs > 0) {
    const newest = files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
    const age = clock() - newest;
    if (age >= settleMs) break;
    // An mtime in the future proves nothing, so two listings must agree instead.
    await sleep(age < 0 ? settleMs : settleMs - age);
    const again = findFiles(options);
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
export function shown(names: readonly string[]): string {
  const more = names.length - SHOWN;
  const list = names.slice(0, SHOWN).map((name) => JSON.stringify(name)).join(", ");
  return more > 0 ? CONFIG.names_and_more({ names: list, number: more }) : list;
}
