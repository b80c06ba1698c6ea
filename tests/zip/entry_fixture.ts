/**
 * One entry in a package file of its own, and what extracts it, for the tests of the extraction.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { UNFINISHED } from "../../src/fs/new_file.ts";
import { EntryExtractor } from "../../src/zip/extract/extract_entry.ts";
import type { KnownSymbols } from "../../src/grown/last_block.ts";
import type { TailEnds, TailSource } from "../../src/grown/tail.ts";
import type { ExtractTask } from "../../src/zip/extract/extract_messages.ts";
import { type TempDir, tempDir } from "../support/temp.ts";
import { le } from "./tiny_zip.ts";

/** An entry as it lies in a package. */
export interface PlacedEntry {
  package: Uint8Array;
  task: ExtractTask;
  /** Where its compressed data begins. */
  dataStart: number;
}

/** What came out of an extraction. */
export interface Outcome {
  content: Uint8Array;
  block?: { bit: number; out: number };
  known?: KnownSymbols;
}

const NAME = new TextEncoder().encode("sh600000.csv");
/** Something in front and behind, so that offsets count. */
const FRONT = new Uint8Array(77).fill(0x46);
const BEHIND = new Uint8Array(400).fill(0x42);

/** Places `data` in a package as the entry of this `content`; `claim` lies about it everywhere. */
export function placed(
  data: Uint8Array,
  content: Uint8Array,
  claim: { method?: number; size?: number; crc?: number; compressedSize?: number } = {},
): PlacedEntry {
  const { method = 8, size = content.length, crc = crc32(content) } = claim;
  const { compressedSize = data.length } = claim;
  const header = Buffer.concat([
    le([4, 0x04034b50], [2, 20], [2, 0x800], [2, method], [4, 0], [4, crc]),
    le([4, compressedSize], [4, size], [2, NAME.length], [2, 0]),
    NAME,
  ]);
  const dataStart = FRONT.length + header.length;
  return {
    package: Buffer.concat([FRONT, header, data, BEHIND]),
    dataStart,
    task: {
      id: 0,
      path: "sh600000.csv",
      method,
      flags: 0x800,
      crc,
      compressedSize,
      size,
      headerOffset: FRONT.length,
      nameCrc: crc32(NAME),
      end: dataStart + compressedSize,
      target: "",
    },
  };
}

/** A folder in which one entry after another is extracted. */
export class ExtractionBench implements AsyncDisposable {
  readonly #temp: TempDir;

  private constructor(temp: TempDir) {
    this.#temp = temp;
  }

  /** Makes the folder. */
  static async make(): Promise<ExtractionBench> {
    return new ExtractionBench(await tempDir());
  }

  /** A path in it. */
  at(name: string): string {
    return this.#temp.at(name);
  }

  /** Whether the last extraction left its file there, complete or not. */
  get leftOver(): boolean {
    const names = [...Deno.readDirSync(this.at("."))].map(({ name }) => name);
    return names.some((name) => name === "target" || name.endsWith(UNFINISHED));
  }

  /** Extracts the whole entry. */
  whole(entry: PlacedEntry): Outcome {
    return this.#extract(entry.package, entry.task);
  }

  /** Extracts from the old content and the tail alone: all other bytes of the package are noise. */
  tail(
    entry: PlacedEntry,
    from: { old: Uint8Array; block: { bit: number; out: number } },
  ): Outcome {
    Deno.writeFileSync(this.at("old"), from.old);
    const { dataStart, task } = entry;
    const sparse = Uint8Array.from(entry.package);
    sparse.fill(0xee, 0, dataStart + (from.block.bit >> 3));
    sparse.fill(0xee, task.end);
    const tail: TailSource = { path: this.at("old"), dataStart, ...from.block };
    return this.#extract(sparse, { ...task, tail });
  }

  /** Extracts from the old content and both ends of the tail: all other bytes are noise. */
  ends(
    entry: PlacedEntry,
    from: { old: Uint8Array; block: { bit: number; out: number }; grown: TailEnds },
  ): Outcome {
    Deno.writeFileSync(this.at("old"), from.old);
    return this.endsOfLast(entry, from);
  }

  /** The same with the old file as it is now. */
  endsOfLast(
    entry: PlacedEntry,
    from: { block: { bit: number; out: number }; grown: TailEnds },
  ): Outcome {
    const { dataStart, task } = entry;
    const { block, grown } = from;
    const first = dataStart + (block.bit >> 3);
    const sparse = Uint8Array.from(entry.package);
    sparse.fill(0xee, 0, first);
    sparse.fill(0xee, first + grown.headBytes, grown.restStart);
    sparse.fill(0xee, task.end);
    const tail: TailSource = { path: this.at("old"), dataStart, ...block, grown };
    return this.#extract(sparse, { ...task, tail });
  }

  #extract(bytes: Uint8Array, task: ExtractTask): Outcome {
    Deno.writeFileSync(this.at("package"), bytes);
    using file = Deno.openSync(this.at("package"));
    const target = this.at("target");
    const extracted = new EntryExtractor(file).extract({ ...task, target }, task.end);
    extracted.file?.close();
    const content = Deno.readFileSync(target);
    Deno.removeSync(target);
    const { block, known } = extracted;
    return { content, ...(block && { block }), ...(known && { known }) };
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#temp[Symbol.asyncDispose]();
  }
}
