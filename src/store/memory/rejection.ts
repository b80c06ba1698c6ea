/**
 * Remembers which package was rejected, so that it is neither fetched nor judged again by each run,
 * and so that exactly this one can be accepted.
 *
 * Guarantees: a file that is missing, damaged or from another program is no memory; then the package
 * is judged again. What was staged for the package stays in staging.
 *
 * @module
 */
import { writeFileAtomic } from "../../fs/atomic_write.ts";
import { removeIfThere } from "../../fs/if_there.ts";
import { openSealed, seal, type SealKind } from "../../fs/sealed_json.ts";
import { messageText } from "../../plain_text.ts";
import type { Layout } from "../layout.ts";
import { DISK } from "../../messages/disk.ts";

/** A package that was rejected. */
export interface Rejection {
  /** The package's fingerprint. */
  fingerprint: string;
  /** What the catalog said of it, as one text. */
  announced: string;
  /** The expectations that it was judged by, as one text. */
  rules: string;
  /** Why, in one line. */
  why: string;
  /** Whether the package itself said that it is older than announced; one of that name is to come. */
  behind?: boolean;
}

const KIND: SealKind = { what: "rejection", format: 1 };

/** The rejection that stands, if any. */
export async function loadRejection({ rejected }: Layout): Promise<Rejection | undefined> {
  const opened = await openSealed(rejected, KIND).catch(() => undefined);
  if (opened?.state !== "sound") return undefined;
  const { fingerprint, announced, rules, why, behind } = opened.value;
  const texts = [fingerprint, announced, rules, why];
  if (!texts.every((text) => typeof text === "string")) return undefined;
  const whole = { fingerprint, announced, rules, why: messageText(why as string) } as Rejection;
  return behind === true ? { ...whole, behind } : whole;
}

/** Remembers a rejection. Where it can't be written, the next run judges again. */
export async function saveRejection({ rejected }: Layout, rejection: Rejection): Promise<void> {
  const { fingerprint, announced, rules, why, behind } = rejection;
  const body = JSON.stringify({ fingerprint, announced, rules, why, behind }).slice(1, -1);
  const options = { durable: false, mode: 0o600, inPlace: true };
  await writeFileAtomic(rejected, seal(KIND, body), options).catch(() => {});
}

/** Forgets it. Throws StoreError. */
export function dropRejection({ rejected }: Layout): void {
  removeIfThere({ path: rejected, to: DISK.remove_rejected() });
}
