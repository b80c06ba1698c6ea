/**
 * Whether a server's validators prove that a file is the one fetched before. Pure.
 *
 * Guarantees: a weak ETag alone proves nothing, nor does a time that could hide a second change.
 *
 * @module
 */
import type { TakenPackage } from "../../types.ts";
import type { PackageHead } from "./package_head.ts";

/** A file that was written this shortly before it was taken may be written again in the same second. */
const SETTLED_MS = 2_000;

/** An HTTP date or ISO text as an instant; `null` if it isn't one. */
export function instantOf(text: string | null): number | null {
  const instant = Date.parse(text ?? "");
  return Number.isNaN(instant) ? null : instant;
}

/** Whether the server's validators are those recorded, and strong enough to prove it. */
export function isSame(head: PackageHead, known: TakenPackage): boolean {
  const tells = head.lastModified !== null || (head.etag !== null && !head.etagIsWeak);
  return tells && head.etag === known.etag && head.lastModified === known.lastModified &&
    head.total === known.total;
}

/**
 * Whether a later change would show. nginx makes its ETag of the second of the change, and so may
 * others: a file that is written twice in a second looks the same.
 */
export function isSettled(
  { etag, etagIsWeak, lastModified, date }: PackageHead,
  now: number,
): boolean {
  const written = instantOf(lastModified);
  if (written === null) return true;
  const second = Math.floor(written / 1000).toString(16);
  const isFine = etag !== null && !etagIsWeak && !etag.includes(second);
  return isFine || (instantOf(date ?? null) ?? now) - written >= SETTLED_MS;
}
