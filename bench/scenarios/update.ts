/**
 * From one day's folder to another day's: what changed against all of it.
 *
 * @module
 */
import { Client } from "../client.ts";
import type { Package, Variant } from "../datasets.ts";
import { deployedHub, farFrom, type Hub, SLOW_LABEL } from "../hubs.ts";
import { PEERS } from "../peers.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { mustHold, settle } from "../workplace.ts";
import { type Bench, firstSync } from "./bench.ts";
import { missing, peerRun } from "./peer_run.ts";

/** A hub and the way to it. */
export interface Place {
  label: string;
  hub: Hub;
  far: boolean;
  deployed: boolean;
}

/** What was measured in one place. */
export interface Update {
  place: Place;
  full: Standing;
  /** `curl` and `unzip` of the whole package, where it was asked for and is there. */
  unzip?: Standing;
  /** By variant. */
  updates: { variant: Variant; shown: Package; standing: Standing }[];
}

/** nginx near and far, and, when asked for, the deployed-like hub near and far. */
export async function withPlaces(
  bench: Bench,
  options: { deployed: boolean },
  work: (places: Place[]) => Promise<void>,
): Promise<void> {
  const near = (label: string, hub: Hub, deployed: boolean) => ({
    label,
    hub,
    deployed,
    far: false,
  });
  await using farNginx = farFrom(bench.nginx);
  const places: Place[] = [
    near("nginx", bench.nginx, false),
    { label: `nginx, ${SLOW_LABEL}`, hub: farNginx, deployed: false, far: true },
  ];
  if (!options.deployed) return await work(places);
  await using deployed = deployedHub();
  await using farDeployed = farFrom(deployed);
  places.push(near("deployed-like", deployed, true), {
    label: `deployed-like, ${SLOW_LABEL}`,
    hub: farDeployed,
    deployed: true,
    far: true,
  });
  await work(places);
}

/** Measures full syncs, updates and, if asked, curl and unzip, interleaved, in one place. */
export async function measureUpdates(
  bench: Bench,
  options: { profile: string; variants: Variant[]; place: Place; unzip: boolean },
): Promise<Update> {
  const { profile, variants, place } = options;
  const before = await bench.datasets.get(profile);
  const after = await Promise.all(variants.map((variant) => bench.datasets.get(profile, variant)));
  const next = variants.includes("after next")
    ? await bench.datasets.get(profile, "next")
    : undefined;
  const label = (text: string) => `${profile}, ${place.label}: ${text}`;
  const { hub } = place;
  const peer = PEERS.find(({ id }) => id === "unzip")!;
  const withPeer = options.unzip && missing(bench, peer).length === 0;
  const contestants: Contestant[] = [
    firstSync(bench, { id: "full", label: label("full"), shown: after[0]!, hub }),
    ...variants.map((variant, index): Contestant => ({
      id: variant,
      label: label(variant),
      run: (round) => {
        const way = variant === "after next" ? [before, next!] : [before];
        return update(bench, { way, shown: after[index]!, hub, round });
      },
    })),
    ...withPeer ? [peerRun(bench, peer, { shown: after[0]!, hub })] : [],
  ];
  // On the slow way the way decides, and a round takes minutes.
  const rounds = place.far ? 1 : bench.rounds;
  const standings = await interleave(contestants, { rounds, say: bench.say });
  return {
    place,
    full: standings[0]!,
    ...withPeer ? { unzip: standings.at(-1)! } : {},
    updates: variants.map((variant, index) => ({
      variant,
      shown: after[index]!,
      standing: standings[index + 1]!,
    })),
  };
}

/** Syncs the first day from nginx at full speed and those after it as usual, then measures. */
export function update(
  bench: Bench,
  { way, shown, hub, round }: { way: Package[]; shown: Package; hub: Hub; round: number },
): Promise<Run> {
  return bench.workplace.within(async (folder) => {
    const client = new Client(folder, shown.name);
    for (const [index, day] of way.entries()) {
      const from = index === 0 ? bench.nginx : hub;
      await from.show(day);
      await client.sync(from);
    }
    await settle(folder);
    await hub.show(shown);
    const run = await client.sync(hub);
    if (round === 1) await mustHold(client.out, shown);
    return run;
  });
}

/** The median wall time. */
export function wall(standing: Standing | undefined): number | undefined {
  return middle(standing, (run) => run.wallMs + (run.flush?.wallMs ?? 0));
}

/** The lines on those who failed. */
export function failures(updates: Update[]): string[] {
  const failed = updates.flatMap(({ full, unzip, updates }) => [
    full,
    ...unzip ? [unzip] : [],
    ...updates.map(({ standing }) => standing),
  ]).filter(({ failure }) => failure !== undefined);
  const lines = failed.map(({ label, failure }) =>
    `- failed: ${label}: ${failure!.split("\n").join(" / ")}`
  );
  return lines.length ? ["", ...lines] : [];
}
