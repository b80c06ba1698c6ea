/**
 * Which other hosts a hub may lead to, by a redirect or a `package_url`.
 *
 * Guarantees: an address of this machine, of its link or of a private network is requested only if the
 * hub's own address is of that kind, or if `hub.allow_hosts` names the host; an https hub never leads to
 * http. The literal address decides, or the result of its own look-up of a name. `fetch` looks the name
 * up again, so a name server that then answers differently (rebinding) isn't excluded. With a proxy,
 * which looks names up itself, only literal addresses are checked.
 *
 * @module
 */
import { HubError } from "../../errors.ts";
import { redactUrl } from "../../redact.ts";
import { type AddressKind, kindOfAddress } from "./address_kind.ts";
import { HUB } from "../../messages/hub.ts";
import { addressesOf, type LookUp } from "../route/addresses.ts";
import type { ProxyOf } from "../route/proxy.ts";
import { type Section, serverName } from "../../config/setting_names.ts";

/** Options for the decision. */
export interface DestinationOptions {
  /** Hosts that are allowed whatever their address. */
  allowHosts?: readonly string[];
  /** The proxy that a URL is requested through; default: none. */
  proxyOf?: ProxyOf;
  /** Default: the system's resolver. */
  lookUp?: LookUp;
}

/** The destinations of one hub. */
export class Destinations {
  readonly #hub: URL;
  readonly #section: Section;
  readonly #options: DestinationOptions;
  readonly #kinds = new Map<string, Promise<Set<AddressKind>>>();

  /** `hub` is the hub's own address; `section` is the section of its settings. */
  constructor(hub: URL, options: DestinationOptions = {}, section: Section = "hub") {
    this.#hub = hub;
    this.#section = section;
    this.#options = options;
  }

  /** Throws HubError `redirect` for a URL that may not be requested. */
  async check(url: URL): Promise<void> {
    const server = serverName(this.#section);
    if (url.protocol === "http:" && this.#hub.protocol === "https:") {
      throw new HubError("redirect", HUB.not_asked_https({ url: redactUrl(url), server }), {
        url: redactUrl(url),
        expected: "https://",
        found: "http://",
        hint: HUB.http_can_change({ server }),
      });
    }
    const host = hostOf(url);
    const allowed = this.#options.allowHosts?.some((one) => one.toLowerCase() === host);
    if (host === hostOf(this.#hub) || allowed) return;
    const kinds = await this.#kindsOf(url);
    if (kinds.size === 0 || [...kinds].every((kind) => kind === "public")) return;
    const own = await this.#kindsOf(this.#hub);
    const other = [...kinds].find((kind) => kind !== "public" && !own.has(kind));
    if (other === undefined) return;
    throw new HubError("redirect", HUB.not_asked_address({ url: redactUrl(url), other }), {
      url: redactUrl(url),
      expected: HUB.address_alike({ server, value: [...own].join(", ") || "unknown" }),
      found: other,
      hint: HUB.name_allow_host({ host }),
    });
  }

  #kindsOf(url: URL): Promise<Set<AddressKind>> {
    const host = hostOf(url);
    let kinds = this.#kinds.get(host);
    if (kinds === undefined) this.#kinds.set(host, kinds = this.#find(host, url));
    return kinds;
  }

  async #find(host: string, url: URL): Promise<Set<AddressKind>> {
    const written = kindOfAddress(host);
    if (written !== undefined) return new Set([written]);
    if (host === "localhost" || host.endsWith(".localhost")) return new Set(["loopback"]);
    const { proxyOf, lookUp = addressesOf } = this.#options;
    if (proxyOf?.(url) !== undefined) return new Set();
    try {
      const found = await lookUp(host);
      return new Set(found.flatMap((address) => kindOfAddress(address) ?? []));
    } catch {
      return new Set(); // a name without an address leads nowhere, and the request will say so
    }
  }
}

function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$|\.$/g, "");
}
