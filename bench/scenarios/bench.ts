/**
 * What every scenario gets and gives.
 *
 * @module
 */
import type { Datasets, Package } from "../datasets.ts";
import { Client } from "../client.ts";
import type { Hub } from "../hubs.ts";
import type { Contestant } from "../rounds.ts";
import { mustHold, type Workplace } from "../workplace.ts";

/** The bench at which a scenario works. */
export interface Bench {
  datasets: Datasets;
  workplace: Workplace;
  /** Real nginx on loopback. */
  nginx: Hub;
  rounds: number;
  /** Multiplies the number of files. */
  scale: number;
  /** The profiles of the first sync. */
  profiles: string[];
  /** Programs that are here, with their versions. */
  versions: ReadonlyMap<string, string>;
  say: (line: string) => void;
}

/** A part of the results. */
export interface Section {
  id: string;
  title: string;
  /** Markdown. */
  body: string;
}

/** Measures something and tells it section by section. */
export type Scenario = (bench: Bench) => AsyncIterable<Section>;

/** Our own first sync into an empty folder. The tree is checked in the first round. */
export function firstSync(
  bench: Bench,
  options: { id: string; label: string; shown: Package; hub?: Hub; durable?: boolean },
): Contestant {
  const { id, label, shown, hub = bench.nginx, durable = true } = options;
  return {
    id,
    label,
    run: (round) =>
      bench.workplace.within(async (folder) => {
        await hub.show(shown);
        const client = new Client(folder, shown.name, { durable });
        const run = await client.sync(hub);
        if (round === 1) await mustHold(client.out, shown);
        return run;
      }),
  };
}
