/**
 * Every address that a configuration uses.
 *
 * @module
 */
import type { Config } from "./config.ts";

/** The hubs' addresses, then those of the datasets that have their own; each once. */
export function addressesOf({ hub, datasets }: Pick<Config, "hub" | "datasets">): string[] {
  const files = datasets.flatMap(({ source }) => source?.urls ?? []);
  return [...new Set([...hub.urls, ...files])];
}
