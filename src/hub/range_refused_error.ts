/**
 * The answer 416: the hub has no such range, because the package has another size than expected.
 *
 * @module
 */

import { type Evidence, HubError } from "../errors.ts";

/** `wrong_range` with status 416, and the package's real size when the hub says it. */
export class RangeRefusedError extends HubError {
  /** Size of the package in bytes, from `Content-Range: bytes *\/N`; `null` when not said. */
  readonly total: number | null;

  /** `total` is the package's size in bytes. */
  constructor(message: string, evidence: Evidence & { total: number | null }) {
    super("wrong_range", message, { ...evidence, status: 416 });
    this.total = evidence.total;
  }
}
