/**
 * The next day of `pro-history` and `pro`, where 95 % of the files got a row: near and far, from nginx
 * and from a hub like the deployed one, against the own full sync and against curl and unzip.
 *
 * @module
 */
import type { Variant } from "../datasets.ts";
import { DAILY_FASTER, DAILY_SHARE } from "../goals.ts";
import { middle } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table, times } from "../table.ts";
import type { Bench, Section } from "./bench.ts";
import { failures, measureUpdates, type Update, wall, withPlaces } from "./update.ts";

/** What timing noise may make of "not slower". */
const NOT_SLOWER = 0.95;

/** One section a profile. */
export async function* daily(bench: Bench): AsyncGenerator<Section> {
  for (const profile of ["pro-history", "pro"]) {
    bench.say(`daily: ${profile}`);
    const measured: Update[] = [];
    await withPlaces(bench, { deployed: true }, async (places) => {
      for (const place of places) {
        const unzip = !place.deployed;
        // What the first update learns serves those after it.
        const variants: Variant[] = place.far && unzip ? ["next", "after next"] : ["next"];
        const one = await measureUpdates(bench, { profile, variants, place, unzip });
        measured.push(one);
      }
    });
    yield {
      id: `daily ${profile}`,
      title: `The next day of \`${profile}\``,
      body: report(profile, measured),
    };
  }
}

function report(profile: string, measured: Update[]): string {
  const each = measured.flatMap(({ updates, ...rest }) =>
    updates.map((update) => ({ ...rest, ...update }))
  );
  const rows = each.map(({ place, full, unzip, variant, shown, standing }) => {
    const fast = place.far && !place.deployed;
    const goal = fast ? DAILY_FASTER[profile] : undefined;
    const least = goal ?? NOT_SLOWER;
    const wire = middle(standing, (run) => run.wireBytes);
    // A hub that answers one range at a time may be asked for more, so long as it isn't slower.
    const most = place.deployed
      ? undefined
      : DAILY_SHARE[profile]! * shown.packageSize + shown.directorySize;
    const [whole, next, other] = [wall(full), wall(standing), wall(unzip)];
    return [
      variant === "next" ? place.label : `${place.label}: the day after`,
      seconds(whole),
      seconds(other),
      seconds(next),
      judged(times(whole, next), whole && next ? whole / next >= least : undefined),
      judged(times(other, next), goal && other && next ? other / next >= least : undefined),
      goal ? `${goal}×` : "not slower",
      judged(megabytes(wire), wire && most ? wire <= most : undefined),
      percent(wire, shown.packageSize),
      most ? megabytes(most) : "",
      String(middle(standing, (run) => run.requests) ?? "–"),
      megabytes(middle(standing, (run) => run.peakBytes)),
    ];
  });
  const { shown } = measured[0]!.updates[0]!;
  const head = [
    "",
    "full s",
    "curl+unzip s",
    "next day s",
    "faster than full",
    "than curl+unzip",
    "to reach",
    "wire MB",
    "of the package",
    "at most MB",
    "requests",
    "peak MB",
  ];
  return [
    `${shown.fileCount} files, ${megabytes(shown.totalSize)} MB, package ${
      megabytes(shown.packageSize)
    } MB with a directory of ${megabytes(shown.directorySize)} MB. "Not slower" leaves ${
      (100 - NOT_SLOWER * 100).toFixed(0)
    } % to the noise.`,
    "",
    table(head, rows),
    ...failures(measured),
  ].join("\n");
}
