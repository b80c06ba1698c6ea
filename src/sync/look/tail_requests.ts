/**
 * Requests a package's last bytes and, in doing so, finds out its length and whether the hub
 * supports ranges at all.
 *
 * Guarantees: bytes are handed on only if the package has the assumed length and all of them
 * arrived, in however many answers; what arrived before a connection broke is kept, unless the next
 * answer has other validators. A hub without ranges may answer with the whole package, and one
 * that refuses ranges is asked for it; it goes into the partial as long as there is disk space, so
 * that an endless answer can't fill the disk. Finding this out doesn't count as a retry.
 *
 * It is longer than 250 lines because all that one answer can teach about a package meets here.
 *
 * @module
 */
import { type ArchiveError, HubError, messageOf, StoreError } from "../../errors.ts";
import { type PackageHead, speaksOldHttp } from "../../hub/answer/package_head.ts";
import { RangeRefusedError, rangesToBlame } from "../../hub/answer/ranges_to_blame.ts";
import type { RemotePackage } from "../../hub/remote_package.ts";
import { isGone, isRetriable } from "../../hub/retry/retriable.ts";
import { withRetries } from "../../hub/retry/retry.ts";
import type { PartialPackage } from "../../store/partial.ts";
import type { Range } from "../../types.ts";
import type { RetryOptions } from "../../hub/retry/retry.ts";
import type { HubTraits } from "../hubs/hub_traits.ts";
import { Pieces } from "../../hub/answer/pieces.ts";
import { roomOn } from "../../store/room.ts";
import { SYNC } from "../../messages/sync.ts";

/** Options for requesting the last bytes. */
export interface TailContext {
  remote: RemotePackage;
  /** Where the whole package goes if it comes; without it only ranges are accepted. */
  whole?: WholePackage;
  traits: HubTraits;
  retry: RetryOptions;
  signal: AbortSignal;
  /** Whether a package that isn't found may appear in a moment: the catalog says it exists. */
  mayAppear: boolean;
}

/** The whole package, if it comes. */
interface WholePackage {
  partial: PartialPackage;
  /** Whether it may come at once; otherwise a range is insisted on, once. */
  mayCome: boolean;
  /** The fingerprint of a package that the partial may hold already: then nothing is requested. */
  accepted: string | undefined;
  /** How much of the disk stays free; see `sync.disk_reserve`. */
  reserve: number | "auto";
  /** Called when its bytes arrive in the partial. */
  onBytes: (start: number, end: number) => void;
}

/** The most answers for the last bytes; beyond that the whole package is requested. */
const MOST_ANSWERS = 256;

/** Asking again for the rest helps no more. */
class TooManyPieces extends HubError {
  constructor({ bytes, size }: Pieces) {
    super("wrong_range", SYNC.too_many_pieces({ MOST_ANSWERS }), {
      expected: `${bytes.length} bytes`,
      found: `${size} bytes in ${MOST_ANSWERS} answers`,
    });
  }
}

/** Thrown to abandon an answer whose head says that the package has a different length. */
class OtherLength extends Error {}

/** Requests parts of a package before its directory is known. */
export class TailRequests {
  /** The package's length; 0 = not known yet. */
  total: number;
  /** The head of the latest answer. */
  head: PackageHead | undefined;
  /** Bytes received. */
  received = 0;
  /** Whether the whole package has arrived in the partial. */
  holdsWhole = false;
  readonly #context: TailContext;
  #takeWhole: boolean;
  /** Whether ranges are no longer requested. */
  #asksAll: boolean;
  /** A length that only ranges have stated, and what is wrong if it is right. */
  #doubted: { total: number; error: ArchiveError } | undefined;

  constructor(context: TailContext, total: number) {
    this.#context = context;
    this.total = total;
    const { whole, traits } = context;
    this.#takeWhole = whole !== undefined && (whole.mayCome || traits.ranges === false);
    this.#asksAll = traits.ranges === false;
  }

  /** Insists on a range again: the whole package came without its end. */
  insistOnRanges(): void {
    this.holdsWhole = false;
    this.#takeWhole = false;
    this.#asksAll = false;
  }

  /** Requests the whole package from now on: answers to ranges can't be used. */
  giveUpRanges(why: string): void {
    this.#takeWhole = this.#context.whole !== undefined;
    this.#asksAll = true;
    this.#context.traits.rangesFailed ??= why;
  }

  /**
   * The same after ranges showed a package without its end: their length may be wrong. If the whole
   * one has that length, too, the package is what is wrong, and the error stands. `false` = there is
   * no other way to ask.
   */
  doubtLength(error: ArchiveError): boolean {
    if (!this.canAskForAll) return false;
    this.#doubted = { total: this.total, error };
    this.giveUpRanges(error.message);
    return true;
  }

  /** Whether the whole package can be requested, and hasn't been yet. */
  get canAskForAll(): boolean {
    return !this.holdsWhole && !this.#asksAll && this.#context.whole !== undefined;
  }

  /** Requests one range with retries; `undefined` = the length was wrong and has been corrected. */
  async request(start: number, end: number): Promise<Uint8Array | undefined> {
    const { retry, signal } = this.#context;
    const pieces = new Pieces({ start, end });
    try {
      return await withRetries(() => this.#inAnswers(pieces), {
        ...retry,
        signal,
        isRetriable: (error) => this.#isRetriable(error),
        progressed: (error) => pieces.progressed(error),
      });
    } catch (error) {
      if (error instanceof OtherLength) return undefined;
      if (error instanceof RangeRefusedError && this.#learnsLength(error, start)) return undefined;
      const { traits } = this.#context;
      const blame = rangesToBlame(error);
      if (this.#asksAll || blame === "no" || (blame === "maybe" && traits.ranges)) throw error;
      this.giveUpRanges(messageOf(error));
      return await this.request(start, end);
    }
  }

  /** Whether a refusal states another length, so that asking again makes sense. */
  #learnsLength({ total }: RangeRefusedError, start: number): boolean {
    // If it states none, the catalog's length may be wrong.
    const next = total ?? 0;
    if (next === this.total || start === 0) return false;
    this.total = next;
    return true;
  }

  #isRetriable(error: unknown): boolean {
    const isFinal = error instanceof RangeRefusedError || error instanceof TooManyPieces;
    if (!(error instanceof HubError) || isFinal) return false;
    if (isGone(error) && this.#context.mayAppear) return true;
    return isRetriable(error) || error.code === "wrong_range";
  }

  /** Requests what is missing of a range until it is complete. */
  async #inAnswers(pieces: Pieces): Promise<Uint8Array> {
    for (;;) {
      const { missing } = pieces;
      if (missing === undefined || this.holdsWhole) return pieces.bytes;
      if (pieces.answers >= MOST_ANSWERS) throw new TooManyPieces(pieces);
      try {
        await this.#once(missing, pieces);
      } catch (error) {
        // An answer may promise more than it brings, and still bring what was asked for.
        if (pieces.missing !== undefined || !(error instanceof HubError)) throw error;
      }
    }
  }

  /** Sends one request; `pieces` gets the bytes of the range. */
  async #once(range: Range, pieces: Pieces): Promise<void> {
    const { remote, whole, traits, signal } = this.#context;
    const partial = whole?.partial;
    let isWhole = false;
    const room = this.#takeWhole ? await roomFor(whole!) : 0;
    let most = 0;
    let ended = 0;
    const outcome = await remote.fetch(
      { ranges: this.#asksAll ? "all" : [range], allowFull: this.#takeWhole, signal },
      {
        head: (head) => {
          if (speaksOldHttp(head)) traits.serial = true;
          isWhole = head.status === 200;
          const known = this.total;
          this.head = head;
          this.total = head.total ?? known;
          if (isWhole && !this.#takeWhole && this.#asksAll) throw noRanges();
          if (isWhole && head.total === this.#doubted?.total) throw this.#doubted.error;
          if (isWhole && partial !== undefined && this.#takeWhole) {
            // The extracted files take at least as much space again.
            most = head.total ?? Math.floor(room / 2);
            if (most > room) throw tooLong(partial, { expected: most, room });
            partial.begin({ fingerprint: null, total: this.total });
          } else if (!isWhole && head.total !== null && head.total !== known && known !== 0) {
            throw new OtherLength();
          } else if (!isWhole) {
            pieces.comeFrom(head);
          }
        },
        bytes: (offset, chunk) => {
          this.received += chunk.length;
          if (!isWhole) return pieces.take(offset, chunk);
          if (offset + chunk.length > most) {
            partial!.drop(); // nothing of a package without an end is usable
            throw tooLong(partial!, { room });
          }
          partial!.write(offset, chunk);
          ended = offset + chunk.length;
          whole!.onBytes(offset, offset + chunk.length);
        },
      },
    );
    traits.note(outcome);
    if (outcome.kind === "full_refused") {
      if (partial === undefined || this.#takeWhole) throw noRanges();
      this.#takeWhole = true; // may be a cache that is still fetching: ask once more
      return;
    }
    this.holdsWhole = outcome.kind === "full";
    traits.ranges = !this.holdsWhole;
    // Without a length, bytes of a longer package may have been there.
    if (this.holdsWhole && this.head?.total === null) partial!.endAt(ended);
    if (this.holdsWhole) this.total = partial!.have.size;
  }
}

function noRanges(): HubError {
  return new HubError("wrong_range", SYNC.whole_for_range(), {
    expected: "status 206",
    found: "status 200",
  });
}

/** The space that a package may take: what is free plus what an earlier attempt already uses. */
async function roomFor({ partial, reserve }: WholePackage): Promise<number> {
  const { bytes } = await roomOn(partial.path, reserve);
  return bytes + partial.have.size;
}

function tooLong(partial: PartialPackage, { expected, room }: { expected?: number; room: number }) {
  const what = expected === undefined ? SYNC.no_end_for_room() : SYNC.doesnt_fit();
  return new StoreError("disk_full", SYNC.package_that_is_sent({ what }), {
    path: partial.path,
    expected: expected === undefined ? `less than ${room} bytes` : `${expected} bytes free`,
    found: `${room} bytes free`,
    hint: SYNC.room_or_ask(),
  });
}
