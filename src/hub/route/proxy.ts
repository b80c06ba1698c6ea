/**
 * Which proxy a request takes, by the environment: the rules of `fetch` in Deno 2.7.11, which
 * reads the environment itself. The tests compare every form with it.
 *
 * The rules: `ALL_PROXY` comes before the scheme's own variable, upper case before lower case, and
 * `http_proxy` is ignored if `REQUEST_METHOD` is set (a CGI). Of `NO_PROXY` and `no_proxy` only
 * the first that is set counts: addresses and networks (CIDR) except addresses; names, with or
 * without a leading dot, except themselves and their subdomains, in exactly their spelling; `*`
 * excepts all names. Ports and `*.name` except nothing.
 *
 * Guarantees: pure; the result holds no proxy's password.
 *
 * @module
 */
import type { Environment } from "../../environment.ts";
import { HUB } from "../../messages/hub.ts";
import { isIP } from "node:net";

/** The proxy that a URL is asked through. */
export interface Proxy {
  /** The variable that names it. */
  variable: string;
  /** The variable that excepts hosts from it, and what in it was meant for this one but isn't. */
  exceptions: string;
  /** Its address, without secrets. */
  address: string;
  hostname: string;
  port: number;
}

/** Finds the proxy that a URL is asked through. */
export type ProxyOf = (url: URL) => Proxy | undefined;

const STANDARD_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
  socks5h: 1080,
};

/** The proxy for a URL; `undefined` = it is asked directly. */
export function proxyFor(url: string, env: Environment): Proxy | undefined {
  const { protocol, hostname } = new URL(url);
  const list = exceptionsIn(env);
  if (isExcepted(bare(hostname), env(list) ?? "")) return undefined;
  const [odd] = oddExceptions(url, env);
  const exceptions = odd === undefined ? list : HUB.proxy_exception_odd({ list, item: odd });
  for (const variable of variablesFor(protocol, env)) {
    const proxy = parseProxy(env(variable) ?? "");
    if (proxy !== undefined) return { variable, exceptions, ...proxy };
  }
  return undefined;
}

/** The variable whose exceptions count. */
export function exceptionsIn(env: Environment): "NO_PROXY" | "no_proxy" {
  return env("NO_PROXY") === undefined ? "no_proxy" : "NO_PROXY";
}

/**
 * Variables for a URL that name no proxy though something is written in them, or another one than
 * was meant: what is wrong with each, without its value.
 */
export function oddProxies(url: string, env: Environment): { variable: string; what: string }[] {
  return variablesFor(new URL(url).protocol, env).flatMap((variable) => {
    const value = env(variable) ?? "";
    const login = /^(?:[a-z0-9+.-]+:\/\/)?(.*)@/is.exec(value)?.[1] ?? "";
    if (/[#/?@]/.test(login)) {
      const what = HUB.proxy_login();
      return [{ variable, what }];
    }
    if (value === "" || parseProxy(value) !== undefined) return [];
    return [{ variable, what: HUB.proxy_no_address() }];
  });
}

/** What among the exceptions means the URL's host, but in a form that excepts nothing. */
export function oddExceptions(url: string, env: Environment): string[] {
  const host = bare(new URL(url).hostname);
  const items = (env(exceptionsIn(env)) ?? "").split(",").map((item) => item.trim());
  return items.filter((item) => {
    if (isExcepted(host, item)) return false;
    return item.split(/[\s;]+/).map(meantBy).some((name) =>
      isExcepted(host.replace(/\.$/, ""), name)
    );
  });
}

/** The name or address that an exception with a scheme, a port, an asterisk or capitals means. */
function meantBy(item: string): string {
  const address = item.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/^\*?\./, "");
  const url = URL.parse(`http://${isIP(address) === 6 ? `[${address}]` : address}`);
  return bare(url?.hostname ?? "").replace(/\.$/, "");
}

function variablesFor(protocol: string, env: Environment): string[] {
  const scheme = protocol.slice(0, -1);
  const own = [`${scheme.toUpperCase()}_PROXY`, `${scheme}_proxy`];
  const isCgi = scheme === "http" && env("REQUEST_METHOD") !== undefined;
  return ["ALL_PROXY", "all_proxy", ...(isCgi ? [] : own)];
}

/** A proxy's address; a login without a colon makes it none. */
function parseProxy(value: string): Omit<Proxy, "variable" | "exceptions"> | undefined {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#\s]+)(?:[/?#]\S*)?$/i.exec(value);
  const scheme = (match?.[1] ?? "http").toLowerCase();
  const authority = match?.[2] ?? "";
  const standard = STANDARD_PORTS[scheme];
  const login = authority.includes("@") ? authority.slice(0, authority.indexOf("@")) : undefined;
  if (standard === undefined || (login !== undefined && !login.includes(":"))) return undefined;
  const hostAndPort = authority.slice(authority.lastIndexOf("@") + 1);
  const [, host = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(hostAndPort) ?? [];
  if (host === "") return undefined;
  const address = `${scheme}://${host}${/^\d+$/.test(port) ? `:${port}` : ""}`;
  return { address, hostname: bare(host), port: Number(port) || standard };
}

/** The proxy with its login, at one of its addresses instead of its name. */
export function proxyAt({ variable }: Proxy, address: string, env: Environment): string {
  const [, scheme = "http://", login = "", port = ""] =
    /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#\s]*@)?(?:\[[^\]]*\]|[^:/?#\s]*)(:\d+)?/i
      .exec(env(variable) ?? "") ?? [];
  return `${scheme}${login}${isIP(address) === 6 ? `[${address}]` : address}${port}`;
}

/** Where the connection for a URL goes: to the proxy, or to the host itself. */
export function targetOf(
  url: string,
  proxy: Proxy | undefined,
): { hostname: string; port: number } {
  if (proxy !== undefined) return proxy;
  const { hostname, port, protocol } = new URL(url);
  return { hostname: bare(hostname), port: Number(port) || (protocol === "https:" ? 443 : 80) };
}

/** A host without the brackets of an IPv6 address. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}

function isExcepted(host: string, list: string): boolean {
  const isAddress = networkHolds(host, host);
  return list.split(",").map((item) => item.trim()).some((item) => {
    if (item === "") return false;
    if (isAddress) return networkHolds(item, host);
    if (networkHolds(item, item.replace(/\/.*$/, ""))) return false; // an address excepts no name
    return item === "*" || host === item.replace(/^\./, "") ||
      host.endsWith(item.startsWith(".") ? item : `.${item}`);
  });
}

/** Whether `network` (an address, or CIDR: `10.0.0.0/8`) holds the address; `false` for anything else. */
export function networkHolds(network: string, address: string): boolean {
  const [base = "", prefix, ...rest] = network.split("/");
  const version = isIP(base);
  if (version === 0 || version !== isIP(address) || rest.length > 0) return false;
  const width = version === 4 ? 32 : 128;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return false;
  const length = prefix === undefined ? width : Number(prefix);
  if (length > width) return false;
  const away = BigInt(width - length);
  return numberOf(base) >> away === numberOf(address) >> away;
}

function numberOf(address: string): bigint {
  if (isIP(address) === 4) {
    return address.split(".").reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  }
  // A URL writes an IPv6 address in its shortest form, without IPv4 in it.
  const short = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  const [head = "", tail] = short.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros: string[] = new Array(8 - front.length - back.length).fill("0");
  return [...front, ...zeros, ...back]
    .reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
