/**
 * The unread changes of all datasets of a configuration, in the `changes/` of
 * {@linkcode recordsFolder}: what `datahubsync changes` prints and forgets.
 *
 * Guarantees: batches are numbered in the order in which they are collected, under a lock, so that
 * nothing gets a number up to N after somebody has read up to N; a number is never used twice. A
 * batch is kept until {@linkcode ChangeList.done} names its number or a higher one. A crash while
 * collecting loses nothing, and what it would show twice is recognised by the batch's ID.
 *
 * @module
 */

import { join } from "node:path";
import { recordsFolder } from "../config/records_folder.ts";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { StoreError } from "../errors.ts";
import { ifThere, ifThereAsync, removeIfThere } from "../fs/if_there.ts";
import { readOwnText } from "../fs/own_file.ts";
import { waitForLock } from "../fs/file_lock.ts";
import type { Change, ChangeKind } from "../types.ts";
import { waitingBatches } from "./changes.ts";
import { resolveLayout } from "./layout.ts";
import { DISK } from "../messages/disk.ts";

/** A change that nobody has confirmed to have read. */
export interface UnreadChange extends Change {
  /** The number of the last batch that changed the file. */
  number: number;
  dataset: string;
  version: string | null;
}

/** A dataset whose changes are collected. */
interface Listed {
  name: string;
  localDir: string;
}

/** One line of a batch's file. */
type Line = Omit<UnreadChange, "fromByte" | "number"> & { from_byte: number };

/** The list of one configuration. */
export class ChangeList implements Disposable {
  readonly #folder: string;
  readonly #lock: Deno.FsFile;

  private constructor(folder: string, lock: Deno.FsFile) {
    this.#folder = folder;
    this.#lock = lock;
  }

  /**
   * Opens the list beside a configuration, when no other process has it open. Throws StoreError, and
   * LockedError where one keeps it open for longer than 10 s.
   */
  static async open(configPath: string): Promise<ChangeList> {
    const folder = join(recordsFolder(configPath), "changes");
    return new ChangeList(folder, await waitForLock(join(folder, "lock")));
  }

  /** Numbers what the datasets' publishes have left. Throws StoreError. */
  async collect(datasets: readonly Listed[]): Promise<void> {
    let last = await this.#lastNumber();
    const known = new Set(this.#batches().map(({ id }) => id));
    for (const { name: dataset, localDir } of datasets) {
      for (const { path, batch } of await waitingBatches(await resolveLayout(localDir))) {
        const { id, version, changes } = batch;
        if (!known.has(id) && changes.length > 0) {
          const lines = changes.map(({ path, kind, fromByte, size }) =>
            JSON.stringify({ dataset, path, kind, from_byte: fromByte, size, version } as Line)
          );
          const name = `${String(++last).padStart(9, "0")}-${id}`;
          await writeFileAtomic(join(this.#folder, name), `${lines.join("\n")}\n`);
        }
        removeIfThere({ path, to: DISK.remove_the_list_that_was_collected() });
      }
    }
  }

  /** What is unread of these datasets, one change per file, by dataset and path. Throws StoreError. */
  async unread(names: ReadonlySet<string>): Promise<UnreadChange[]> {
    const files = new Map<string, UnreadChange>();
    for (const { number, name } of this.#batches()) {
      const path = join(this.#folder, name);
      const text = await readOwnText(path);
      for (const line of text.split("\n")) {
        if (line === "") continue;
        const { from_byte: fromByte, ...rest } = lineOf(line, path);
        if (!names.has(rest.dataset)) continue;
        const key = `${rest.dataset}\n${rest.path}`;
        files.set(key, joined(files.get(key), { ...rest, fromByte, number }));
      }
    }
    return [...files.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, change]) => change);
  }

  /** The highest number given so far; 0 = none. */
  async last(): Promise<number> {
    return await this.#lastNumber();
  }

  /** Forgets everything up to a number. Throws StoreError. */
  async done(number: number): Promise<void> {
    // First the number: once the batches are gone, nothing else says that it was given.
    const highest = await this.#lastNumber();
    await writeFileAtomic(join(this.#folder, "last"), `${highest}\n`);
    for (const batch of this.#batches()) {
      if (batch.number > number) continue;
      const path = join(this.#folder, batch.name);
      ifThere(() => Deno.removeSync(path), { path, to: DISK.remove_what_was_read() });
    }
  }

  /** Lets other processes at the list. */
  [Symbol.dispose](): void {
    this.#lock.close();
  }

  async #lastNumber(): Promise<number> {
    const text = await ifThereAsync(() => readOwnText(join(this.#folder, "last")));
    const before = /^\d{1,15}\n$/.test(text ?? "") ? Number(text) : 0;
    return Math.max(before, this.#batches().at(-1)?.number ?? 0);
  }

  #batches(): { number: number; id: string; name: string }[] {
    const items = ifThere(() => [...Deno.readDirSync(this.#folder)], {
      path: this.#folder,
      to: DISK.list_the_unread_changes(),
    });
    return (items ?? []).flatMap(({ name }) => {
      const [, digits, id] = /^(\d{9,15})-([0-9a-f-]{36})$/.exec(name) ?? [];
      return id === undefined ? [] : [{ number: Number(digits), id, name }];
    }).sort((a, b) => a.number - b.number);
  }
}

/** A line of a batch, which somebody may have changed. Throws StoreError. */
function lineOf(text: string, path: string): Line {
  try {
    const line = JSON.parse(text) as Line;
    if (
      typeof line.dataset === "string" && typeof line.path === "string" &&
      Object.hasOwn(JOINED, line.kind)
    ) {
      return line;
    }
  } catch {
    // Said below, as every other text that is no line.
  }
  throw new StoreError("bad_format", DISK.changes_unreadable({ path }), {
    path,
    found: JSON.stringify(text.slice(0, 80)),
    hint: DISK.move_the_changes_away(),
  });
}

/**
 * Two changes of one file, as one for somebody who has seen neither. A file that came and went is
 * still listed as removed: only a line has the number that is to be confirmed.
 */
function joined(before: UnreadChange | undefined, next: UnreadChange): UnreadChange {
  if (before === undefined || next.kind === "removed") return next;
  return { ...next, ...JOINED[before.kind](before, next) };
}

/** By the earlier change's kind: the kind and beginning of both together. */
const JOINED: Readonly<
  Record<
    ChangeKind,
    (before: UnreadChange, next: UnreadChange) => { kind: ChangeKind; fromByte: number }
  >
> = {
  new: () => ({ kind: "new", fromByte: 0 }),
  appended: ({ fromByte }, { kind }) =>
    kind === "appended" ? { kind, fromByte } : { kind: "replaced", fromByte: 0 },
  replaced: () => ({ kind: "replaced", fromByte: 0 }),
  removed: () => ({ kind: "replaced", fromByte: 0 }),
};
