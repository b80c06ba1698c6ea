/**
 * The address of a dataset's package.
 *
 * Guarantees: an announced address is followed on the hub's own origin, and elsewhere only if that is
 * allowed. Relative addresses are relative to the hub's root, not to `/api/`.
 *
 * @module
 */
import { HubError } from "../errors.ts";
import { HUB } from "../messages/hub.ts";
import { redactUrl } from "../redact.ts";
import type { ListedDataset } from "../types.ts";

/**
 * `$ & + , : ; = @`, which a path may hold as they are (RFC 3986, 3.3). Encoded they are safe with
 * servers that take a plain `+` for a blank, as S3 does; a server that decodes nothing finds only these.
 */
const NEEDLESSLY_ENCODED = /%(?:2[46BC]|3[ABD]|40)/g;

/** The hub that a package's address depends on. */
interface PackageUrlOptions {
  /** The hub's root, without a trailing slash. */
  baseUrl: string;
  /** The hub's own origin. */
  origin: string;
  allowOtherOrigin?: boolean;
}

/**
 * The address of a package; `plainUrl` is the same with fewer letters encoded, where that differs.
 * Throws `HubError("redirect")` for one that may not be followed.
 */
export function packageUrl(
  listed: ListedDataset | { name: string },
  { baseUrl, origin, allowOtherOrigin = false }: PackageUrlOptions,
): { url: string; plainUrl?: string } {
  const announced = "packageUrl" in listed ? listed.packageUrl : undefined;
  if (announced === undefined) {
    const urlOf = (name: string): string => `${baseUrl}/package/${name}.zip`;
    const name = encodeURIComponent(listed.name);
    const plain = name.replace(NEEDLESSLY_ENCODED, decodeURIComponent);
    return { url: urlOf(name), ...(plain !== name && { plainUrl: urlOf(plain) }) };
  }
  const url = URL.parse(announced, `${baseUrl}/`);
  const web = url?.protocol === "http:" || url?.protocol === "https:";
  if (url !== null && web && (url.origin === origin || allowOtherOrigin)) return { url: url.href };
  const found = url === null ? announced : redactUrl(url);
  throw new HubError("redirect", HUB.package_url_refused({ name: listed.name, found }), {
    expected: HUB.url_on({ origin }),
    found,
    hint: web ? HUB.allow_other_origin() : HUB.has_to_be_http(),
  });
}
