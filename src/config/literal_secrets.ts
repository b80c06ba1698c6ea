/**
 * Whether a configuration file itself contains a secret, so that not everybody may read it. A value
 * from the environment (`${DATAHUBSYNC_…}`) isn't in the file.
 *
 * Guarantees: errs towards "yes" (any header counts). It expects a file that loads as a configuration.
 *
 * @module
 */
import { parse } from "yaml";

/** Addresses of services, without a path: there the token is the secret. */
const PUBLIC_SERVICES = /^https?:\/\/[^/?#]*\/?$/;

const SECRET_KEYS = new Set(["token", "secret", "password"]);

/** Whether the text of a configuration file holds a token, a password or a webhook's address. */
export function holdsSecrets(text: string): boolean {
  return walk(parse(text, { schema: "core", logLevel: "silent" }), []);
}

function walk(value: unknown, path: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((item) => walk(item, path));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).some(([key, inner]) => walk(inner, [...path, key]));
  }
  if (value === null || value === "" || String(value).includes("${")) return false;
  const key = path.at(-1) ?? "";
  if (SECRET_KEYS.has(key) || path.includes("headers")) return true;
  // Whoever knows a webhook's address may post to it; a hub's address may hold a login.
  const isHook = path.includes("targets") && !PUBLIC_SERVICES.test(String(value));
  return key === "url" && (isHook || path.includes("ping") || String(value).includes("@"));
}
