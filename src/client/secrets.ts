/**
 * What in a configuration is a secret.
 *
 * @module
 */
import type { Config } from "../config/config.ts";

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
  for (const target of notify.targets) {
    if ("url" in target) secrets.push(target.url);
    if ("secret" in target) secrets.push(target.secret);
    if ("password" in target) secrets.push(target.password);
  }
  return secrets.filter((secret) => secret !== undefined && secret !== "") as string[];
}
