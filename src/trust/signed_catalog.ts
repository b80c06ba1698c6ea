/**
 * The signed payload: the datasets as in the plain catalog, a counter that only rises, and an expiry.
 *
 * Guarantees: pure; a payload of any other form is refused. The datasets stay JSON, for the catalog's
 * own parser.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { TRUST } from "../messages/trust.ts";

/** A payload. Times are in ms since the epoch. */
export interface SignedCatalog {
  /** Rises with each signature of a key. */
  counter: number;
  signedAt: number;
  /** From then on it isn't trusted. */
  expiresAt: number;
  /** As in the plain catalog. */
  datasets: unknown[];
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The payload's text. */
export function signedCatalogText(catalog: SignedCatalog): string {
  const { counter, signedAt, expiresAt, datasets } = catalog;
  const signed = timeText(signedAt);
  return JSON.stringify({ counter, signed, expires: timeText(expiresAt), datasets });
}

/** Parses a payload. Throws HubError `untrusted`. */
export function parseSignedCatalog(payload: string): SignedCatalog {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch (cause) {
    throw notSigned({ expected: "JSON", found: "none", cause });
  }
  const { counter, signed, expires, datasets } = (value ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(counter) || (counter as number) < 1) {
    throw notSigned({ expected: "a counter from 1 on", found: JSON.stringify(counter) ?? "none" });
  }
  const [signedAt, expiresAt] = [signed, expires].map((text) =>
    typeof text === "string" && TIME.test(text) ? Date.parse(text) : NaN
  ) as [number, number];
  if (!(signedAt < expiresAt)) {
    throw notSigned({
      expected: "`signed` before `expires`, as 2026-11-26T08:00:00Z",
      found: `${signed}, ${expires}`,
    });
  }
  if (!Array.isArray(datasets)) {
    throw notSigned({ expected: "a list of datasets", found: typeof datasets });
  }
  return { counter: counter as number, signedAt, expiresAt, datasets };
}

/** A time as in payloads and for people, without a fraction. */
export function timeText(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

function notSigned(evidence: { expected: string; found: string; cause?: unknown }): HubError {
  return new HubError("untrusted", TRUST.no_catalog(), {
    ...evidence,
    found: evidence.found.slice(0, 100),
    hint: TRUST.tell_hub(),
  });
}
