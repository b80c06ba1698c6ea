/**
 * Which proxy a request takes, by the environment: the same rules as Deno's `fetch` has.
 *
 * Guarantees: pure; no password of a proxy is in what it returns.
 *
 * @module
 */
import type { Environment } from "../config/env_names.ts";
import { redactUrl } from "../errors.ts";

/** The proxy that a URL is asked through. */
export interface Proxy {
  /** The variable that names it. */
  variable: string;
  /** Its address, without secrets. */
  address: string;
  hostname: string;
  port: number;
}

/** The proxy for a URL; `undefined` = it is asked directly. */
export function proxyFor(url: string, env: Environment): Proxy | undefined {
  const { protocol, hostname } = new URL(url);
  const scheme = protocol.slice(0, -1);
  if (isExcepted(hostname, env("no_proxy") || env("NO_PROXY") || "")) return undefined;
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, "all_proxy", "ALL_PROXY"];
  for (const variable of names) {
    const value = env(variable)?.trim();
    if (!value) continue;
    const proxy = URL.parse(value.includes("://") ? value : `http://${value}`);
    if (proxy === null) continue;
    const standard: Record<string, number> = { "https:": 443, "socks5:": 1080, "socks5h:": 1080 };
    return {
      variable,
      address: redactUrl(proxy).replace(/\/$/, ""),
      hostname: bare(proxy.hostname),
      port: Number(proxy.port) || (standard[proxy.protocol] ?? 80),
    };
  }
  return undefined;
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

function isExcepted(hostname: string, list: string): boolean {
  const host = bare(hostname).toLowerCase();
  return list.split(",").map((item) => item.trim().toLowerCase().replace(/^\*?\./, ""))
    .some((item) => item === "*" || (item !== "" && (host === item || host.endsWith(`.${item}`))));
}
