/**
 * Fresh folders for runs, on a file system made for them.
 *
 * Guarantees: a run starts with an empty folder and with nothing left to be written for an earlier
 * one (`sync -f`), and with memory at hand. Nothing is deleted before the last run: ext4 goes around
 * inodes that were freed in the last minutes, and creating 5,400 files then takes up to five times as
 * long. Where the room runs out, a new file system takes the place of the old one. Caches aren't
 * dropped: the hub's package is in memory for everybody. The file system is mounted where paths are as
 * short as a server's: the runtime judges its permissions for each folder on the way to a file, 2 µs
 * each, which no other contestant does. Without root, or without loop devices, runs lie on the
 * checkout's file system, and `kind` says so.
 *
 * @module
 */
import { join } from "node:path";
import { freeSpace } from "../src/fs/space.ts";
import type { Package } from "./datasets.ts";
import { warmMemory } from "./warm_memory.ts";

/** Of the image, bytes; it takes only what is written. */
const IMAGE_BYTES = 24e9;
/** With less room than this, bytes, another file system is made. */
const LEAST_FREE = 8e9;

/** Where runs take place. */
export class Workplace {
  /** What kind of file system it is, in words. */
  readonly kind: string;
  readonly #folder: string;
  /** The file system's root. */
  readonly #root: string;
  readonly #image: string | undefined;
  #count = 0;

  private constructor(folder: string, root: string, image: string | undefined, kind: string) {
    this.#folder = folder;
    this.#root = root;
    this.#image = image;
    this.kind = kind;
  }

  /** Takes a new folder below this one, with a file system of its own where that can be made. */
  static async open(folder: string): Promise<Workplace> {
    const own = join(folder, crypto.randomUUID());
    const onCheckout = join(own, "fs");
    await Deno.mkdir(onCheckout, { recursive: true });
    const image = join(own, "image");
    const mountPoint = await Deno.makeTempDir({ prefix: "bench_" });
    try {
      await makeFileSystem(image, mountPoint);
      return new Workplace(own, mountPoint, image, "runs on an ext4 image made for them");
    } catch (error) {
      await Promise.all([remove(image), remove(mountPoint)]);
      const why = error instanceof Error ? error.message : String(error);
      const kind = `runs on the checkout's file system: ${why}`;
      return new Workplace(own, onCheckout, undefined, kind);
    }
  }

  /** Gives `work` a fresh folder. It stays until the end. */
  async within<T>(work: (folder: string) => Promise<T>): Promise<T> {
    if (this.#count > 0 && (await freeSpace(this.#root)).bytes < LEAST_FREE) await this.#renew();
    const folder = join(this.#root, String(++this.#count));
    await Deno.mkdir(folder, { recursive: true });
    await settle(folder);
    await warmMemory();
    return await work(folder);
  }

  /** A folder for what runs start from: on the checkout's file system, so that no renewal takes it. */
  async keep(): Promise<string> {
    const folder = join(this.#folder, "kept", String(++this.#count));
    await Deno.mkdir(folder, { recursive: true });
    return folder;
  }

  /** Removes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#image !== undefined) {
      await run("umount", this.#root);
      await remove(this.#root);
    }
    await remove(this.#folder);
  }

  async #renew(): Promise<void> {
    if (this.#image === undefined) return await remove(this.#root);
    await run("umount", this.#root);
    await Deno.remove(this.#image);
    await makeFileSystem(this.#image, this.#root);
  }
}

async function makeFileSystem(image: string, mountPoint: string): Promise<void> {
  if (Deno.uid() !== 0) throw new Error("mounting needs root");
  using file = await Deno.open(image, { write: true, create: true });
  await file.truncate(IMAGE_BYTES);
  // Nothing is left to be written in the background.
  await run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image);
  await run("mount", "-o", "loop", image, mountPoint);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr).trim()}`);
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
export async function mustHold(
  folder: string,
  expected: Pick<Package, "fileCount" | "totalSize">,
): Promise<void> {
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
