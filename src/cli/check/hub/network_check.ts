/**
 * How requests leave this machine: proxies and certificate authorities in force.
 *
 * @module
 */
import { addressesOf } from "../../../config/addresses.ts";
import { redactUrl } from "../../../redact.ts";
import { createFetch } from "../../../hub/tls/tls.ts";
import type { CheckContext } from "../check_context.ts";
import { type CheckLine, fine, thrown, warning } from "../check_line.ts";
import {
  bare,
  exceptionsIn,
  oddExceptions,
  oddProxies,
  proxyFor,
} from "../../../hub/route/proxy.ts";
import { shellWord } from "../../../shell_word.ts";
import { CHECK } from "../../../messages/check.ts";

/** Checks the proxies and the authorities that are in force. */
export function checkNetwork(context: CheckContext): CheckLine[] {
  const { config, machine } = context;
  const urls = addressesOf(config);
  return [
    ...urls.map((url) => proxyLine(url, context)),
    ...oddLines(urls, machine),
    authorities(context),
  ];
}

function proxyLine(url: string, { machine }: CheckContext): CheckLine {
  const proxy = proxyFor(url, machine.env);
  const shown = redactUrl(url).replace(/(?<=^https?:\/\/[^/]*)\/$/, "");
  if (proxy === undefined) {
    return fine("network.proxy", CHECK.asked_directly({ shown }));
  }
  const { hostname } = new URL(url);
  const through = CHECK.asked_through({ shown, address: proxy.address, variable: proxy.variable });
  const exceptions = exceptionsIn(machine.env);
  const list = machine.env(exceptions) ?? "";
  const others = list === "" ? "" : `${list},`;
  const remedy = `export ${exceptions}=${shellWord(others + bare(hostname))}`;
  const [item] = oddExceptions(url, machine.env);
  if (item !== undefined) {
    const text = CHECK.exception_odd({ through, list: exceptions, item });
    return warning("network.proxy", text, remedy);
  }
  if (!/^(localhost|127\.|\[?::1)/.test(hostname)) return fine("network.proxy", through);
  return warning("network.proxy", CHECK.proxy_cant_reach({ through }), remedy);
}

/** Variables without the effect they seem to have; reported once for all hubs. */
function oddLines(urls: readonly string[], { env }: CheckContext["machine"]): CheckLine[] {
  const odd = new Map(
    urls.flatMap((url) => oddProxies(url, env).map((one) => [one.variable, one])),
  );
  return [...odd.values()].map(({ variable, what }) =>
    warning(
      "network.proxy",
      CHECK.variable_odd({ variable, what }),
      CHECK.escape_login({ variable }),
    )
  );
}

function authorities({ config, machine }: CheckContext): CheckLine {
  const { caFile } = config.hub;
  const stores = machine.env("DENO_TLS_CA_STORE") || "system,mozilla";
  const said = stores.split(",").map((name) => name.trim()).join(", ");
  if (caFile === undefined) {
    return fine("network.ca", CHECK.authorities({ said }));
  }
  try {
    createFetch({ caFile })[Symbol.dispose]();
    return fine("network.ca", CHECK.authorities({ said: `${said}, ${caFile}` }));
  } catch (error) {
    return thrown("network.ca", error, CHECK.put_pem({ path: config.path }));
  }
}
