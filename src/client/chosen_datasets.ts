/**
 * Finds the datasets of a configuration by name.
 *
 * @module
 */
import type { Config } from "../config/config.ts";
import { didYouMean } from "../config/near_miss.ts";
import { UsageError } from "../errors.ts";
import { CLIENT } from "../messages/client.ts";

/** The datasets with these names, or all. Throws UsageError for an unknown name. */
export function chosenDatasets(
  config: Config,
  names: readonly string[] | undefined,
): Config["datasets"] {
  if (names === undefined) return config.datasets;
  const known = new Map(config.datasets.map((dataset) => [dataset.name, dataset]));
  return [...new Set(names)].map((name) => {
    const dataset = known.get(name);
    if (dataset !== undefined) return dataset;
    throw new UsageError(CLIENT.no_dataset({ name: JSON.stringify(name), path: config.path }), {
      expected: [...known.keys()].join(", "),
      found: name,
      hint: didYouMean(name, [...known.keys()]),
    });
  });
}
