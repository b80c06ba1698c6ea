/**
 * What in a configuration is a secret, and where one would go over the network as it is.
 *
 * @module
 */
import type { Config, HubConfig } from "../config/config.ts";
import { secretsOf as secretsOfTarget } from "../monitoring/notify/send.ts";
import { redactUrl } from "../redact.ts";
import { kindOfAddress } from "../hub/request/address_kind.ts";

/** Everything in a configuration that no log, result or error may show. */
export function secretsOf(config: Config): string[] {
  const { hub, notify, datasets } = config;
  const secrets: (string | undefined)[] = [];
  for (const { token, headers } of [hub, ...datasets.flatMap(({ source }) => source ?? [])]) {
    secrets.push(token);
    for (const [name, value] of Object.entries(headers)) {
      if (!/^user-agent$/i.test(name)) secrets.push(value);
    }
  }
  secrets.push(config.ping?.url);
  secrets.push(...notify.targets.flatMap(secretsOfTarget));
  return secrets.filter((secret) => secret !== undefined && secret !== "") as string[];
}

/** Headers that are passwords by another name. */
const SECRET_HEADER = /auth|token|key|secret|cookie/i;

/** The hubs to which a token or a login goes over plain http, where others can read it. */
export function readableHubs(hub: Pick<HubConfig, "urls" | "token" | "headers">): string[] {
  const secret = hub.token !== undefined ||
    Object.keys(hub.headers).some((name) => SECRET_HEADER.test(name));
  return secret ? hub.urls.filter(isReadable) : [];
}

/** The same of all that a configuration asks, fit for a log. */
export function readableAddresses({ hub, datasets }: Config): string[] {
  const files = datasets.flatMap(({ source }) => source === undefined ? [] : readableHubs(source));
  return [...readableHubs(hub), ...new Set(files.map(redactUrl))];
}

/** What goes to this machine itself is on no network. */
function isReadable(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  const here = hostname === "localhost" || kindOfAddress(hostname) === "loopback";
  return protocol === "http:" && !here;
}
