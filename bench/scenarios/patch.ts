/**
 * The patch way: a folder of profile `pro` becomes a site with `pack`, and the next day, on which 95 %
 * of the files got a row, comes to a client by one patch, whatever serves the site. The yardsticks are
 * `cp -r` with `sync -f` from folder to folder, and the same work done by plain loops.
 *
 * @module
 */
import { join } from "node:path";
import { Client } from "../client.ts";
import type { Package, Variant } from "../datasets.ts";
import { farFrom, type Hub, SLOW_LABEL } from "../hubs.ts";
import { measure } from "../measure.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { SITE_SERVERS } from "../site_servers.ts";
import { megabytes, percent, seconds, table, times } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { patchDays, siteOf, unpacked } from "./pack_site.ts";
import { update } from "./update.ts";

const PROFILE = "pro";
/** Other days, all from nginx: what they are called, their profile, and the days that lie between. */
const OTHERS: readonly [label: string, profile: string, days: readonly Variant[]][] = [
  ["`pro`, three days behind", "pro", ["first", "next", "after next", "third"]],
  ["`fin`, 1 % rewritten", "fin", ["first", "1 %"]],
  ["`pro-history`, a day behind", "pro-history", ["first", "next"]],
];

/** The day from each kind of server, near and far. */
export async function* patch(bench: Bench): AsyncGenerator<Section> {
  bench.say(`patch: ${PROFILE}`);
  const { days, first, next, before, after } = await patchDays(bench, PROFILE);
  const servers: (Hub & { label: string })[] = [];
  try {
    for (const [label, start] of Object.entries(SITE_SERVERS)) {
      const hub = await start();
      servers.push(Object.assign(hub, { label }));
    }
    const far = Object.assign(farFrom(servers[0]!), { label: `nginx, ${SLOW_LABEL}` });
    servers.unshift(far); // closed before the server that it leads to
    const way = { before, after, next: days[1] };
    const standings = await interleave([
      ...servers.map((hub) => byPatch(bench, hub, way)),
      rewrite(bench, { from: next, over: first, next: days[1] }),
      copy(bench, { from: next, over: first, next: days[1] }),
    ], bench);
    yield {
      id: "patch",
      title: `The next day of \`${PROFILE}\` by patch`,
      body: clientTable(bench, days[1], standings),
    };
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
}

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
    const hub = Object.assign(Object.create(bench.nginx) as Hub, { label, url: bench.nginx.url });
    const standings = await interleave([
      byPatch(bench, hub, { before, after, next }),
      ...(profile === "pro-history" ? [await byEnds(bench, profile, days)] : []),
      copy(bench, { from: folders.at(-1)!, over: folders[0]!, next }),
    ], bench);
    const local = middle(standings.at(-1), wallMs);
    for (const one of standings) {
      const wire = middle(one, (run) => run.wireBytes) || undefined;
      rows.push([
        one.id === label ? label : `\`${profile}\`, ${one.label}`,
        ...figures(one),
        megabytes(wire),
        percent(wire, next.packageSize),
        String(middle(one, (run) => run.requests) || "–"),
        one.id === "cp" ? "" : times(local, middle(one, wallMs)),
      ]);
    }
    failed.push(...failuresOf(standings));
  }
  const head = ["", ...HEAD, "wire MB", "of the package", "requests", "against cp"];
  yield {
    id: "patch others",
    title: "Other days by patch",
    body: [`From nginx on loopback; ${bench.rounds} rounds.`, "", table(head, rows), ...failed]
      .join("\n"),
  };
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

/** A client that has the day before. */
export function byPatch(
  bench: Bench,
  hub: Hub & { label: string },
  { before, after, next }: { before: string; after: string; next: Package },
): Contestant {
  return {
    id: hub.label,
    label: `by patch from ${hub.label}`,
    run: (round) =>
      bench.workplace.within(async (folder) => {
        const client = new Client(folder, next.name);
        await hub.show({ ...next, folder: before });
        await client.sync(hub);
        await hub.show({ ...next, folder: after });
        await settle(folder);
        const run = await client.sync(hub);
        if (round === 1) await mustHold(client.out, next);
        if (run.requests === 1) throw new Error("nothing was fetched");
        return run;
      }),
  };
}

/** A folder with the next day's files, and one with the day before. */
interface Copying {
  from: string;
  over: string;
  next: Package;
}

/** From a folder on the same disk into another that holds the day before. */
function copy(bench: Bench, copying: Copying): Contestant {
  return onDisk(bench, {
    ...copying,
    id: "cp",
    label: "cp -r on the same disk, sync -f",
    command: 'cp -r "$IN/." "$OUT" && sync -f "$OUT"',
  });
}

/** What a day takes in this runtime at least: the new files beside the old ones, flushed, renamed. */
function rewrite(bench: Bench, copying: Copying): Contestant {
  const loop = (part: number) =>
    `"$DENO" run -A --no-check "$REWRITE" "$OUT" "$IN" "$STAGE" ${part} 2`;
  return onDisk(bench, {
    ...copying,
    id: "rewrite",
    label: "two plain loops: read, CRC-32, write, sync -f, mv",
    command: `mkdir "$STAGE" && { ${loop(0)} & one=$!; ${loop(1)} && wait $one; } && ` +
      'sync -f "$STAGE" && mv -f "$STAGE"/* "$OUT" && sync -f "$OUT"',
  });
}

function onDisk(
  bench: Bench,
  { from, over, next, command, ...named }: Copying & {
    id: string;
    label: string;
    command: string;
  },
): Contestant {
  return {
    ...named,
    run: (round) =>
      bench.workplace.within(async (folder) => {
        const env = {
          IN: from,
          OVER: over,
          OUT: join(folder, "data"),
          STAGE: join(folder, "stage"),
          DENO: Deno.execPath(),
          REWRITE: join(import.meta.dirname!, "..", "plain_rewrite.ts"),
        };
        await measure({ steps: ['cp -r "$OVER" "$OUT"'], env, folder });
        await settle(folder);
        const { steps, ...peaks } = await measure({ steps: [command], env, folder });
        if (round === 1) await mustHold(env.OUT, next);
        return { ...steps[0]!, ...peaks, wireBytes: 0, requests: 0 };
      }),
  };
}

const HEAD = ["wall s", "from–to", "CPU s", "peak MB"];

function figures(one: Standing): string[] {
  const walls = one.runs.map(({ wallMs }) => wallMs);
  return [
    seconds(middle(one, wallMs)),
    walls.length ? `${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))}` : "–",
    seconds(middle(one, (run) => run.cpuMs)),
    megabytes(middle(one, (run) => run.peakBytes)),
  ];
}

const wallMs = (run: Run) => run.wallMs;

function clientTable(bench: Bench, next: Package, standings: Standing[]): string {
  const local = middle(standings.at(-1), wallMs);
  const rows = standings.map((one) => {
    const wire = middle(one, (run) => run.wireBytes) || undefined;
    return [
      one.label,
      ...figures(one),
      megabytes(wire),
      percent(wire, next.packageSize),
      String(middle(one, (run) => run.requests) || "–"),
      one.id === "cp" ? "" : times(local, middle(one, wallMs)),
    ];
  });
  const head = ["", ...HEAD, "wire MB", "of the package", "requests", "against cp"];
  return [
    `${next.fileCount} files, ${megabytes(next.totalSize)} MB, 95 % of them with one row more; ` +
    `${bench.rounds} rounds. HTTP/1.0 and serve don't tell their bytes, the object store those of bodies.`,
    "",
    table(head, rows),
    ...failuresOf(standings),
  ].join("\n");
}

function failuresOf(standings: Standing[]): string[] {
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ label, failure }) => `- failed: ${label}: ${failure!.split("\n").join(" / ")}`);
  return failed.length ? ["", ...failed] : [];
}
