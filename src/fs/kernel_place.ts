/**
 * Asks the kernel where an open file or folder lies, whatever its path leads to by now.
 *
 * Guarantees: where the kernel tells (Linux with `/proc`), the answer is about the very file that is
 * open. The runtime doesn't say by which number the kernel knows a file, so it is found among all of
 * this process's by device and inode; where other threads have the same one open, there is no answer.
 *
 * @module
 */
import { statSync } from "node:fs";
import { orElse } from "../or_else.ts";

/** Where the kernel tells of each open file of this process, by its number. */
const OPEN_FILES = "/proc/self/fd";

/** How often a file is opened again whose number can't be told from that of others. */
const TRIES = 5;

/** An open file whose number is known; disposing of it closes it. */
export interface NumberedFile extends Disposable {
  readonly file: Deno.FsFile;
  /** The path by which the kernel finds it. */
  readonly path: string;
}

/** The numbers of files that are open by this module. */
const numbered = new Set<number>();
/** The number that the next file probably gets: the lowest that is free. */
let next = 3;

/** Opens a file with its number; `undefined` = the kernel doesn't tell. Throws what `open` does. */
export function openNumbered(open: () => Deno.FsFile): NumberedFile | undefined {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const expected = next;
    const isFree = identityOf(expected) === undefined;
    const file = open();
    const identity = identityIn(file.statSync());
    const isIt = isFree && identityOf(expected) === identity;
    const number = isIt ? expected : onlyOneOf(identity);
    if (number === undefined) {
      file.close();
      continue;
    }
    numbered.add(number);
    next = number + 1;
    const close = (): void => {
      numbered.delete(number);
      next = number;
      file.close();
    };
    return { file, path: `${OPEN_FILES}/${number}`, [Symbol.dispose]: close };
  }
  return undefined;
}

/** Where an open file lies; `""` = the kernel can't say it, as of a path beyond its limits. */
export function placeOf({ path }: NumberedFile): string {
  return orElse(() => Deno.readLinkSync(path), "");
}

/** Whether an open file with this `info` was opened at `path`, or the kernel doesn't tell. */
export function liesAt(path: string, info: Deno.FileInfo): boolean {
  const places = placesOf(info);
  return places.length === 0 || places.includes(path) || leadsStraightTo(path, info);
}

/**
 * A disk may spell a path in its own way: then it counts if the path leads there without links as often
 * as this. Whoever swaps it isn't in time for every one of them.
 */
const LOOKS = 50;

/** Whether a path leads to what has this `info`, without links, at every one of many looks. */
export function leadsStraightTo(path: string, { dev, ino }: Deno.FileInfo): boolean {
  const isThere = (): boolean => {
    const there = Deno.lstatSync(path);
    return there.dev === dev && there.ino === ino && Deno.realPathSync(path) === path;
  };
  return orElse(() => Array.from({ length: LOOKS }).every(isThere), false);
}

/** Where an open file lies, by each name that it is open by; none = the kernel doesn't tell. */
function placesOf({ dev, ino }: Deno.FileInfo): string[] {
  const numbers = orElse(() => [...Deno.readDirSync(OPEN_FILES)], []);
  return numbers.flatMap(({ name }) => {
    const path = `${OPEN_FILES}/${name}`;
    // One that was closed meanwhile isn't this one.
    const open = orElse(() => Deno.statSync(path), undefined);
    const isIt = open?.dev === dev && open.ino === ino;
    return isIt ? [orElse(() => Deno.readLinkSync(path), "")] : [];
  });
}

/** Whether the kernel tells, and this program may change names by way of open folders. */
export function canAsk(): boolean {
  return tells ??= Deno.build.os === "linux" && orElse(() => {
    const may = (name: "read" | "write"): boolean =>
      Deno.permissions.querySync({ name, path: OPEN_FILES }).state === "granted";
    return may("read") && may("write") && Deno.statSync(OPEN_FILES).isDirectory;
  }, false);
}

let tells: boolean | undefined;

/** Device and inode of an open file of this process; `undefined` = no file has that number. */
function identityOf(number: number): string | undefined {
  const info = statSync(`${OPEN_FILES}/${number}`, { throwIfNoEntry: false });
  return info && identityIn(info);
}

function identityIn({ dev, ino }: { dev: number; ino: number | null }): string {
  return `${dev}:${ino}`;
}

/** The only file of this process with that identity whose number isn't known yet. */
function onlyOneOf(identity: string): number | undefined {
  const numbers = [...Deno.readDirSync(OPEN_FILES)].map(({ name }) => Number(name));
  const found = numbers.filter((number) =>
    !numbered.has(number) && orElse(() => identityOf(number), undefined) === identity
  );
  return found.length === 1 ? found[0] : undefined;
}
