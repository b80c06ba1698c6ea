/**
 * Reads the settings of an address: the address itself, a login, a token, headers. User and
 * password in a URL become an `Authorization` header: no URL of the result holds a login.
 *
 * @module
 */

import { redactUrl } from "../errors.ts";
import { isWebUrl, text } from "./readers.ts";
import { entriesOf, type Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";

/**
 * Headers set by the request itself: other values would break ranges, lengths or the connection.
 */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|te|upgrade|range|if-range|if-match|if-none-match|if-modified-since|if-unmodified-since|accept-encoding)$/i;

/** A section that has an address with its token and headers. */
export type OriginSection = Section<"hub"> | Section<"datasets[]">;

/** An address as it is written. */
export interface Address {
  url: string;
  /** `user:password`, when the URL held them. */
  login?: string;
  setting: Setting;
}

/** Ensures at most one `Authorization`, and builds it from a login in the URL. */
export function authorize(
  config: { headers: Record<string, string> },
  { section, addresses }: { section: OriginSection; addresses: readonly Address[] },
): void {
  const login = addresses.find((address) => address.login !== undefined);
  const other = addresses.find((address) => address.login !== login?.login);
  if (login !== undefined && other !== undefined) {
    other.setting.report(
      "expected the same user and password in every address, since they are sent to each; found others",
    );
  }
  const ways = [
    ...(login === undefined ? [] : [`user and password in \`${section.key}.url\``]),
    ...(section.setting("token")?.isEmpty === false ? [`\`${section.key}.token\``] : []),
    ...(Object.keys(config.headers).some((name) => /^authorization$/i.test(name))
      ? [`\`Authorization\` in \`${section.key}.headers\``]
      : []),
  ];
  if (ways.length > 1) {
    const setting = section.setting("token") ?? section.setting("headers");
    setting?.report(`expected one way to log in, found ${ways.join(" and ")}`);
  }
  if (login?.login === undefined) return;
  const bytes = new TextEncoder().encode(login.login);
  config.headers.Authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Reads an address; only that of a file may have a query. */
export const address =
  (expected: string, { file }: { file: boolean }): Reader<Address> => (setting) => {
    const written = text({ expected, secret: true })(setting)?.trim();
    if (written === undefined) return undefined;
    // A text with an @ may hold a password.
    const secret = written.includes("@") || written !== setting.written?.trim();
    if (file && /^file:/i.test(written)) {
      return setting.reject("an http(s) address: a file on this machine is no source", { secret });
    }
    if (!isWebUrl(written)) {
      const guess = `http://${written}`;
      const meant = !secret && /^[\w.-]+(:\d+)?(\/\S*)?$/.test(written) && isWebUrl(guess);
      return setting.reject("a URL that begins with http:// or https://", {
        secret,
        meant: meant ? guess : undefined,
      });
    }
    const url = new URL(written);
    if (file ? written.includes("#") : /[?#]/.test(written)) {
      const plain = url.origin + url.pathname.replace(/\/+$/, "");
      const signs = file ? "`#`" : "`?` and `#`";
      return setting.reject(`an address without ${signs}`, {
        secret: true,
        ...(!file && { meant: plain }),
      });
    }
    const base = file
      ? url.origin + url.pathname + url.search
      : url.origin + url.pathname.replace(/\/+$/, "");
    if (url.username === "" && url.password === "") return { url: base, setting };
    try {
      const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      return { url: base, login, setting };
    } catch {
      return setting.reject("`%` in user and password written as `%25`", { secret: true });
    }
  };

/** Reports an address that is listed twice. */
export function reportTwins(addresses: readonly Address[]): void {
  const seen = new Set<string>();
  for (const { url, setting } of addresses) {
    if (seen.has(url)) setting.report(`expected each address once, found ${redactUrl(url)} again`);
    seen.add(url);
  }
}

/** Reads a bearer token. */
export const token: Reader<string> = (setting) => {
  const expected = "a token of visible ASCII characters without spaces";
  const value = text({ expected, secret: true })(setting)?.trim();
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  const hint = /^bearer\s/i.test(value) ? ", and without the word `Bearer`" : "";
  return setting.reject(expected + hint, { secret: true });
};

/** Reads headers to send. */
export const headers: Reader<Record<string, string>> = (setting) => {
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
