/**
 * Interleaved rounds (A B C, A B C, …), so that a machine that slows down slows everybody down, and
 * their medians.
 *
 * @module
 */

/** What one run of one contestant cost. Times in milliseconds, sizes in bytes. */
export interface Run {
  wallMs: number;
  cpuMs: number;
  peakBytes: number;
  /** The part of the peak that no file stands behind, such as the executable. */
  ownBytes: number;
  /** From the hub, headers included where the hub tells. */
  wireBytes: number;
  requests: number;
  /** What flushing its output to the disk cost on top, where that is a step of its own. */
  flush?: { wallMs: number; cpuMs: number };
}

/** Somebody who is measured. */
export interface Contestant {
  id: string;
  /** How it stands in the table. */
  label: string;
  run(round: number): Promise<Run>;
}

/** A contestant's runs, or why there are none. */
export interface Standing {
  id: string;
  label: string;
  runs: Run[];
  failure?: string;
}

/** Runs everybody `rounds` times. Who fails is out, with the reason, and the others go on. */
export async function interleave(
  contestants: Contestant[],
  options: { rounds: number; say: (line: string) => void },
): Promise<Standing[]> {
  const standings = contestants.map(({ id, label }): Standing => ({ id, label, runs: [] }));
  for (let round = 1; round <= options.rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const standing = standings[index]!;
      if (standing.failure !== undefined) continue;
      try {
        const run = await contestant.run(round);
        standing.runs.push(run);
        options.say(`  round ${round}  ${contestant.label}: ${(run.wallMs / 1000).toFixed(2)} s`);
      } catch (error) {
        standing.failure = error instanceof Error ? error.message : String(error);
        options.say(`  round ${round}  ${contestant.label}: FAILED: ${standing.failure}`);
      }
    }
  }
  return standings;
}

/** The median of one figure over a contestant's runs; `undefined` when there are none. */
export function middle(
  standing: Standing | undefined,
  figure: (run: Run) => number,
): number | undefined {
  return standing?.runs.length ? median(standing.runs.map(figure)) : undefined;
}

/** The median of at least one number. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
