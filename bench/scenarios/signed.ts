/**
 * What proof costs: `pro` from a site without digests, with them, and signed. The first sync, the next
 * day by patch, and nothing to do, from nginx on loopback.
 *
 * Guarantees: the sites differ in nothing else, and the client of the signed one has its key.
 *
 * @module
 */
import { join } from "node:path";
import { loadSigningKey, makeKeyFile } from "../../src/trust/keys.ts";
import { Client } from "../client.ts";
import type { Package } from "../datasets.ts";
import { PROOF } from "../goals.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { siteOf, unpacked } from "./pack_site.ts";

const PROFILE = "pro";
const KINDS = ["without", "digests", "signed"] as const;
const MOMENTS = ["first sync", "the next day", "nothing to do"] as const;
type Moment = typeof MOMENTS[number];

/** A day, and the site that offers it. */
interface Offered {
  day: Package;
  site: string;
}

/** A dataset's two days from a hub of one kind. */
interface Kind {
  label: typeof KINDS[number];
  first: Offered;
  next: Offered;
  publicKey: string | undefined;
}

/** One section. */
export async function* signed(bench: Bench): AsyncGenerator<Section> {
  bench.say(`signed: ${PROFILE}`);
  const [first, next] = [
    await bench.datasets.get(PROFILE),
    await bench.datasets.get(PROFILE, "next"),
  ];
  const folders = [await unpacked(bench, first), await unpacked(bench, next)];
  const kinds: Kind[] = [];
  for (const label of KINDS) {
    const key = label === "signed" ? join(await bench.workplace.keep(), "hub.key") : undefined;
    if (key !== undefined) await makeKeyFile(key);
    const offered = async (day: Package, inputs: string[]): Promise<Offered> => {
      const site = await siteOf(await bench.workplace.keep(), PROFILE, inputs, key);
      if (label === "without") await withholdDigests(site);
      return { day, site };
    };
    kinds.push({
      label,
      first: await offered(first, folders.slice(0, 1)),
      next: await offered(next, folders),
      publicKey: key && (await loadSigningKey(key)).publicKey,
    });
  }
  const contestants = MOMENTS.flatMap((moment) => kinds.map((kind) => at(bench, moment, kind)));
  const standings = await interleave(contestants, bench);
  yield {
    id: "signed",
    title: "What digests and a signature cost",
    body: report(first, standings),
  };
}

/** The catalog as packers without digests write it. */
async function withholdDigests(site: string): Promise<void> {
  const path = join(site, "api", "datasets");
  const catalog = JSON.parse(await Deno.readTextFile(path));
  for (const dataset of catalog.datasets) {
    if (!("digests" in dataset)) throw new Error(`${path}: the catalog names no digests`);
    delete dataset.digests;
  }
  await Deno.writeTextFile(path, JSON.stringify(catalog));
}

function at(bench: Bench, moment: Moment, { label, first, next, publicKey }: Kind): Contestant {
  const show = ({ day, site }: Offered) => bench.nginx.show({ ...day, folder: site });
  return {
    id: `${moment}, ${label}`,
    label: `${moment}, ${label}`,
    run: (round) =>
      bench.workplace.within(async (folder) => {
        const client = new Client(folder, PROFILE, { publicKey });
        await show(first);
        let run = await client.sync(bench.nginx);
        if (moment !== "first sync") {
          if (moment === "the next day") await show(next);
          await settle(folder);
          run = await client.sync(bench.nginx);
        }
        const { day } = moment === "the next day" ? next : first;
        if (round === 1) await mustHold(client.out, day);
        return run;
      }),
  };
}

function report(day: Package, standings: Standing[]): string {
  const rows = standings.map((one, index) => {
    const base = standings[index - index % KINDS.length];
    // Of some 60 ms, a few per cent are the machine's noise.
    const judges = one !== base && !one.id.startsWith("nothing");
    const more = (figure: (run: Run) => number, most: number): string => {
      const [now, before] = [middle(one, figure), middle(base, figure)];
      if (one === base || now === undefined || !before) return "";
      const share = now / before - 1;
      return judged(percent(share, 1), judges ? share <= most : undefined);
    };
    const wallMs = (run: Run) => run.wallMs;
    const cpuMs = (run: Run) => run.cpuMs;
    return [
      one.label,
      seconds(middle(one, wallMs)),
      more(wallMs, PROOF.wall),
      seconds(middle(one, cpuMs)),
      more(cpuMs, PROOF.cpu),
      megabytes(middle(one, (run) => run.peakBytes)),
      megabytes(middle(one, (run) => run.wireBytes)),
      String(middle(one, (run) => run.requests) ?? "–"),
    ];
  });
  const head = ["", "wall s", "more", "CPU s", "more", "peak MB", "wire MB", "requests"];
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ label, failure }) => `- failed: ${label}: ${failure!.split("\n").join(" / ")}`);
  return [
    `${day.fileCount} files, ${megabytes(day.totalSize)} MB; at most ${
      percent(PROOF.wall, 1)
    } more ` +
    `time and ${percent(PROOF.cpu, 1)} more CPU than without.`,
    "",
    table(head, rows),
    ...failed.length > 0 ? ["", ...failed] : [],
  ].join("\n");
}
