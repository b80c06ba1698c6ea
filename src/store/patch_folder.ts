/**
 * The folder of patches on their way in: each under its digest, their data, and which of them turned
 * out to be of no use.
 *
 * Guarantees: nothing in it is needed once a publish is done; what an earlier run left is a claim, and
 * read and checked before it is used. A list of refused patches that is lost costs a request.
 *
 * @module
 */
import { join } from "node:path";
import { diskError } from "../fs/disk_error.ts";
import { readOwnText, replaceWithNew } from "../fs/own_file.ts";
import { writeFully } from "../fs/whole_io.ts";
import type { Layout } from "./layout.ts";

const REFUSED = "refused";
const DATA = "data";
/** More refused patches than this are from long ago. */
const MOST_REFUSED = 100;

/** One dataset's folder of patches. */
export class PatchFolder {
  /** The data of all patches that are used together. */
  readonly data: string;
  readonly #path: string;

  constructor({ patches }: Layout) {
    this.#path = patches;
    this.data = join(patches, DATA);
  }

  /** Makes the folder and removes what isn't one of these patches (by SHA-256). Throws StoreError. */
  prepare(wanted: readonly string[]): void {
    try {
      Deno.mkdirSync(this.#path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw diskError(error, this.#path, "make the folder of patches");
    }
    this.clear(wanted);
  }

  /** Where a patch lies, by its SHA-256. */
  pathOf(sha256: string): string {
    return join(this.#path, nameOf(sha256));
  }

  /** The SHA-256 of patches that aren't asked for again. */
  async refused(): Promise<Set<string>> {
    const text = await readOwnText(join(this.#path, REFUSED)).catch(() => "");
    return new Set(text.split("\n").filter((line) => /^[0-9a-f]{64}$/.test(line)));
  }

  /** Remembers that a patch is of no use. */
  async refuse(sha256: string): Promise<void> {
    const lines = [...await this.refused(), sha256].slice(-MOST_REFUSED);
    try {
      using file = replaceWithNew(join(this.#path, REFUSED), 0o600);
      writeFully(file, new TextEncoder().encode(`${lines.join("\n")}\n`));
    } catch {
      // It is asked for once more then.
    }
  }

  /** Removes patches and data, but these. */
  clear(wanted: readonly string[] = []): void {
    const kept = new Set([...wanted.map(nameOf), REFUSED]);
    try {
      for (const { name } of Deno.readDirSync(this.#path)) {
        if (!kept.has(name)) Deno.removeSync(join(this.#path, name));
      }
    } catch {
      // What can't be removed now is in nobody's way.
    }
  }
}

function nameOf(sha256: string): string {
  return sha256.slice(0, 16);
}
