/**
 * The CRC-32, size and SHA-256 of an entry's content while it comes.
 *
 * Guarantees: what {@linkcode RunningContent.check} lets pass is the entry's content, by all that is
 * known of it. What a patch copies from the old file needn't be hashed again where the old content's
 * midstate is known: of these bytes CRC-32 says that they are still the ones that had the recorded
 * digest.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { ZIP } from "../../messages/zip.ts";
import { resumeFrom, type Sha256, wholeBlocks } from "../../trust/sha256.ts";
import { wrongCrc, wrongDigest, wrongSize } from "./content_error.ts";
import type { ExtractTask } from "./extract_messages.ts";

/** A running SHA-256: the runtime's, or one resumed from an earlier state. */
interface RunningHash extends Partial<Pick<Sha256, "midstate">> {
  update(chunk: Uint8Array): unknown;
  digest(encoding: "base64url"): string;
}

/** What came of an entry so far. */
export class RunningContent {
  readonly #task: ExtractTask;
  #hash: RunningHash | undefined;
  #sha256: string | undefined;
  #crc = 0;
  #size = 0;
  #checked = false;

  constructor(task: ExtractTask) {
    this.#task = task;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** Takes content. Throws ArchiveError `wrong_size`. */
  update(chunk: Uint8Array): void {
    const { size, digest } = this.#task;
    this.#crc = crc32(chunk, this.#crc);
    if (digest !== undefined) this.#running.update(chunk);
    this.#size += chunk.length;
    if (this.#size > size) throw wrongSize(this.#task, ZIP.bytes_longer({ number: size }));
  }

  /**
   * Goes on from the old content's hash, if the content begins with its first `length` bytes and these
   * hold all of its whole blocks; `read` reads of the old content.
   */
  goOn(length: number, read: (offset: number, length: number) => Uint8Array): void {
    const old = this.#task.digest?.old;
    const from = wholeBlocks(old?.size ?? 0);
    if (old === undefined || from === 0 || length < from) return;
    this.#hash = resumeFrom(old, read(from, old.size - from));
  }

  /** Once all of it has come. Throws ArchiveError `wrong_size`, `wrong_crc` or `wrong_digest`. */
  check(): void {
    if (this.#checked) return;
    const { crc, path, size, digest } = this.#task;
    if (this.#size !== size) throw wrongSize(this.#task, ZIP.bytes({ number: this.#size }));
    if (this.#crc !== crc) throw wrongCrc(path, crc, this.#crc);
    if (digest !== undefined) this.#sha256 = this.#running.digest("base64url");
    const { expected = this.#sha256 } = digest ?? {};
    if (this.#sha256 !== expected) throw wrongDigest(path, expected, this.#sha256);
    this.#checked = true;
  }

  /** What is known of checked content, in base64url. */
  get digests(): { sha256?: string; midstate?: string } {
    const [sha256, midstate] = [this.#sha256, this.#hash?.midstate];
    return { ...(sha256 !== undefined && { sha256 }), ...(midstate !== undefined && { midstate }) };
  }

  get #running(): RunningHash {
    return this.#hash ??= createHash("sha256");
  }
}
