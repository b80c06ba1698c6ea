/**
 * The section `hub`. User and password in a URL become an `Authorization` header: no URL of the
 * result holds a secret.
 *
 * @module
 */

import type { HubConfig } from "./config.ts";
import { nearest } from "./near_miss.ts";
import { autoOr, flag, isWebUrl, listOf, number, oneOf, pathFrom, text } from "./readers.ts";
import { entriesOf, type Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";
import { parseRate } from "./quantities.ts";

const URL_EXPECTED = "the hub's address, such as `http://hub.example.com:8000`";
/** Sent by the request itself: another value would break ranges, lengths or the connection. */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|te|upgrade|range|if-range|accept-encoding)$/i;

const leastSpeed: Reader<number> = (setting) => {
  const plain = setting.plain;
  const value = typeof plain === "number" ? plain : parseRate(setting.written ?? "");
  if (value !== undefined && value >= 0 && value <= 1e9) return value;
  return setting.reject("0 (none) or a rate such as `100B/s` or `1KB/s`");
};
const HOST_EXPECTED = "a host's name or address, such as `packages.internal` or `10.0.0.7`";
const hosts = listOf((setting) => {
  const written = text({ expected: HOST_EXPECTED })(setting)?.trim();
  if (written === undefined) return undefined;
  const url = URL.parse(`http://${written.includes(":") ? `[${written}]` : written}/`);
  const plain = /^[\w.:-]+$/.test(written) && url !== null;
  // As a URL spells it: 2130706433 is 127.0.0.1.
  return plain ? url.hostname.replace(/^\[|\]$|\.$/g, "") : setting.reject(HOST_EXPECTED);
}, { expected: HOST_EXPECTED, empty: true });
const digest = oneOf({ auto: "auto", always: "always", when_whole: "when_whole" });

interface Address {
  url: string;
  /** `user:password`, when the URL held them. */
  login?: string;
  setting: Setting;
}

/** Reads the section; where something doesn't fit it has been reported, and a default stands in. */
export function readHub(section: Section<"hub">, options: { baseDir: string }): HubConfig {
  const addresses =
    section.need("url", listOf(address, { expected: URL_EXPECTED }), URL_EXPECTED) ??
      [];
  reportTwins(addresses);
  const hub: HubConfig = {
    urls: addresses.map(({ url }) => url),
    timeout: section.get("timeout", number({ min: 0.1, max: 86_400, unit: "seconds" })) ?? 300,
    timezone: section.get("timezone", timezone) ?? "Asia/Shanghai",
    headers: section.get("headers", headers) ?? {},
    connections: section.get("connections", autoOr({ min: 1, max: 16 })) ?? "auto",
    retries: section.get("retries", number({ min: 0, max: 100, whole: true })) ?? 5,
    leastSpeed: section.get("least_speed", leastSpeed) ?? 100,
    allowOtherOrigin: section.get("allow_other_origin", flag) ?? false,
    allowHosts: section.get("allow_hosts", hosts) ?? [],
    digest: section.get("digest", digest) ?? "auto",
  };
  const bearer = section.get("token", token);
  if (bearer !== undefined) hub.token = bearer;
  const caFile = section.get("ca_file", pathFrom(options.baseDir));
  if (caFile !== undefined) hub.caFile = caFile;
  authorize(hub, { section, addresses });
  return hub;
}

/** Sees that there is one `Authorization` at most, and makes it out of a login in the URL. */
function authorize(
  hub: HubConfig,
  { section, addresses }: { section: Section<"hub">; addresses: Address[] },
): void {
  const login = addresses.find((address) => address.login !== undefined);
  const other = addresses.find((address) => address.login !== login?.login);
  if (login !== undefined && other !== undefined) {
    other.setting.report(
      "expected the same user and password in every address, since they are sent to each; found others",
    );
  }
  const ways = [
    ...(login === undefined ? [] : ["user and password in `hub.url`"]),
    ...(section.setting("token")?.isEmpty === false ? ["`hub.token`"] : []),
    ...(Object.keys(hub.headers).some((name) => /^authorization$/i.test(name))
      ? ["`Authorization` in `hub.headers`"]
      : []),
  ];
  if (ways.length > 1) {
    const setting = section.setting("token") ?? section.setting("headers");
    setting?.report(`expected one way to log in, found ${ways.join(" and ")}`);
  }
  if (login?.login === undefined) return;
  const bytes = new TextEncoder().encode(login.login);
  hub.headers.Authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

const address: Reader<Address> = (setting) => {
  const written = text({ expected: URL_EXPECTED, secret: true })(setting)?.trim();
  if (written === undefined) return undefined;
  // A text with an @ may hold a password.
  const secret = written.includes("@") || written !== setting.written?.trim();
  if (!isWebUrl(written)) {
    const guess = `http://${written}`;
    const meant = !secret && /^[\w.-]+(:\d+)?(\/\S*)?$/.test(written) && isWebUrl(guess);
    return setting.reject("a URL that begins with http:// or https://", {
      secret,
      meant: meant ? guess : undefined,
    });
  }
  const url = new URL(written);
  if (/[?#]/.test(written)) {
    const plain = url.origin + url.pathname.replace(/\/+$/, "");
    return setting.reject("an address without `?` and `#`", { secret: true, meant: plain });
  }
  const base = url.origin + url.pathname.replace(/\/+$/, "");
  if (url.username === "" && url.password === "") return { url: base, setting };
  try {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return { url: base, login, setting };
  } catch {
    return setting.reject("`%` in user and password written as `%25`", { secret: true });
  }
};

function reportTwins(addresses: Address[]): void {
  const seen = new Set<string>();
  for (const { url, setting } of addresses) {
    if (seen.has(url)) setting.report(`expected each address once, found ${url} again`);
    seen.add(url);
  }
}

const token: Reader<string> = (setting) => {
  const expected = "a token of visible ASCII characters without spaces";
  const value = text({ expected, secret: true })(setting)?.trim();
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  const hint = /^bearer\s/i.test(value) ? ", and without the word `Bearer`" : "";
  return setting.reject(expected + hint, { secret: true });
};

const timezone: Reader<string> = (setting) => {
  const value = text({ expected: "a time zone such as Asia/Shanghai" })(setting)?.trim();
  if (value === undefined) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return value;
  } catch {
    const meant = nearest(value, Intl.supportedValuesOf("timeZone"));
    return setting.reject("an IANA time zone such as Asia/Shanghai", { meant });
  }
};

const headers: Reader<Record<string, string>> = (setting) => {
  const result: Record<string, string> = {};
  const seen = new Set<string>();
  for (const header of entriesOf(setting)) {
    const name = header.name;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      header.setting.report("expected a header's name: letters, digits and `-`, found another");
    } else if (OWN_HEADERS.test(name)) {
      header.setting.report(
        "expected a header that DataHubSync doesn't set itself, found one that it does",
      );
    } else if (seen.has(name.toLowerCase())) {
      header.setting.report("expected each header once, found it again in another spelling");
    } else {
      const value = text({ expected: "a header's value", secret: true })(header.setting)?.trim();
      if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) result[name] = value;
      else if (value !== undefined) {
        header.setting.reject("a header's value of ASCII characters", { secret: true });
      }
    }
    seen.add(name.toLowerCase());
  }
  return result;
};
