/**
 * Whether the cost of a file stays the same from 5,400 files to 100,000.
 *
 * @module
 */
import { LINEAR } from "../goals.ts";
import { interleave, middle } from "../rounds.ts";
import { judged, megabytes, seconds, table, times } from "../table.ts";
import { type Bench, firstSync, type Section } from "./bench.ts";

/** One section. */
export async function* linear(bench: Bench): AsyncGenerator<Section> {
  bench.say("linear: small, many");
  const small = await bench.datasets.get("small");
  const many = await bench.datasets.get("many");
  const shown = [small, many];
  const contestants = shown.map((one) =>
    firstSync(bench, { id: one.name, label: one.name, shown: one })
  );
  const standings = await interleave(contestants, bench);
  const perFile = standings.map((standing, index) => {
    const wall = middle(standing, (run) => run.wallMs);
    return wall === undefined ? undefined : wall / shown[index]!.fileCount;
  });
  const [one, other] = perFile;
  const rows = standings.map((standing, index) => [
    `\`${standing.label}\``,
    String(shown[index]!.fileCount),
    seconds(middle(standing, (run) => run.wallMs)),
    perFile[index]?.toFixed(3) ?? "–",
    index === 0 ? "" : judged(times(other, one), one && other ? other / one <= LINEAR : undefined),
    index === 0 ? "" : `${LINEAR}×`,
    megabytes(middle(standing, (run) => run.peakBytes)),
  ]);
  const head = ["", "files", "wall s", "ms a file", "against small", "at most", "peak MB"];
  yield { id: "linear", title: "Cost of a file", body: table(head, rows) };
}
