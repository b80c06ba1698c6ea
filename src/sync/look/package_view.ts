/**
 * Reads a package's directory before downloading it: requests its last bytes by range. A hub
 * without ranges sends the whole package instead, and that is then the download.
 *
 * Guarantees: the directory belongs to one package; if the length given by the hub or the catalog
 * was wrong, it is requested again with the right one. Usually costs one request, and never more
 * than {@linkcode MOST_LOOKS}.
 *
 * @module
 */
import { ArchiveError, HubError } from "../../errors.ts";
import type { PackageHead } from "../../hub/answer/package_head.ts";
import { readDirectory } from "../../zip/directory/directory.ts";
import { judgedByBeginning, judgedByName } from "../../zip/directory/end_errors.ts";
import type { FilenameEncoding } from "../../zip/directory/entry_name.ts";
import type { PackageDirectory } from "../../zip/directory/package_directory.ts";
import { type TailContext, TailRequests } from "./tail_requests.ts";
import type { Limits } from "../../zip/directory/limits.ts";
import type { PartialPackage } from "../../store/partial.ts";
import { SYNC } from "../../messages/sync.ts";

/** A package's directory, and what the hub's answer said about it. */
export interface PackageView {
  directory: PackageDirectory;
  /** The head of the answer with the directory. */
  head: PackageHead;
  /** The package's last bytes, from `offset`; empty if the partial holds them already. */
  tail: { offset: number; bytes: Uint8Array };
  /** Bytes received for it. */
  received: number;
}

/** The head before any answer about the package. */
export const NO_HEAD: PackageHead = {
  status: 200,
  total: null,
  stamp: null,
  stampText: null,
  etag: null,
  etagIsWeak: false,
  lastModified: null,
  server: null,
};

interface ViewContext extends TailContext {
  /** The package's stated length and number of files; 0 = unknown. */
  expected: { total: number; files: number };
  filenameEncoding: FilenameEncoding;
  /** The largest directory to accept. */
  limits: Limits;
}

/**
 * The most requests per directory: for a wrong length, a directory longer than guessed, or a change
 * meanwhile.
 */
const MOST_LOOKS = 8;

/** A directory record is 46 bytes plus the name, and rarely more than 20 bytes of extra fields. */
const BYTES_PER_RECORD = 96;
const SMALLEST_TAIL = 64 << 10;
const LARGEST_TAIL = 16 << 20;

/** Bytes of a package's end that are asked for first, where it has this many files; 0 = unknown. */
export function firstTailOf(files: number): number {
  const least = files === 0 ? 2 * SMALLEST_TAIL : SMALLEST_TAIL;
  return Math.min(LARGEST_TAIL, files * BYTES_PER_RECORD + least);
}

/** Reads a package's directory from the hub. Throws HubError, ArchiveError, StoreError. */
export async function viewPackage(context: ViewContext): Promise<PackageView> {
  const { accepted, partial } = context.whole ?? {};
  if (accepted !== undefined && partial !== undefined && holdsWhole(partial, accepted)) {
    // What it is comes from its bytes, not from what was noted about them.
    const view = await new Viewing(context, partial.key.total).view().catch(() => undefined);
    if (view?.directory.fingerprint === accepted) return view;
  }
  return await new Viewing(context).view();
}

function holdsWhole({ key, have }: PartialPackage, fingerprint: string): boolean {
  const { total } = key;
  return key.fingerprint === fingerprint && total > 0 &&
    have.missing([{ start: 0, end: total }]).length === 0;
}

class Viewing {
  readonly #context: ViewContext;
  readonly #tail: TailRequests;
  #offset = 0;
  #bytes: Uint8Array = new Uint8Array();
  #brokenOnce = false;

  /** `held` is the length of a package that the partial holds. */
  constructor(context: ViewContext, held?: number) {
    this.#context = context;
    this.#tail = new TailRequests(context, held ?? context.expected.total);
    this.#tail.holdsWhole = held !== undefined;
  }

  async view(): Promise<PackageView> {
    try {
      return await this.#view();
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      if (!["no_end_record", "bad_directory"].includes(error.code)) throw error;
      const named = judgedByName(error, new URL(this.#context.remote.url).pathname);
      if (named.code !== "no_end_record") throw named;
      throw judgedByBeginning(error, await this.#beginning());
    }
  }

  /** The package's first bytes; none where they can't be had. */
  async #beginning(): Promise<Uint8Array> {
    const { whole, remote, signal } = this.#context;
    const range = { start: 0, end: 4 };
    if (this.#tail.holdsWhole) return whole!.partial.read(range);
    const bytes = new Uint8Array(range.end);
    let length = 0;
    const take = (offset: number, chunk: Uint8Array): void => {
      bytes.set(chunk, offset);
      length = offset + chunk.length;
    };
    const request = { ranges: [range], allowFull: false, signal };
    await remote.fetch(request, { head() {}, bytes: take }).catch(() => {});
    return bytes.subarray(0, length);
  }

  async #view(): Promise<PackageView> {
    let start: number | undefined;
    for (let look = 0; look < MOST_LOOKS; look++) {
      // The ranges' answers don't agree about the length, or no length fits: a plain one may.
      if (look === MOST_LOOKS - 1 && this.#tail.canAskForAll) {
        this.#tail.giveUpRanges(SYNC.changed_every_time());
      }
      if (!await this.#get(start)) {
        start = undefined;
        continue;
      }
      const { filenameEncoding, limits } = this.#context;
      const result = await readDirectory(this.#bytes, {
        tailOffset: this.#offset,
        total: this.#tail.total,
        filenameEncoding,
        limits,
      }).catch((error: unknown) => {
        if (this.#cameBroken(error)) return undefined;
        throw error;
      });
      if (result === undefined) {
        start = undefined;
        continue;
      }
      if (result.kind === "directory") {
        return {
          directory: result.directory,
          head: this.#tail.head ?? NO_HEAD,
          tail: this.#tail.holdsWhole
            ? { offset: this.#tail.total, bytes: new Uint8Array() }
            : { offset: this.#offset, bytes: this.#bytes },
          received: this.#tail.received,
        };
      }
      start = result.start;
    }
    throw new HubError("changed", SYNC.changed_every_time(), {
      expected: "one length",
      hint: SYNC.package_building(),
    });
  }

  /**
   * Fetches the bytes from `start` (default: a guess) up to those already there; `false` = look
   * again.
   */
  async #get(start: number | undefined): Promise<boolean> {
    if (this.#tail.holdsWhole) {
      this.#fromPartial(start ?? Math.max(0, this.#tail.total - this.#guess()));
      return true;
    }
    if (this.#tail.total === 0) {
      await this.#tail.request(0, 1); // its head gives the package's length
      if (this.#tail.holdsWhole) return await this.#get(start);
      // Its answers don't give it.
      if (this.#tail.total === 0) this.#tail.giveUpRanges(SYNC.no_length());
      else if (this.#tail.total === 1 && !this.#tail.doubtLength(tooShort(1))) throw tooShort(1);
      return false;
    }
    const from = start ?? Math.max(0, this.#tail.total - this.#guess());
    const end = start === undefined ? this.#tail.total : this.#offset;
    const before = this.#bytes;
    const bytes = await this.#tail.request(from, end);
    if (bytes === undefined) return false;
    if (this.#tail.holdsWhole) return await this.#get(start);
    this.#offset = from;
    if (start === undefined) {
      this.#bytes = bytes;
    } else {
      this.#bytes = new Uint8Array(bytes.length + before.length);
      this.#bytes.set(bytes);
      this.#bytes.set(before, bytes.length);
    }
    return true;
  }

  /**
   * Whether the package came without its end (replaced or cut off on the way), so look once more.
   */
  #cameBroken(error: unknown): boolean {
    if (!(error instanceof ArchiveError)) return false;
    if (this.#brokenOnce) return error.code === "no_end_record" && this.#tail.doubtLength(error);
    const { traits, retry } = this.#context;
    // Bytes whose position the hub didn't state may be other bytes.
    const unlabelled = traits.unlabelled && !this.#tail.holdsWhole;
    if (error.code !== "no_end_record" && !unlabelled) return false;
    this.#brokenOnce = true;
    retry.onRetry?.("cut_short", 0, SYNC.end_isnt_one());
    this.#bytes = new Uint8Array();
    if (unlabelled) {
      this.#tail.giveUpRanges(error.message);
      return true;
    }
    // If the hub supports ranges, fetch its last bytes by range: they show whether the rest is usable.
    this.#tail.insistOnRanges();
    return true;
  }

  #guess(): number {
    return firstTailOf(this.#context.expected.files);
  }

  #fromPartial(start: number): void {
    this.#offset = start;
    this.#bytes = this.#context.whole!.partial.read({ start, end: this.#tail.total });
  }
}

/** The error for a package that is shorter than any ZIP. */
function tooShort(total: number): ArchiveError {
  return new ArchiveError("no_end_record", SYNC.no_zip({ total }), {
    expected: "at least 22 bytes",
    found: total,
  });
}
