/**
 * Whether a hub answers several ranges in one request: asked of it, with two bytes of a package.
 *
 * Guarantees: one request; any refusal is an answer. Learning it this way costs the next sync nothing.
 *
 * @module
 */
import { HubError } from "../../../errors.ts";
import type { RemotePackage } from "../../../hub/remote_package.ts";

/** Asks for the first and the last byte of a package of `total` bytes. */
export async function answersSeveralRanges(
  remote: RemotePackage,
  total: number,
  signal: AbortSignal,
): Promise<boolean> {
  const ranges = [{ start: 0, end: 1 }, { start: total - 1, end: total }];
  try {
    const { kind } = await remote.fetch({ ranges, signal, allowFull: false }, {
      head: () => {},
      bytes: () => {},
    });
    return kind === "multipart";
  } catch (error) {
    if (error instanceof HubError) return false;
    throw error;
  }
}
