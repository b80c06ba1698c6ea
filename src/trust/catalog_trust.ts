/**
 * Decides whether a signed catalog is trusted: by its key, expiry and counter, and this machine's clock.
 *
 * Guarantees: a catalog that it returns was signed by a trusted key, hasn't expired, and isn't older
 * than any catalog of that key that was accepted before. Setting the clock back can't make an expired
 * one valid: a clock that is behind the last success is refused.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { TRUST } from "../messages/trust.ts";
import type { Clock, SignedBy } from "../types.ts";
import { openEnvelope, parseEnvelope } from "./envelope.ts";
import { keyFingerprint } from "./keys.ts";
import { parseSignedCatalog, timeText } from "./signed_catalog.ts";

/** The last catalog accepted from a key. */
export interface AcceptedCatalog {
  /** The highest counter. */
  counter: number;
  /** When a catalog was accepted last, in ms since the epoch. */
  at: number;
}

/** The memory of accepted catalogs, by public key. */
export interface SeenCatalogs {
  /** Where it is kept, for messages. */
  readonly path: string;
  load(): Promise<ReadonlyMap<string, AcceptedCatalog>>;
  /** Remembers an accepted catalog; never lowers a counter. */
  note(keys: readonly string[], seen: AcceptedCatalog): Promise<void>;
}

/** Options for trusting catalogs. */
interface TrustOptions {
  /** Public keys; any of them will do. */
  keys: readonly string[];
  clock: Clock;
  seen: SeenCatalogs;
  /** Whether to remember accepted catalogs; `--check` doesn't. */
  remember: boolean;
}

/** Clocks are sometimes corrected by minutes. */
const CLOCK_SLACK_MS = 3600_000;

/** Judges signed catalogs. */
export class CatalogTrust {
  readonly #options: TrustOptions;

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  /** Opens an envelope. Throws HubError: `untrusted`, `expired`, `old_catalog`, `wrong_clock`. */
  async open(text: string): Promise<{ datasets: unknown[]; signed: SignedBy }> {
    const { keys, clock, seen, remember } = this.#options;
    const { payload, signers } = await openEnvelope(parseEnvelope(text), keys);
    const { counter, signedAt, expiresAt, datasets } = parseSignedCatalog(payload);
    const now = clock();
    const before = await seen.load();
    for (const key of signers) {
      const last = before.get(key);
      if (last === undefined) continue;
      if (now < last.at - CLOCK_SLACK_MS) throw wrongClock(now, last.at, seen.path);
    }
    if (now >= expiresAt) throw expired(now, expiresAt);
    for (const key of signers) {
      const last = before.get(key);
      if (last !== undefined && counter < last.counter) {
        throw oldCatalog(key, counter, last.counter);
      }
    }
    if (remember) await seen.note(signers, { counter, at: now });
    return { datasets, signed: { by: signers, counter, signedAt, expiresAt, envelope: text } };
  }
}

function expired(now: number, expiresAt: number): HubError {
  return new HubError("expired", TRUST.expired({ when: timeText(expiresAt) }), {
    expected: `an expiry after ${timeText(now)}, this machine's time`,
    found: timeText(expiresAt),
    hint: TRUST.renew(),
  });
}

function oldCatalog(key: string, found: number, highest: number): HubError {
  return new HubError("old_catalog", TRUST.older(), {
    expected: `at least ${highest}, seen of ${keyFingerprint(key)}`,
    found,
    hint: TRUST.behind(),
  });
}

function wrongClock(now: number, lastAt: number, path: string): HubError {
  return new HubError("wrong_clock", TRUST.clock_before({ now: timeText(now) }), {
    expected: `a time after ${timeText(lastAt)}`,
    found: timeText(now),
    hint: TRUST.set_clock({ path }),
  });
}
