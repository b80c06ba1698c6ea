/**
 * Changes names in folders that somebody else may exchange for links at any moment.
 *
 * Guarantees, where the kernel tells of open files (Linux with `/proc`): a change is made in the folder
 * that lay at its path, without a link on the way, when it was opened; otherwise it isn't made. The
 * folder is held open, the kernel is asked where it lies, and the change goes by way of `/proc/self/fd`,
 * so that what the path leads to by then doesn't matter. A folder is used by its path where nobody else
 * could exchange it (`own_way.ts`), where the kernel doesn't tell, and in a program that lacks the
 * permission. It serves for renaming, linking, removing and making folders: by such a path the runtime
 * opens no file. A folder that is moved meanwhile stays the same folder.
 *
 * Measured: 95 µs per folder that is held, and 4 µs on top of the 8 of a rename.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { DISK } from "../messages/disk.ts";
import { openPlace } from "../plain_file.ts";
import { OwnWays } from "./own_way.ts";
import {
  canAsk,
  leadsStraightTo,
  type NumberedFile,
  openNumbered,
  placeOf,
} from "./kernel_place.ts";

/** A publish works with four folders at once: staging, the data's, and two of links to old files. */
const MOST = 8;

/** Holds the folders of the paths that it is asked for, the latest few. */
export class HeldFolders implements Disposable {
  readonly #held = new Map<string, NumberedFile | undefined>();
  readonly #ownWays = new OwnWays();

  /**
   * By which path to change the name at `path`, which is absolute and has no links above it. Good until
   * other folders have been asked for. Throws StoreError `wrong_type` where a link leads elsewhere, and
   * the system's error.
   */
  at(path: string): string {
    const folder = this.of(dirname(path));
    return folder.endsWith("/") ? folder + basename(path) : `${folder}/${basename(path)}`;
  }

  /** By which path to list the folder at `path`; as {@linkcode HeldFolders.at}. */
  of(folder: string): string {
    if (!canAsk()) return folder;
    const isKnown = this.#held.has(folder);
    const held = isKnown ? this.#held.get(folder) : this.#open(folder);
    this.#held.delete(folder);
    this.#held.set(folder, held);
    if (this.#held.size > MOST) this.#close(this.#held.keys().next().value!);
    return held?.path ?? folder;
  }

  #open(folder: string): NumberedFile | undefined {
    return this.#ownWays.includes(folder) ? undefined : openInPlace(folder);
  }

  #close(folder: string): void {
    this.#held.get(folder)?.[Symbol.dispose]();
    this.#held.delete(folder);
  }

  [Symbol.dispose](): void {
    for (const folder of [...this.#held.keys()].reverse()) this.#close(folder);
  }
}

/** Removes what has the name, in the folder that lies there. Throws as {@linkcode HeldFolders.at} does. */
export function removeInPlace(path: string, options?: Deno.RemoveOptions): void {
  using held = new HeldFolders();
  Deno.removeSync(held.at(path), options);
}

/** The same with all that is in it, beside other work. */
export async function removeAllInPlace(path: string): Promise<void> {
  using held = new HeldFolders();
  await Deno.remove(held.at(path), { recursive: true });
}

/** Renames within or between the folders that lie there. Throws as {@linkcode HeldFolders.at} does. */
export function renameInPlace(from: string, to: string): void {
  using held = new HeldFolders();
  Deno.renameSync(held.at(from), held.at(to));
}

/** Opens the folder that lies at a path; `undefined` = the kernel doesn't tell. */
function openInPlace(folder: string): NumberedFile | undefined {
  const held = openNumbered(() => openPlace(folder));
  if (held === undefined) return undefined;
  const place = placeOf(held);
  if (place === folder || leadsStraightTo(folder, held.file.statSync())) return held;
  held[Symbol.dispose]();
  throw swapped(folder, place);
}

function swapped(path: string, place: string): StoreError {
  return new StoreError("wrong_type", DISK.was_swapped({ path }), {
    path,
    expected: "the folder of that path",
    found: place,
    hint: DISK.nothing_led_there({ found: DISK.a_link() }),
  });
}
