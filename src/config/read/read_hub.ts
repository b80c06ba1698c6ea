/**
 * The section `hub`.
 *
 * @module
 */
import { zoneOffset } from "../../zone_offset.ts";
import { EXPECTED } from "../../messages/expected.ts";
import type { HubConfig } from "../config.ts";
import { nearest } from "../near_miss.ts";
import { autoOr, flag, listOf, number, oneOf, pathFrom, text } from "./readers.ts";
import { address, authorize, headers, reportTwins, token } from "./read_origin.ts";
import type { Section } from "./section.ts";
import type { Reader } from "./setting.ts";
import { parseRate } from "./quantities.ts";

const URL_EXPECTED = EXPECTED.hub_url();

const leastSpeed: Reader<number> = (setting) => {
  const plain = setting.plain;
  const value = typeof plain === "number" ? plain : parseRate(setting.written ?? "");
  if (value !== undefined && value >= 0 && value <= 1e9) return value;
  return setting.reject(EXPECTED.least_speed());
};
const HOST_EXPECTED = EXPECTED.allowed_host();
const hosts = listOf((setting) => {
  const written = text({ expected: HOST_EXPECTED })(setting)?.trim();
  if (written === undefined) return undefined;
  const url = URL.parse(`http://${written.includes(":") ? `[${written}]` : written}/`);
  const plain = /^[\w.:-]+$/.test(written) && url !== null;
  // As URLs normalise it: 2130706433 is 127.0.0.1.
  return plain ? url.hostname.replace(/^\[|\]$|\.$/g, "") : setting.reject(HOST_EXPECTED);
}, { expected: HOST_EXPECTED, empty: true });
/** What a public key looks like. */
export const KEY_EXPECTED: string = EXPECTED.public_key();

/** One public key, or several. */
export const publicKeys: Reader<string[]> = listOf((setting) => {
  const key = text({ expected: KEY_EXPECTED })(setting)?.trim();
  if (key === undefined) return undefined;
  return /^ed25519:[\w-]{42}[AEIMQUYcgkosw048]$/.test(key) ? key : setting.reject(KEY_EXPECTED);
}, { expected: KEY_EXPECTED });
const digest = oneOf("auto", "always", "when_whole");

/** The defaults; as they are, they stand in for a hub that isn't needed, or is reported as missing. */
export const NO_HUB: HubConfig = {
  urls: [],
  timeout: 300,
  timezone: "Asia/Shanghai",
  headers: {},
  connections: "auto",
  retries: 5,
  leastSpeed: 100,
  allowOtherOrigin: false,
  allowHosts: [],
  digest: "auto",
  publicKeys: [],
};

/** Reads the section; where something doesn't fit it has been reported, and a default stands in. */
export function readHub(
  section: Section<"hub">,
  options: { baseDir: string; needsUrl: boolean },
): HubConfig {
  const read = listOf(address(URL_EXPECTED, { file: false }), { expected: URL_EXPECTED });
  const addresses =
    (options.needsUrl ? section.need("url", read, URL_EXPECTED) : section.get("url", read)) ?? [];
  reportTwins(addresses);
  const hub: HubConfig = {
    urls: addresses.map(({ url }) => url),
    timeout: section.get("timeout", number({ min: 0.1, max: 86_400, unit: "seconds" })) ??
      NO_HUB.timeout,
    timezone: section.get("timezone", timezone) ?? NO_HUB.timezone,
    headers: section.get("headers", headers) ?? {},
    connections: section.get("connections", autoOr({ min: 1, max: 16 })) ?? NO_HUB.connections,
    retries: section.get("retries", number({ min: 0, max: 100 })) ?? NO_HUB.retries,
    leastSpeed: section.get("least_speed", leastSpeed) ?? NO_HUB.leastSpeed,
    allowOtherOrigin: section.get("allow_other_origin", flag) ?? NO_HUB.allowOtherOrigin,
    allowHosts: section.get("allow_hosts", hosts) ?? [],
    digest: section.get("digest", digest) ?? NO_HUB.digest,
    publicKeys: section.filled("public_key", publicKeys, KEY_EXPECTED) ?? [],
  };
  const bearer = section.get("token", token);
  if (bearer !== undefined) hub.token = bearer;
  const caFile = section.get("ca_file", pathFrom(options.baseDir));
  if (caFile !== undefined) hub.caFile = caFile;
  authorize(hub, { section, addresses });
  return hub;
}

const timezone: Reader<string> = (setting) => {
  const value = text({ expected: EXPECTED.time_zone() })(setting)?.trim();
  if (value === undefined) return undefined;
  try {
    zoneOffset(0, value);
    return value;
  } catch {
    const meant = nearest(value, Intl.supportedValuesOf("timeZone"));
    return setting.reject(EXPECTED.iana_time_zone(), { meant });
  }
};
