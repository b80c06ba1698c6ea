/**
 * What starting the binary costs.
 *
 * @module
 */
import { BINARY } from "../client.ts";
import { STARTUP_MS } from "../goals.ts";
import { measure } from "../measure.ts";
import { interleave, middle } from "../rounds.ts";
import { judged, megabytes, seconds, table } from "../table.ts";
import type { Bench, Section } from "./bench.ts";

const ROUNDS = 20;

/** One section. */
export async function* startup(bench: Bench): AsyncGenerator<Section> {
  bench.say("startup");
  const words = [["version", "--version"], ["help", "--help"]] as const;
  const contestants = words.map(([id, word]) => ({
    id,
    label: `datahubsync ${word}`,
    run: () =>
      bench.workplace.within(async (folder) => {
        const job = { steps: [`"$BINARY" ${word}`], env: { BINARY }, folder };
        const { steps, ...peaks } = await measure(job);
        return { ...steps[0]!, ...peaks, wireBytes: 0, requests: 0 };
      }),
  }));
  const standings = await interleave(contestants, { rounds: ROUNDS, say: () => {} });
  const rows = standings.map((one) => {
    const wall = middle(one, (run) => run.wallMs);
    const isJudged = one.id === "version" && wall !== undefined;
    return [
      `\`${one.label}\``,
      judged(seconds(wall), isJudged ? wall < STARTUP_MS : undefined),
      seconds(middle(one, (run) => run.cpuMs)),
      megabytes(middle(one, (run) => run.peakBytes)),
      one.id === "version" ? `${seconds(STARTUP_MS)} s` : "",
    ];
  });
  const head = ["", "wall s", "CPU s", "peak MB", "to reach"];
  yield { id: "startup", title: "Startup", body: `Median of ${ROUNDS}.\n\n${table(head, rows)}` };
}
