/**
 * What in a configuration is a secret.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { secretsOf as secretsOfTarget } from "../monitoring/notify/send.ts";

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
