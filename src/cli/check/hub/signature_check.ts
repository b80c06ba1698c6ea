/**
 * What is proven of a hub's catalog: who signed it and until when; without a key, that nothing is.
 *
 * Guarantees: changes nothing, also not what is remembered of signed catalogs. Without a configured key
 * nothing is called wrong, but that nothing is proven is shown.
 *
 * @module
 */
import { LOOKED_AT } from "../../../client/signed_catalogs.ts";
import { HubError } from "../../../errors.ts";
import type { HubClient } from "../../../hub/hub_client.ts";
import { CHECK } from "../../../messages/check.ts";
import { parseEnvelope } from "../../../trust/envelope.ts";
import { keyFingerprint } from "../../../trust/keys.ts";
import { timeText } from "../../../trust/signed_catalog.ts";
import type { Catalog, Clock } from "../../../types.ts";
import { type CheckLine, fine, warning } from "../check_line.ts";

/** A hub that packs or renews daily is never this close to the end. */
const SOON_MS = 5 * 24 * 3600_000;

/** The line about a catalog that was judged by a key. */
export function signatureLines({ signed }: Catalog, clock: Clock): CheckLine[] {
  if (signed === undefined || signed.by.length === 0) return [];
  const by = signed.by.map(keyFingerprint).join(", ");
  const until = timeText(signed.expiresAt);
  return signed.expiresAt - clock() < SOON_MS
    ? [warning("hub.signed", CHECK.expires_soon({ by, until }), CHECK.tell_hub())]
    : [fine("hub.signed", CHECK.signed_by({ by, until }))];
}

/** The line where no key is configured; asks whether the hub signs. Never throws. */
export async function unsignedLines(
  ask: (signed: typeof LOOKED_AT) => HubClient,
  signal: AbortSignal,
): Promise<CheckLine[]> {
  try {
    using client = ask(LOOKED_AT);
    const { signed } = await client.catalog(signal);
    const { key } = parseEnvelope(signed!.envelope).signatures[0]!;
    const by = keyFingerprint(key);
    const remedy = CHECK.compare_and_set_key({ by, key });
    return [warning("hub.signed", CHECK.signed_unknown({ by }), remedy)];
  } catch (error) {
    const unsigned = error instanceof HubError && error.code === "untrusted";
    return unsigned ? [{ ...fine("hub.signed", CHECK.unsigned()), noted: true }] : [];
  }
}
