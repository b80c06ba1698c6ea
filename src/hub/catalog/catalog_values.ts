/**
 * Reads the values of a listed dataset: digests, sizes, patches, texts.
 *
 * Guarantees: pure; an invalid value counts as absent; every size is a safe, non-negative integer.
 *
 * @module
 */
import type { OfferedDigests } from "../../trust/digest_list.ts";
import type { Digest, OfferedFile, OfferedPatch } from "../../types.ts";

/** An object of a catalog. */
export type Json = Record<string, unknown>;

/** A signed URL has up to 2,500 characters; servers refuse those of 8,192 and more. */
export const LONGEST_URL = 8192;
/** Only this many patches are read: the newest. */
const MOST_PATCHES = 100;
const HEX_ALGORITHMS = new Map<number, Digest["algorithm"]>([[64, "sha256"], [32, "md5"]]);

/** The valid patches; the others are ignored. */
export function readPatches(value: unknown): OfferedPatch[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MOST_PATCHES).flatMap((one: unknown): OfferedPatch[] => {
    if (!isObject(one)) return [];
    const [from, to, sha256] = ["from", "to", "sha256"].map((key) => parseDigest(one[key]));
    const url = firstText(one, ["url"]);
    const size = readSize(one["size"]);
    if (from?.algorithm !== "sha256" || to?.algorithm !== "sha256") return [];
    if (sha256?.algorithm !== "sha256" || url === null || size === 0) return [];
    return [{ from: from.hex, to: to.hex, url, size, sha256: sha256.hex }];
  });
}

/** The list of digests per entry, if it is described validly. */
export function readDigests(value: unknown): OfferedDigests | undefined {
  const digests = readOffered(value);
  const midstates = readOffered((value as Json | undefined)?.["midstates"]);
  return digests && midstates ? { ...digests, midstates } : digests;
}

function readOffered(value: unknown): OfferedFile | undefined {
  if (!isObject(value)) return undefined;
  const sha256 = parseDigest(value["sha256"]);
  const url = firstText(value, ["url"]);
  const size = readSize(value["size"]);
  if (sha256?.algorithm !== "sha256" || url === null || url.length > LONGEST_URL) return undefined;
  return size === 0 ? undefined : { url, size, sha256: sha256.hex };
}

/** A size in bytes; 0 = unknown. */
export function readSize(value: unknown): number {
  const text = typeof value === "string" ? value.trim() : value;
  const size = typeof text === "number" || (typeof text === "string" && text !== "")
    ? Math.floor(Number(text))
    : 0;
  return Number.isSafeInteger(size) && size > 0 ? size : 0;
}

/** The digest of the whole package; `ignored` is called with invalid ones. */
export function readDigest(value: Json, ignored: (found: string) => void): Digest | null {
  const found: Digest[] = [];
  for (const key of ["sha256", "md5", "hash", "checksum"]) {
    const raw = value[key];
    if (raw === undefined || raw === null || raw === "") continue;
    const digest = parseDigest(raw);
    const fits = digest !== null &&
      (key === "hash" || key === "checksum" || digest.algorithm === key);
    if (fits) found.push(digest);
    else ignored(`${key} = ${excerpt(raw)}`);
  }
  return found.find(({ algorithm }) => algorithm === "sha256") ?? found[0] ?? null;
}

/** `sha256:…`, `md5:…`, or bare hex whose length tells which. */
export function parseDigest(raw: unknown): Digest | null {
  if (typeof raw !== "string") return null;
  const match = /^\s*(?:(sha-?256|md5)\s*[:=]\s*)?([0-9a-f]+)\s*$/i.exec(raw);
  const hex = match?.[2]?.toLowerCase() ?? "";
  const algorithm = HEX_ALGORITHMS.get(hex.length);
  const said = match?.[1]?.toLowerCase().replace("-", "");
  if (algorithm === undefined || (said !== undefined && said !== algorithm)) return null;
  return { algorithm, hex };
}

/** The first of the keys that holds a number or a text that isn't blank, as text. */
export function firstText(value: Json, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof found === "number" && Number.isFinite(found)) return String(found);
    if (typeof found === "string" && found.trim() !== "") return found;
  }
  return null;
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as it is quoted in a warning. */
export function excerpt(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
