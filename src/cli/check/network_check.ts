/**
 * How requests leave this machine: proxies and certificate authorities in force.
 *
 * @module
 */
import { DataHubSyncError, messageOf } from "../../errors.ts";
import { createFetch } from "../../hub/tls.ts";
import type { CheckContext } from "./check_context.ts";
import { type CheckLine, failure, fine, warning } from "./check_line.ts";
import { bare, proxyFor } from "../../hub/proxy.ts";

/** Checks the proxies and the authorities that are in force. */
export function checkNetwork(context: CheckContext): CheckLine[] {
  return [...context.config.hub.urls.map((url) => proxyLine(url, context)), authorities(context)];
}

function proxyLine(url: string, { machine }: CheckContext): CheckLine {
  const proxy = proxyFor(url, machine.env);
  if (proxy === undefined) return fine("network.proxy", `${url} is asked directly, with no proxy`);
  const { hostname } = new URL(url);
  const through = `${url} is asked through ${proxy.address} (${proxy.variable})`;
  if (!/^(localhost|127\.|\[?::1)/.test(hostname)) return fine("network.proxy", through);
  return warning(
    "network.proxy",
    `${through}, which can't reach a hub on this machine`,
    `export no_proxy=${bare(hostname)}`,
  );
}

function authorities({ config, machine }: CheckContext): CheckLine {
  const { caFile } = config.hub;
  const stores = machine.env("DENO_TLS_CA_STORE") || "system,mozilla";
  const said = stores.split(",").map((name) => name.trim()).join(" and ");
  if (caFile === undefined) {
    return fine("network.ca", `certificates are checked with the authorities of ${said}`);
  }
  try {
    createFetch({ caFile }).close();
    return fine(
      "network.ca",
      `certificates are checked with the authorities of ${said}, ${caFile}`,
    );
  } catch (error) {
    return failure(
      "network.ca",
      messageOf(error),
      (error instanceof DataHubSyncError ? error.hint : undefined) ??
        `put the PEM file of the authority there, or correct hub.ca_file in ${config.path}`,
    );
  }
}
