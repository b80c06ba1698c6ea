/**
 * Fresh folders for runs, all on the file system of the checkout.
 *
 * Guarantees: a run starts with an empty folder and with nothing left to be written for an earlier
 * one (`sync -f`), and its folder goes when all is over. Caches aren't dropped: the hub's package is
 * in memory for everybody.
 *
 * @module
 */
import { join } from "node:path";
import { freeSpace } from "../src/fs/space.ts";
import type { Package } from "./datasets.ts";

/** With less room than this, bytes, the earlier outputs go after all. */
const LEAST_FREE = 20e9;

/** Where runs take place. */
export class Workplace {
  readonly #folder: string;
  #count = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Takes a new folder below this one. */
  static open(folder: string): Workplace {
    return new Workplace(join(folder, crypto.randomUUID()));
  }

  /**
   * Gives `work` a fresh folder. It stays until the end: ext4 goes around inodes that were freed in
   * the last minutes, and creating 5,400 files then takes five times as long.
   */
  async within<T>(work: (folder: string) => Promise<T>): Promise<T> {
    if (this.#count > 0 && (await freeSpace(this.#folder)).bytes < LEAST_FREE) {
      await remove(this.#folder);
    }
    const folder = join(this.#folder, String(++this.#count));
    await Deno.mkdir(folder, { recursive: true });
    await settle(folder);
    return await work(folder);
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await remove(this.#folder);
  }
}

/** Waits until everything on the file system of this folder has been written. */
export async function settle(folder: string): Promise<void> {
  await new Deno.Command("sync", { args: ["-f", folder] }).output();
}

/**
 * Checks that a tree has as many files and bytes as the package holds.
 *
 * @throws {Error} with both figures when it doesn't.
 */
export async function mustHold(folder: string, expected: Package): Promise<void> {
  const found = await treeSize(folder);
  const { fileCount, totalSize } = expected;
  if (found.files === fileCount && found.bytes === totalSize) return;
  throw new Error(
    `expected ${fileCount} files with ${totalSize} bytes, found ${found.files} with ${found.bytes}`,
  );
}

async function treeSize(folder: string): Promise<{ files: number; bytes: number }> {
  const sum = { files: 0, bytes: 0 };
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      const below = await treeSize(path);
      sum.files += below.files;
      sum.bytes += below.bytes;
    } else {
      sum.files++;
      sum.bytes += (await Deno.stat(path)).size;
    }
  }
  return sum;
}

async function remove(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
