/**
 * The envelope: a catalog and its signatures in one file, so that no cache can pair an old one with a
 * new one.
 *
 * ```json
 * {"format":1,"payload":"{…}","signatures":[{"key":"ed25519:…","signature":"…"}]}
 * ```
 *
 * The payload is a text inside the JSON. The signature covers that text's bytes, prefixed by a line that
 * states their purpose, so no canonical form is needed, and a signature made for another purpose never
 * verifies.
 *
 * Guarantees: {@linkcode openEnvelope} returns a payload only if a trusted key signed exactly these
 * bytes. Anything but the form above is refused.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { HubError } from "../errors.ts";
import { TRUST } from "../messages/trust.ts";
import { oneLine } from "../plain_text.ts";
import { isPublicKey, keyFingerprint, type SigningKey, verifies } from "./keys.ts";

/** A parsed envelope; nothing in it is proven yet. */
interface Envelope {
  payload: string;
  signatures: { key: string; signature: Uint8Array }[];
}

const FORMAT = 1;
const PURPOSE = "datahubsync signed catalog 1\n";
/** Two keys while one replaces the other; more would only waste CPU time. */
const MOST_SIGNATURES = 4;
const SIGNATURE = /^[\w-]{86}$/;

/** Signs a payload with each key. */
export async function makeEnvelope(payload: string, keys: readonly SigningKey[]): Promise<string> {
  const bytes = signedBytes(payload);
  const signatures = await Promise.all(keys.map(async ({ publicKey: key, sign }) => ({
    key,
    signature: Buffer.from(await sign(bytes)).toString("base64url"),
  })));
  return `${JSON.stringify({ format: FORMAT, payload, signatures })}\n`;
}

/** Parses an envelope. Throws HubError `untrusted`. */
export function parseEnvelope(text: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw noEnvelope(text, cause);
  }
  const { format, payload, signatures } = (value ?? {}) as Record<string, unknown>;
  if (typeof format === "number" && format > FORMAT) {
    throw new HubError("untrusted", TRUST.newer_format({ format }), {
      expected: FORMAT,
      found: format,
      hint: TRUST.update_this(),
    });
  }
  const isFormed = format === FORMAT && typeof payload === "string" && payload.isWellFormed();
  if (!isFormed || !Array.isArray(signatures)) throw noEnvelope(text);
  if (signatures.length === 0 || signatures.length > MOST_SIGNATURES) throw noEnvelope(text);
  return {
    payload,
    signatures: signatures.map((one) => {
      const { key, signature } = (one ?? {}) as Record<string, unknown>;
      const isSignature = typeof signature === "string" && SIGNATURE.test(signature);
      if (typeof key !== "string" || !isPublicKey(key) || !isSignature) throw noEnvelope(text);
      return { key, signature: new Uint8Array(Buffer.from(signature, "base64url")) };
    }),
  };
}

/**
 * The payload, and which of the trusted keys have signed it: at least one. Throws HubError
 * `untrusted`.
 */
export async function openEnvelope(
  { payload, signatures }: Envelope,
  trusted: readonly string[],
): Promise<{ payload: string; signers: string[] }> {
  const bytes = signedBytes(payload);
  const signers: string[] = [];
  const known = signatures.filter(({ key }) => trusted.includes(key));
  for (const { key, signature } of known) {
    if (await verifies(key, signature, bytes)) signers.push(key);
  }
  if (signers.length > 0) return { payload, signers: [...new Set(signers)] };
  const expected = trusted.map(keyFingerprint).join(" or ");
  if (known.length > 0) {
    throw new HubError("untrusted", TRUST.changed_after(), {
      expected: `a signature of ${expected}`,
      found: "one that doesn't fit",
      hint: TRUST.somebody_changes(),
    });
  }
  const found = signatures.map(({ key }) => keyFingerprint(key)).join(" and ");
  throw new HubError("untrusted", TRUST.another_key({ found }), {
    expected,
    found,
    hint: TRUST.compare_key(),
  });
}

function signedBytes(payload: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(PURPOSE + payload);
}

function noEnvelope(text: string, cause?: unknown): HubError {
  const found = oneLine(text.slice(0, 200).split("\n", 1)[0] ?? "").slice(0, 80);
  return new HubError("untrusted", TRUST.no_envelope(), {
    expected: '{"format":1,"payload":…,"signatures":[…]}',
    found,
    hint: TRUST.hub_signs_with(),
    ...(cause === undefined ? {} : { cause }),
  });
}
