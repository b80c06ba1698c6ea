/**
 * A sync of `pro` with nothing to do.
 *
 * @module
 */
import { Client } from "../client.ts";
import { NOTHING } from "../goals.ts";
import { interleave, middle } from "../rounds.ts";
import { judged, megabytes, seconds, table } from "../table.ts";
import { settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";

const ROUNDS = 10;

/** One section. */
export async function* nothing(bench: Bench): AsyncGenerator<Section> {
  bench.say("nothing to do: pro");
  const shown = await bench.datasets.get("pro");
  const [standing] = await bench.workplace.within(async (folder) => {
    const client = new Client(folder, shown.name);
    await bench.nginx.show(shown);
    await client.sync(bench.nginx);
    await settle(folder);
    const again = { id: "nothing", label: "nothing to do", run: () => client.sync(bench.nginx) };
    return await interleave([again], { rounds: ROUNDS, say: bench.say });
  });
  const wall = middle(standing, (run) => run.wallMs);
  const requests = middle(standing, (run) => run.requests);
  const peak = middle(standing, (run) => run.peakBytes);
  const row = [
    "`pro`, up to date",
    judged(seconds(wall), wall === undefined ? undefined : wall < NOTHING.wallMs),
    seconds(middle(standing, (run) => run.cpuMs)),
    judged(megabytes(peak), peak === undefined ? undefined : peak < NOTHING.peakBytes),
    judged(String(requests ?? "–"), requests === NOTHING.requests),
    `${seconds(NOTHING.wallMs)} s, ${megabytes(NOTHING.peakBytes)} MB, ${NOTHING.requests}`,
  ];
  const head = ["", "wall s", "CPU s", "peak MB", "requests", "to reach"];
  yield {
    id: "nothing",
    title: "Nothing to do",
    body: `Median of ${ROUNDS}.\n\n${table(head, [row])}`,
  };
}
