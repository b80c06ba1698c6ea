/**
 * `fin` with 1 % and 10 % of its entries rewritten, from nginx and from a hub like the deployed one, near
 * and far, against the own full sync; and from a slow hub next door that was never seen before.
 *
 * @module
 */
import { DELTA } from "../goals.ts";
import { Client } from "../client.ts";
import { farFrom } from "../hubs.ts";
import { interleave, middle } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table, times } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { failures, measureUpdates, type Update, wall, withPlaces } from "./update.ts";

const VARIANTS = ["1 %", "10 %"] as const;

/** One section. */
export async function* delta(bench: Bench): AsyncGenerator<Section> {
  bench.say("delta: fin");
  const measured: Update[] = [];
  await withPlaces(bench, { deployed: true }, async (places) => {
    for (const place of places) {
      const variants = [...VARIANTS];
      measured.push(await measureUpdates(bench, { profile: "fin", variants, place, unzip: false }));
    }
  });
  const unseen = await slowNextDoor(bench);
  const rows = measured.flatMap(({ place, full, updates }) =>
    VARIANTS.map((variant) => {
      const { shown, standing } = updates.find((one) => one.variant === variant)!;
      const { share, single, faster: goal } = DELTA[variant];
      const faster = place.deployed || place.far ? undefined : goal;
      const wire = middle(standing, (run) => run.wireBytes);
      const part = place.deployed ? single : share;
      const most = part && part * shown.packageSize;
      const [whole, delta] = [wall(full), wall(standing)];
      return [
        `${variant} rewritten, ${place.label}`,
        seconds(whole),
        seconds(delta),
        judged(times(whole, delta), faster && whole && delta ? whole / delta >= faster : undefined),
        faster ? `${faster}×` : "",
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
    body: [table(head, [...rows, unseen]), ...failures(measured)].join("\n"),
  };
}

/** The plan can't know its speed: the day before came from elsewhere. */
async function slowNextDoor(bench: Bench): Promise<string[]> {
  const before = await bench.datasets.get("fin");
  const shown = await bench.datasets.get("fin", "1 %");
  await using slow = farFrom(bench.nginx, { delayMs: 0.5, bytesPerSecond: 5e6 / 8 });
  const [standing] = await bench.workplace.within((folder) =>
    interleave([{
      id: "unseen",
      label: "fin, 1 ms and 5 Mbit/s",
      run: async () => {
        const client = new Client(folder, shown.name);
        await bench.nginx.show(before);
        await client.sync(bench.nginx);
        await settle(folder);
        await slow.show(shown);
        const run = await client.sync(slow);
        await mustHold(client.out, shown);
        return run;
      },
    }], { rounds: 1, say: bench.say })
  );
  const wire = middle(standing, (run) => run.wireBytes);
  const most = DELTA["1 %"].share * shown.packageSize;
  return [
    "1 % rewritten, nginx at 1 ms and 5 Mbit/s, never seen before",
    "",
    seconds(wall(standing)),
    "",
    "",
    judged(megabytes(wire), wire === undefined ? undefined : wire <= most),
    percent(wire, shown.packageSize),
    megabytes(most),
    String(middle(standing, (run) => run.requests) ?? "–"),
    megabytes(middle(standing, (run) => run.peakBytes)),
  ];
}
