/**
 * What was packed last time, file by file, kept in the site's work folder: which files needn't be read
 * again, and the checksums that their compressed bytes must have.
 *
 * Guarantees: a record that is missing, damaged or about another package costs reading, never a
 * wrong package.
 *
 * @module
 */
import { join } from "node:path";
import { writeFileAtomic } from "../fs/atomic_write.ts";
import { list, openSealed, seal, type SealKind } from "../fs/sealed_json.ts";
import type { WalkedFile } from "../fs/walk.ts";
import { PACK } from "../messages/pack.ts";

/** One file as it was packed. */
export interface PackedFile {
  /** In bytes. */
  size: number;
  /** Last change, in whole ms since the epoch. */
  mtimeMs: number;
  /** CRC-32 of the content. */
  crc: number;
  /** CRC-32 of the compressed bytes. */
  packedCrc: number;
  /** SHA-256 of the content, in base64url; a record of an earlier program has none. */
  sha256?: string | undefined;
  /** The midstate of that, in base64url; missing in the same records. */
  midstate?: string | undefined;
}

/** All files of one package. */
export interface PackedFiles {
  /** The package's. */
  fingerprint: string;
  /** When the files were looked at, in ms since the epoch. */
  lookedAt: number;
  files: Map<string, PackedFile>;
}

const KIND: SealKind = { what: PACK.packed_files(), format: 1 };

/** Some disks store mtimes in steps of two seconds: a file this young may change unnoticed. */
const YOUNG_MS = 2000;

/** The path of a dataset's record, in the site's work folder. */
export function recordPath(folder: string, name: string): string {
  return join(folder, `${encodeURIComponent(name)}.json`);
}

/** The record of the package with this fingerprint, if there is one. */
export async function loadPackedFiles(
  path: string,
  fingerprint: string | undefined,
): Promise<PackedFiles | undefined> {
  const opened = await openSealed(path, KIND).catch(() => undefined);
  if (opened?.state !== "sound") return undefined;
  const { fingerprint: of, looked_at: lookedAt, files: rows } = opened.value;
  if (of !== fingerprint || fingerprint === undefined) return undefined;
  if (typeof lookedAt !== "number" || !Array.isArray(rows)) return undefined;
  const files = new Map<string, PackedFile>();
  for (const row of rows) {
    const [name, size, mtimeMs, crc, packedCrc, ...texts] = Array.isArray(row) ? row : [];
    if (typeof name !== "string") return undefined;
    if (![size, mtimeMs, crc, packedCrc].every(Number.isSafeInteger)) return undefined;
    const [sha256, midstate] = texts.filter((text) => /^[\w-]{43}$/.test(String(text)));
    files.set(name, { size, mtimeMs, crc, packedCrc, sha256, midstate });
  }
  return { fingerprint, lookedAt, files };
}

/** Writes a record atomically. Throws StoreError. */
export async function savePackedFiles(path: string, packed: PackedFiles): Promise<void> {
  const rows = function* () {
    for (const [name, { size, mtimeMs, crc, packedCrc, sha256, midstate }] of packed.files) {
      yield JSON.stringify([name, size, mtimeMs, crc, packedCrc, sha256, midstate]);
    }
  };
  const texts = function* () {
    yield `"fingerprint":"${packed.fingerprint}","looked_at":${packed.lookedAt},"files":`;
    yield* list(rows());
  };
  await writeFileAtomic(path, seal(KIND, texts()), { durable: false, inPlace: true });
}

/** A file's record, if by size and mtime the file hasn't changed since. */
export function unchanged(
  { path, size, mtimeMs }: WalkedFile,
  record: PackedFiles | undefined,
): PackedFile | undefined {
  const known = record?.files.get(path);
  if (known?.size !== size || known.mtimeMs !== mtimeMs) return undefined;
  return mtimeMs < record!.lookedAt - YOUNG_MS ? known : undefined;
}
