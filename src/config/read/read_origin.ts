/**
 * Reads the settings of an address: the address itself, a login, a token, headers. User and
 * password in a URL become an `Authorization` header: no URL of the result holds a login.
 *
 * @module
 */
import { redactUrl } from "../../redact.ts";
import { CONFIG } from "../../messages/config.ts";
import { EXPECTED } from "../../messages/expected.ts";
import { expectedUrl, isWebUrl, meantUrl, text } from "./readers.ts";
import { entriesOf, type Section } from "./section.ts";
import type { Reader, Setting } from "./setting.ts";

/**
 * Headers set by the request itself: other values would break ranges, lengths or the connection.
 */
const OWN_HEADERS =
  /^(host|connection|content-length|transfer-encoding|te|upgrade|range|if-range|if-match|if-none-match|if-modified-since|if-unmodified-since|accept-encoding)$/i;

/** A section that has an address with its token and headers. */
type OriginSection = Section<"hub"> | Section<"datasets[]">;

/** An address as it is written. */
interface Address {
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
    other.setting.report(CONFIG.same_login());
  }
  const byToken = section.setting("token")?.isEmpty === false;
  const byHeader = Object.keys(config.headers).some((name) => /^authorization$/i.test(name));
  const problem = waysProblem(login !== undefined, byToken, byHeader);
  if (problem !== undefined) {
    const setting = section.setting("token") ?? section.setting("headers");
    setting?.report(problem({ section: section.key }));
  }
  if (login?.login === undefined) return;
  const bytes = new TextEncoder().encode(login.login);
  config.headers.Authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** What is wrong with several ways to log in; `undefined` = there is one at most. */
function waysProblem(
  byUrl: boolean,
  byToken: boolean,
  byHeader: boolean,
): ((where: { section: string }) => string) | undefined {
  if (byUrl && byToken) return byHeader ? CONFIG.login_all : CONFIG.login_url_token;
  if (byUrl && byHeader) return CONFIG.login_url_headers;
  return byToken && byHeader ? CONFIG.login_token_headers : undefined;
}

/** Reads an address; only that of a file may have a query. */
export const address =
  (expected: string, { file }: { file: boolean }): Reader<Address> => (setting) => {
    const written = text({ expected, secret: true })(setting)?.trim();
    if (written === undefined) return undefined;
    // A text with an @ may hold a password.
    const secret = /[@＠]/.test(written) || written !== setting.written?.trim();
    if (file && /^file:/i.test(written)) {
      return setting.reject(EXPECTED.no_file_url(), { secret });
    }
    if (!isWebUrl(written)) {
      const meant = secret ? undefined : meantUrl(written);
      return setting.reject(expectedUrl(written), { secret, meant });
    }
    const url = new URL(written);
    if (file ? written.includes("#") : /[?#]/.test(written)) {
      const plain = url.origin + url.pathname.replace(/\/+$/, "");
      const expected = file ? EXPECTED.url_without_hash() : EXPECTED.url_without_query();
      return setting.reject(expected, { secret: true, ...(!file && { meant: plain }) });
    }
    const base = file
      ? url.origin + url.pathname + url.search
      : url.origin + url.pathname.replace(/\/+$/, "");
    if (url.username === "" && url.password === "") return { url: base, setting };
    try {
      const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      return { url: base, login, setting };
    } catch {
      return setting.reject(EXPECTED.percent(), { secret: true });
    }
  };

/** Reports an address that is listed twice. */
export function reportTwins(addresses: readonly Address[]): void {
  const seen = new Set<string>();
  for (const { url, setting } of addresses) {
    if (seen.has(url)) setting.report(CONFIG.address_once({ url: redactUrl(url) }));
    seen.add(url);
  }
}

/** Reads a bearer token. */
export const token: Reader<string> = (setting) => {
  const expected = EXPECTED.bearer();
  const value = text({ expected, secret: true })(setting)?.trim();
  if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
  const isSaid = /^bearer\s/i.test(value);
  return setting.reject(isSaid ? EXPECTED.bearer_alone() : expected, { secret: true });
};

/** Reads headers to send. */
export const headers: Reader<Record<string, string>> = (setting) => {
  const result: Record<string, string> = {};
  const seen = new Set<string>();
  for (const header of entriesOf(setting)) {
    const name = header.name;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      header.setting.report(CONFIG.header_name());
    } else if (OWN_HEADERS.test(name)) {
      header.setting.report(CONFIG.own_header());
    } else if (seen.has(name.toLowerCase())) {
      header.setting.report(CONFIG.header_once());
    } else {
      const value = text({ expected: EXPECTED.header_value(), secret: true })(header.setting)
        ?.trim();
      if (value !== undefined && /^[\x20-\x7e]*$/.test(value)) result[name] = value;
      else if (value !== undefined) {
        header.setting.reject(EXPECTED.ascii_header_value(), { secret: true });
      }
    }
    seen.add(name.toLowerCase());
  }
  return result;
};
