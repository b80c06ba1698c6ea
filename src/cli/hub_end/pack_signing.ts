/**
 * Signing a site from the command line: after a round of `pack`, or by itself with `--resign`.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { HUB_END } from "../../messages/hub_end.ts";
import { jsonText } from "../../plain_text.ts";
import type { PackConfig } from "../../config/load_pack_config.ts";
import { LONGEST_SIGNATURE, parseExpiry } from "../../config/read/quantities.ts";
import { resignSite, type Signature, signSite } from "../../site/sign_site.ts";
import { sitePaths } from "../../site/site_paths.ts";
import { keyFingerprint, loadSigningKey, type SigningKey } from "../../trust/keys.ts";
import { timeText } from "../../trust/signed_catalog.ts";
import { EXIT } from "../command/exit_code.ts";
import { say, sayWarning } from "../terminal/language.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What to sign, with which keys, and for how long. */
export interface Signing {
  keys: readonly SigningKey[];
  validMs: number;
}

const HOUR_MS = 3600_000;
/** A month: longer than holidays, and the longest that an attacker can hold back a newer catalog. */
const USUAL_HOURS = 30 * 24;
const MOST_KEYS = 2;

/**
 * Loads the keys that the command line or hub.yaml names, the former first; `undefined` = nothing is
 * signed. Throws UsageError, StoreError.
 */
export async function openSigning(
  { sign, expires }: { sign?: readonly string[]; expires?: string },
  config: PackConfig | undefined,
): Promise<Signing | undefined> {
  const files = sign ?? config?.sign ?? [];
  const hours = expires === undefined ? config?.expiresHours : hoursOf(expires);
  if (files.length === 0) {
    if (hours === undefined) return undefined;
    throw new UsageError(HUB_END.expires_needs_sign());
  }
  if (files.length > MOST_KEYS) {
    throw new UsageError(HUB_END.keys_at_most({ most: MOST_KEYS, found: files.length }), {
      hint: HUB_END.two_keys(),
    });
  }
  const keys = await Promise.all(files.map(loadSigningKey));
  return { keys, validMs: (hours ?? USUAL_HOURS) * HOUR_MS };
}

function hoursOf(expires: string): number {
  const hours = parseExpiry(expires);
  if (hours !== undefined) return hours;
  const most = LONGEST_SIGNATURE / 24;
  throw new UsageError(HUB_END.expires_expected({ most, text: expires }));
}

/** Signs a site after packing. Throws StoreError, HubError. */
export async function signAfter(
  site: string,
  packed: readonly string[],
  { keys, validMs }: Signing,
): Promise<Signature> {
  return await signSite(site, { keys, validMs, packed, clock: Date.now });
}

/** Runs `pack --resign`; returns the exit code. Throws UsageError, StoreError, HubError. */
export async function resign(
  site: string,
  signing: Signing,
  { json, terminal }: { json: boolean; terminal: Terminal },
): Promise<number> {
  const signature = await resignSite(site, { ...signing, clock: Date.now });
  for (const warning of warningsOf(signature)) sayWarning(terminal, warning);
  terminal.out(
    json
      ? `${jsonText(signatureDocument(signature, signing))}\n`
      : `${lineOf(signature, signing)}\n`,
  );
  return EXIT.ok;
}

/** Whether a site has a signed catalog. */
export async function isSigned(site: string): Promise<boolean> {
  return await Deno.stat(sitePaths(site).signed).then(() => true, () => false);
}

/** One line for a person. */
export function lineOf({ counter, expiresAt }: Signature, { keys }: Signing): string {
  const by = keys.map(({ publicKey }) => keyFingerprint(publicKey)).join(", ");
  return say(HUB_END.signed, { by, until: timeText(expiresAt), counter });
}

/** Warnings for a person. */
export function warningsOf({ differing }: Signature): string[] {
  return differing.map((name) => HUB_END.plain_differs({ name }));
}

/** The same for programs. */
export function signatureDocument(
  { counter, expiresAt }: Signature,
  { keys }: Signing,
): Record<string, unknown> {
  return {
    signed_by: keys.map(({ publicKey }) => publicKey),
    counter,
    expires: timeText(expiresAt),
  };
}
