/**
 * Other days by patch than the usual one: several at once, a part rewritten, long histories.
 *
 * @module
 */
import type { Package, Variant } from "../datasets.ts";
import type { Hub } from "../hubs.ts";
import { type Contestant, interleave, type Standing } from "../rounds.ts";
import { table } from "../table.ts";
import type { Bench, Section } from "./bench.ts";
import { siteOf, unpacked } from "./pack_site.ts";
import { byPatch, copy, failuresOf, HEAD, rowsOf } from "./patch.ts";
import { update } from "./update.ts";

/** Other days, all from nginx: what they are called, their profile, and the days that lie between. */
const OTHERS: readonly [label: string, profile: string, days: readonly Variant[]][] = [
  ["`pro`, three days behind", "pro", ["first", "next", "after next", "third"]],
  ["`fin`, 1 % rewritten", "fin", ["first", "1 %"]],
  ["`pro-history`, a day behind", "pro-history", ["first", "next"]],
];

/** Days of other kinds. */
export async function* otherDays(bench: Bench): AsyncGenerator<Section> {
  const rows: string[][] = [];
  const failed: string[] = [];
  for (const [label, profile, variants] of OTHERS) {
    bench.say(`patch: ${label}`);
    const days: Package[] = [];
    const folders: string[] = [];
    for (const variant of variants) {
      const day = await bench.datasets.get(profile, variant);
      days.push(day);
      folders.push(await unpacked(bench, day));
    }
    const before = await siteOf(await bench.workplace.keep(), profile, folders.slice(0, 1));
    const after = await siteOf(await bench.workplace.keep(), profile, folders);
    const next = days.at(-1)!;
    const hub = (label: string) =>
      Object.assign(Object.create(bench.nginx) as Hub, { label, url: bench.nginx.url });
    const standings = await interleave([
      byPatch(bench, hub(label), { before, after, next }),
      ...(days.length > 2 ? await eachAlone(bench, { profile, days, folders, hub }) : []),
      ...(profile === "pro-history" ? [await byEnds(bench, profile, days)] : []),
      copy(bench, { from: folders.at(-1)!, over: folders[0]!, next }),
    ], bench);
    const named = ({ id, label: own }: Standing) => id === label ? label : `\`${profile}\`, ${own}`;
    rows.push(...rowsOf(standings, next, named));
    failed.push(...failuresOf(standings));
  }
  yield {
    id: "patch others",
    title: "Other days by patch",
    body: [`From nginx on loopback; ${bench.rounds} rounds.`, "", table(HEAD, rows), ...failed]
      .join("\n"),
  };
}

/** Each of several days by its own patch. */
async function eachAlone(
  bench: Bench,
  { profile, days, folders, hub }: {
    profile: string;
    days: readonly Package[];
    folders: readonly string[];
    hub: (label: string) => Hub & { label: string };
  },
): Promise<Contestant[]> {
  const alone: Contestant[] = [];
  for (const [index, next] of days.entries()) {
    if (index === 0) continue;
    const pair = folders.slice(index - 1, index + 1);
    const before = await siteOf(await bench.workplace.keep(), profile, pair.slice(0, 1));
    const after = await siteOf(await bench.workplace.keep(), profile, pair);
    const label = `day ${index} of these alone`;
    alone.push({ ...byPatch(bench, hub(label), { before, after, next }), label });
  }
  return alone;
}

/** The second day without patches, when the first has taught where the last blocks begin. */
async function byEnds(bench: Bench, profile: string, way: Package[]): Promise<Contestant> {
  const shown = await bench.datasets.get(profile, "after next");
  return {
    id: "ends",
    label: "the day after that without patches",
    run: (round) => update(bench, { way, shown, hub: bench.nginx, round }),
  };
}
