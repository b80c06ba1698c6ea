/**
 * Asks for a package's last bytes, and finds out on the way how long it is and whether its hub knows
 * ranges at all.
 *
 * Guarantees: bytes are handed on only when they are of the length that was assumed. A hub without
 * ranges may answer with the whole package; that then goes into the partial, as long as the disk has
 * the room: an answer without an end isn't let fill it.
 *
 * @module
 */
import { ArchiveError, HubError, StoreError } from "../errors.ts";
import { freeSpace } from "../fs/space.ts";
import { type PackageHead, speaksOldHttp } from "../hub/package_head.ts";
import { RangeRefusedError } from "../hub/range_refused_error.ts";
import type { RemotePackage } from "../hub/remote_package.ts";
import { isRetriable } from "../hub/retriable.ts";
import { withRetries } from "../hub/retry.ts";
import type { Partial } from "../store/partial.ts";
import type { Patience } from "./fill.ts";
import type { HubPace } from "./hub_pace.ts";

/** What asking for the last bytes needs. */
export interface TailContext {
  remote: RemotePackage;
  /** Where the whole package goes when it comes; without it only ranges will do. */
  partial: Partial | undefined;
  pace: HubPace;
  patience: Patience;
  signal: AbortSignal;
  /** Whether the whole package may come instead; else a range is insisted on, once. */
  takeWhole: boolean;
  /** Whether a package that isn't found may be there in a moment: the catalog says it is. */
  mayAppear: boolean;
  /** Bytes of the whole package are arriving in the partial. */
  onBytes: (start: number, end: number) => void;
}

/** Thrown to leave an answer whose head said that the package has another length. */
class OtherLength extends Error {}

/** Asks for parts of a package before its directory is known. */
export class TailRequests {
  /** The package's length, as far as it is known; 0 = not yet. */
  total: number;
  /** The head of the latest answer. */
  head: PackageHead | undefined;
  /** Bytes received. */
  received = 0;
  /** Whether all of the package has come, into the partial. */
  whole = false;
  readonly #context: TailContext;
  #takeWhole: boolean;

  constructor(context: TailContext, total: number) {
    this.#context = context;
    this.total = total;
    this.#takeWhole = context.partial !== undefined &&
      (context.takeWhole || context.pace.ranges === false);
  }

  /** From now on a range is insisted on again: the whole package came without its end. */
  insistOnRanges(): void {
    this.whole = false;
    this.#takeWhole = false;
  }

  /** One range with retries; `undefined` = the length was wrong and is known better now. */
  async request(start: number, end: number): Promise<Uint8Array | undefined> {
    const { patience, signal } = this.#context;
    try {
      return await withRetries(() => this.#once(start, end), {
        ...patience,
        signal,
        isRetriable: (error) => this.#mayComeRight(error),
        onRetry: (cause, waitMs) => patience.onRetry(cause, waitMs),
      });
    } catch (error) {
      if (error instanceof OtherLength) return undefined;
      if (error instanceof RangeRefusedError) {
        if (this.total <= 1 && start === 0) throw tooShort(0);
        this.total = error.total ?? 0;
        return undefined;
      }
      throw error;
    }
  }

  #mayComeRight(error: unknown): boolean {
    if (!(error instanceof HubError) || error instanceof RangeRefusedError) return false;
    if (error.code === "not_found") return this.#context.mayAppear;
    return isRetriable(error) || error.code === "wrong_range";
  }

  async #once(start: number, end: number): Promise<Uint8Array> {
    const { remote, partial, pace, signal } = this.#context;
    const bytes = new Uint8Array(end - start);
    let whole = false;
    const room = this.#takeWhole ? await roomBeside(partial!) : 0;
    let most = 0;
    const outcome = await remote.fetch(
      { ranges: [{ start, end }], allowFull: this.#takeWhole, signal },
      {
        head: (head) => {
          if (speaksOldHttp(head)) pace.serial = true;
          whole = head.status === 200;
          const known = this.total;
          this.head = head;
          this.total = head.total ?? known;
          if (whole && partial !== undefined && this.#takeWhole) {
            // What comes out of a package takes at least as much again.
            most = head.total ?? Math.floor(room / 2);
            if (most > room) throw tooLong(partial, { expected: most, room });
            partial.begin({ fingerprint: null, total: this.total });
          } else if (!whole && head.total !== null && head.total !== known && known !== 0) {
            throw new OtherLength();
          }
        },
        bytes: (offset, chunk) => {
          this.received += chunk.length;
          if (!whole) {
            bytes.set(chunk, offset - start);
            return;
          }
          if (offset + chunk.length > most) {
            partial!.drop(); // of a package without an end nothing is of use
            throw tooLong(partial!, { room });
          }
          partial!.write(offset, chunk);
          this.#context.onBytes(offset, offset + chunk.length);
        },
      },
    );
    pace.note(outcome);
    if (outcome.kind === "full_refused") {
      this.#takeWhole = partial !== undefined; // asked for a range twice and refused: it knows none
      throw new HubError("wrong_range", "The hub answered a range with the whole package", {
        expected: "status 206",
        found: "status 200",
      });
    }
    this.whole = outcome.kind === "full";
    pace.ranges = !this.whole;
    if (this.whole) this.total = partial!.have.size;
    return bytes;
  }
}

/** Bytes that a package may take: those that are free, and those that an earlier try has taken. */
async function roomBeside(partial: Partial): Promise<number> {
  const { bytes } = await freeSpace(partial.path);
  return bytes + partial.have.size;
}

function tooLong(partial: Partial, { expected, room }: { expected?: number; room: number }) {
  const what = expected === undefined ? "has no end that the disk has room for" : "doesn't fit";
  return new StoreError("disk_full", `The package that the hub sends ${what}`, {
    path: partial.path,
    expected: expected === undefined ? `less than ${room} bytes` : `${expected} bytes free`,
    found: `${room} bytes free`,
    hint: "free some room, or ask whoever runs the hub whether it says how long its packages are",
  });
}

/** The error for a package that is shorter than any ZIP. */
export function tooShort(total: number): ArchiveError {
  return new ArchiveError("no_end_record", `The package is no ZIP: it has ${total} bytes`, {
    expected: "at least 22 bytes",
    found: total,
    hint: "the hub may still be writing it; run again later",
  });
}
