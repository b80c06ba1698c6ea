/**
 * The folder of patches being downloaded: each under its digest, their data, and a list of those
 * that turned out to be useless.
 *
 * Guarantees: nothing in it is needed after a publish; what an earlier run left is read and checked
 * before it is used. Losing the list of refused patches costs one request.
 *
 * @module
 */
import { join } from "node:path";
import { HeldFolders } from "../fs/held_folder.ts";
import { diskError } from "../fs/disk_error.ts";
import { replaceWithNew } from "../fs/new_file.ts";
import { readOwnText } from "../fs/own_file.ts";
import { writeFully } from "../fs/whole_io.ts";
import type { Layout } from "./layout.ts";
import { DISK } from "../messages/disk.ts";

const REFUSED = "refused";
const DATA = "data";
/** Refused patches remembered; older ones are no longer offered. */
const MOST_REFUSED = 100;

/** One dataset's folder of patches. */
export class PatchFolder {
  /** The combined data of all patches in use. */
  readonly data: string;
  readonly #path: string;

  constructor({ patches }: Layout) {
    this.#path = patches;
    this.data = join(patches, DATA);
  }

  /** Makes the folder and removes all but these patches (by SHA-256). Throws StoreError. */
  prepare(wanted: readonly string[]): void {
    try {
      Deno.mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw diskError(error, this.#path, DISK.make_the_folder_of_patches());
    }
    this.clear(wanted);
  }

  /** The path of a patch, by its SHA-256. */
  pathOf(sha256: string): string {
    return join(this.#path, nameOf(sha256));
  }

  /** The SHA-256 of patches that are not requested again. */
  async refused(): Promise<Set<string>> {
    const text = await readOwnText(join(this.#path, REFUSED)).catch(() => "");
    return new Set(text.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line)));
  }

  /** Remembers that a patch is useless. */
  async refuse(sha256: string): Promise<void> {
    const lines = [...await this.refused(), sha256].slice(-MOST_REFUSED);
    try {
      using file = replaceWithNew(join(this.#path, REFUSED), 0o600);
      writeFully(file, new TextEncoder().encode(`${lines.join("\n")}\n`));
    } catch {
      // Then it is requested once more.
    }
  }

  /** Removes the data and all patches but these. */
  clear(wanted: readonly string[] = []): void {
    const kept = new Set([...wanted.map(nameOf), REFUSED]);
    try {
      using held = new HeldFolders();
      for (const { name } of Deno.readDirSync(held.of(this.#path))) {
        if (!kept.has(name)) Deno.removeSync(held.at(join(this.#path, name)));
      }
    } catch {
      // What can't be removed now does no harm.
    }
  }
}

function nameOf(sha256: string): string {
  return sha256.slice(0, 16);
}
