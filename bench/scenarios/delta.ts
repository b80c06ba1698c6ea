/**
 * `fin` with 1 % and 10 % of its entries rewritten, near and far, against the own full sync.
 *
 * @module
 */
import { DELTA } from "../goals.ts";
import { middle } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table, times } from "../table.ts";
import type { Bench, Section } from "./bench.ts";
import { failures, measureUpdates, type Update, wall, withPlaces } from "./update.ts";

const VARIANTS = ["1 %", "10 %"] as const;

/** One section. */
export async function* delta(bench: Bench): AsyncGenerator<Section> {
  bench.say("delta: fin");
  const measured: Update[] = [];
  await withPlaces(bench, { deployed: false }, async (places) => {
    for (const place of places) {
      const variants = [...VARIANTS];
      measured.push(await measureUpdates(bench, { profile: "fin", variants, place, unzip: false }));
    }
  });
  const rows = measured.flatMap(({ place, full, updates }) =>
    VARIANTS.map((variant) => {
      const { shown, standing } = updates.find((one) => one.variant === variant)!;
      const { share, faster } = DELTA[variant];
      const wire = middle(standing, (run) => run.wireBytes);
      const most = share && share * shown.packageSize + shown.directorySize;
      const [whole, part] = [wall(full), wall(standing)];
      return [
        `${variant} rewritten, ${place.label}`,
        seconds(whole),
        seconds(part),
        judged(times(whole, part), whole && part ? whole / part >= faster : undefined),
        `${faster}×`,
        judged(megabytes(wire), wire && most ? wire <= most : undefined),
        percent(wire, shown.packageSize),
        most ? megabytes(most) : "",
        String(middle(standing, (run) => run.requests) ?? "–"),
        megabytes(middle(standing, (run) => run.peakBytes)),
      ];
    })
  );
  const head = [
    "`fin`",
    "full s",
    "delta s",
    "faster",
    "to reach",
    "wire MB",
    "of the package",
    "at most MB",
    "requests",
    "peak MB",
  ];
  yield {
    id: "delta",
    title: "Changed entries",
    body: [table(head, rows), ...failures(measured)].join("\n"),
  };
}
