/**
 * Where the last deflate blocks of staged entries begin, kept beside staging so that an interrupted
 * run's findings serve the next one.
 *
 * Guarantees: a lost or torn line may cost fetching one entry whole, never a wrong file: what is
 * decoded from a block is checked by its CRC-32. Lines of files that are no longer staged are
 * ignored.
 *
 * @module
 */
import { orElse } from "../or_else.ts";
import { openOwn, readOwnTextSync } from "../fs/own_file.ts";
import { writeFully } from "../fs/whole_io.ts";
import { removeIfThere } from "../fs/if_there.ts";
import type { Layout } from "./layout.ts";
import type { LastBlock } from "../grown/memory.ts";
import { DISK } from "../messages/disk.ts";

/** Lines written at once; a kill loses at most these. With 64, writing took 2 % of `small`. */
const LINES = 256;

/** The notes on one dataset's staged files. */
export class StagedBlocks {
  readonly #path: string;
  #lines: string[] = [];

  constructor(layout: Layout) {
    this.#path = `${layout.staging}.blocks`;
  }

  /** What an earlier run noted, by staged name. */
  load(): Map<string, LastBlock> {
    const blocks = new Map<string, LastBlock>();
    for (const line of this.#read().split("\n")) {
      const [, name, bit, out] = /^(.+) (\d{1,15}) (\d{1,15})$/.exec(line) ?? [];
      if (name !== undefined) blocks.set(name, { bit: Number(bit), out: Number(out) });
    }
    return blocks;
  }

  /** Notes a staged file's block. */
  note(name: string, block: LastBlock): void {
    this.#lines.push(`${name} ${block.bit} ${block.out}\n`);
    if (this.#lines.length >= LINES) this.save();
  }

  /** Writes the pending notes. Ignores errors: whoever writes data next reports a full disk. */
  save(): void {
    if (this.#lines.length === 0) return;
    try {
      using file = openOwn(this.#path, { access: "append", create: 0o600, inPlace: true });
      writeFully(file, new TextEncoder().encode(this.#lines.join("")));
    } catch {
      // A sync works without them.
    }
    this.#lines = [];
  }

  /** Removes the notes once their files are live: the manifest has them then. */
  remove(): void {
    removeIfThere({ path: this.#path, to: DISK.remove_the_notes_on_staged_files() });
  }

  #read(): string {
    return orElse(() => readOwnTextSync(this.#path), "");
  }
}
