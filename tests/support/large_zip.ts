/**
 * Packages with entries and offsets of 4 GB and more, honest and lying: what 32 bits can't hold.
 *
 * Guarantees: each is written within a second and takes at most some 40 MB of disk, since stored
 * gigabytes are holes. A lie differs from an honest package in the one thing that it is named after.
 *
 * @module
 */
import {
  dataDescriptor,
  directoryHeader,
  endRecord,
  type EntryRecord,
  FLAG_DESCRIPTOR,
  localHeader,
} from "../../src/zip/write/zip_records.ts";
import { type LongContent, longRows, longZeros, notPacked, storedHole } from "./long_content.ts";
import { utf8 } from "./odd_zip_parts.ts";
import { noise, seededRandom } from "./random.ts";

/** What 32 bits can't hold any more. */
export const FOUR_GIB = 2 ** 32;

/** One entry, and what its records say otherwise than they should. */
export interface LargeEntry {
  name: string;
  content: LongContent;
  local?: Partial<EntryRecord>;
  directory?: Partial<EntryRecord>;
  descriptor?: boolean;
  /** It is there, but the directory doesn't list it. */
  unlisted?: boolean;
}

/** One package. */
export interface LargeZip {
  name: string;
  entries: LargeEntry[];
  expect: "accepted" | "refused";
  /** What is said of a refused one. */
  says?: RegExp;
  why: string;
  /** The paths that are wanted; default: all. */
  include?: string[];
}

/** The large file that most of them hold. */
export const LARGE = "large.csv";
const SIZE = FOUR_GIB + 77_777;
const SMALL: LargeEntry = { name: "small.csv", content: notPacked(utf8("a,b\n1,2\n")) };

/** Packages that cost a machine nothing, since no 4 GB are ever extracted. */
export function cheapLargeZips(): LargeZip[] {
  const few = notPacked(noise(seededRandom(4), 6_000_000));
  const many = longRows(SIZE);
  const inBoth = (said: Partial<EntryRecord>) => ({ local: said, directory: said });
  const large = (content: LongContent, more: Partial<LargeEntry> = {}) => [
    { name: LARGE, content, ...more },
    SMALL,
  ];
  const refused = (name: string, entries: LargeEntry[], says: RegExp, why: string): LargeZip => ({
    ...{ name, entries, says, why },
    expect: "refused",
  });
  const hole = storedHole(SIZE);
  // The real one's header begins exactly 4 GiB behind that of its decoy.
  const decoy = { name: "wanted.csv", content: notPacked(utf8("a,b\n5,6\n")), unlisted: true };
  const header = frameOf({ ...SMALL, name: LARGE }) - SMALL.content.compressedSize;
  const between = { name: LARGE, content: storedHole(FOUR_GIB - frameOf(decoy) - header) };
  const wanted = { name: decoy.name, content: notPacked(utf8("a,b\n3,4\n")) };
  const behind = (
    said: Partial<EntryRecord> = {},
  ) => [SMALL, decoy, between, { ...wanted, directory: said }];
  return [
    {
      name: "an entry that begins behind 4 GiB",
      entries: behind(),
      expect: "accepted",
      why: "its offset is in the Zip64 field",
      include: [wanted.name],
    },
    refused(
      "4 GiB more claimed than there are",
      large(few, inBoth({ size: few.size + FOUR_GIB })),
      /wrong length|longer|uncompressed size/i,
      "the same size modulo 2^32",
    ),
    refused(
      "4 GiB less claimed than there are",
      large(many, inBoth({ size: many.size - FOUR_GIB, zip64: false })),
      /wrong length|longer|uncompressed size/i,
      "the same size modulo 2^32",
    ),
    refused(
      "4 GiB less in the local header",
      large(many, { local: { size: many.size - FOUR_GIB, zip64: false } }),
      /header of large\.csv is wrong: expected size/,
      "two readers would extract two things",
    ),
    refused(
      "4 GiB less in the local Zip64 field",
      large(many, { local: { size: many.size - FOUR_GIB, zip64: true } }),
      /header of large\.csv is wrong: expected size/,
      "two readers would extract two things",
    ),
    refused(
      "a local header whose sizes should be in a Zip64 field that isn't there",
      large(many, { local: { size: FOUR_GIB - 1, compressedSize: FOUR_GIB - 1, zip64: false } }),
      /header of large\.csv is wrong/,
      "the sizes aren't anywhere",
    ),
    refused(
      "4 GiB more stored than there are",
      large(
        storedHole(77_777),
        inBoth({ size: 77_777 + FOUR_GIB, compressedSize: 77_777 + FOUR_GIB }),
      ),
      /shares bytes|reaches into the directory/,
      "the data would be the rest of the package",
    ),
    refused(
      "4 GiB less stored than there are",
      large(hole, inBoth({ size: 77_777, compressedSize: 77_777, zip64: false })),
      /wrong content/,
      "the same size modulo 2^32",
    ),
    {
      ...refused(
        "an offset 4 GiB too near",
        behind({ offset: frameOf(SMALL), zip64: false }),
        /header of wanted\.csv is wrong/,
        "the same offset modulo 2^32",
      ),
      include: [wanted.name],
    },
    {
      ...refused(
        "an offset 4 GiB too far",
        [
          SMALL,
          { ...wanted, directory: { offset: frameOf(SMALL) + FOUR_GIB } },
          between,
          { ...decoy, name: "things.csv" },
        ],
        /header of wanted\.csv is wrong/,
        "the same offset modulo 2^32",
      ),
      include: [wanted.name],
    },
    refused(
      "zeros, as tight as deflate can",
      large(longZeros(SIZE)),
      /ratio of a bomb/,
      "real data reaches 10 : 1",
    ),
  ];
}

/** Packages of which 4 GB are extracted. */
export function fullLargeZips(): LargeZip[] {
  const accepted = (name: string, entry: Omit<LargeEntry, "name">, why: string): LargeZip => ({
    name,
    entries: [{ name: LARGE, ...entry }, SMALL],
    expect: "accepted",
    why,
  });
  const content = longRows(SIZE);
  const bare = { size: 0, compressedSize: 0, crc: 0 };
  return [
    accepted("4 GiB and more", { content }, "sizes in the Zip64 fields of both headers"),
    accepted(
      "4 GiB and more with a descriptor of 24 bytes",
      { content, descriptor: true, local: { ...bare, zip64: true } },
      "as Python streams it",
    ),
    accepted(
      "4 GiB and more with a descriptor of 24 bytes and a plain local header",
      { content, descriptor: true, local: { ...bare, zip64: false } },
      "as Go streams it",
    ),
    accepted("4 GiB stored", { content: storedHole(SIZE) }, "packed size in the Zip64 field"),
    accepted("4 GiB exactly", { content: longRows(FOUR_GIB) }, "the first size that needs Zip64"),
    accepted(
      "4 GiB less one byte, with Zip64",
      { content: longRows(FOUR_GIB - 1) },
      "the value that means Zip64, as a value",
    ),
    accepted(
      "4 GiB less two bytes",
      { content: longRows(FOUR_GIB - 2) },
      "the largest size that needs no Zip64",
    ),
  ];
}

/** Writes a package; its bytes that are zeros by the gigabyte aren't written. */
export function writeLargeZip(path: string, entries: readonly LargeEntry[]): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const write = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  };
  let at = 0;
  const directory: Uint8Array[] = [];
  for (const { name, content, local, directory: said, descriptor, unlisted } of entries) {
    const record = recordOf(name, content, at);
    if (descriptor) record.flags |= FLAG_DESCRIPTOR;
    const header = localHeader({ ...record, ...local });
    write(header);
    for (const part of content.packed()) {
      if (typeof part === "number") file.seekSync(part, Deno.SeekMode.Current);
      else write(part);
    }
    at += header.length + content.compressedSize;
    if (descriptor) {
      const behind = dataDescriptor({ ...record, zip64: true });
      write(behind);
      at += behind.length;
    }
    if (!unlisted) directory.push(directoryHeader({ ...record, ...said }));
  }
  for (const header of directory) write(header);
  const directorySize = directory.reduce((sum, header) => sum + header.length, 0);
  write(endRecord({ entries: directory.length, directorySize, directoryOffset: at }));
}

/** The bytes that an entry takes in a package, where it has no descriptor. */
function frameOf({ name, content }: LargeEntry): number {
  return localHeader(recordOf(name, content)).length + content.compressedSize;
}

function recordOf(name: string, content: LongContent, offset = 0): EntryRecord {
  const { method, crc, compressedSize, size } = content;
  const mtime = new Date("2026-01-05T00:00:00Z");
  return { name: utf8(name), method, flags: 0, crc, compressedSize, size, offset, mtime };
}
