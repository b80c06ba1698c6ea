/**
 * A complete package on the disk: its directory, and each entry's packed data and content. For
 * publishing; a sync reads packages while they arrive.
 *
 * Guarantees: an entry's content is returned only if it has the directory's CRC-32 and size. A
 * package that can't be read is an ArchiveError.
 *
 * @module
 */
import { openPlain } from "../../plain_file.ts";
import { readFully } from "../../fs/whole_io.ts";
import { readDirectory } from "../directory/directory.ts";
import { EntryReader } from "./entry_reader.ts";
import type { PackageDirectory, RawEntry } from "../directory/package_directory.ts";

/** Enough for the directory of 1,000 files; more is read when it is needed. */
const FIRST_TAIL = 128 << 10;

/** An open package. */
export class PackageFile extends EntryReader {
  /** What its directory says. */
  readonly directory: PackageDirectory;
  readonly #entries: Map<string, RawEntry>;

  private constructor(file: Deno.FsFile, directory: PackageDirectory) {
    super(file);
    this.directory = directory;
    this.#entries = new Map(directory.entries.map((entry) => [entry.name, entry]));
  }

  /** Opens a package. Throws ArchiveError for one that can't be read, and what Deno throws. */
  static async open(path: string): Promise<PackageFile> {
    const file = openPlain(path);
    try {
      return new PackageFile(file, await directoryOf(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  entry(name: string): RawEntry | undefined {
    return this.#entries.get(name);
  }

  /**
   * The package's last bytes, from its directory on; from earlier where its end is odd, so that a
   * reader who has them alone finds the directory, too.
   */
  async directoryBytes(): Promise<Uint8Array> {
    const { directoryOffset, total } = this.directory;
    for (let tailOffset = directoryOffset;;) {
      const tail = this.read(tailOffset, total - tailOffset);
      const result = await readDirectory(tail, { tailOffset, total, filenameEncoding: "auto" });
      if (result.kind === "directory") return tail;
      tailOffset = result.start;
    }
  }
}

/** The directory of an open package. Throws ArchiveError. */
export async function directoryOf(file: Deno.FsFile): Promise<PackageDirectory> {
  const total = (await file.stat()).size;
  let tailOffset = Math.max(0, total - FIRST_TAIL);
  while (true) {
    const tail = readFully(file, tailOffset, new Uint8Array(total - tailOffset));
    const result = await readDirectory(tail, { tailOffset, total, filenameEncoding: "auto" });
    if (result.kind === "directory") return result.directory;
    tailOffset = result.start;
  }
}
