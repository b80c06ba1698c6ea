/**
 * The patch way: a folder of profile `pro` becomes a site with `pack`, and the next day, on which 95 %
 * of the files got a row, comes to a client by one patch, whatever serves the site. The yardsticks are
 * `cp -r` with `sync -f` from folder to folder, and the same work done by plain loops.
 *
 * @module
 */
import { join } from "node:path";
import { Client } from "../client.ts";
import type { Package } from "../datasets.ts";
import { farFrom, type Hub, SLOW_LABEL } from "../hubs.ts";
import { measure } from "../measure.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { SITE_SERVERS } from "../site_servers.ts";
import { megabytes, percent, seconds, table, times } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { patchDays } from "./pack_site.ts";

const PROFILE = "pro";
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
export function copy(bench: Bench, copying: Copying): Contestant {
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

/** The heads of {@linkcode rowsOf}. */
export const HEAD = [
  ...["", "wall s", "from–to", "CPU s", "peak MB"],
  ...["wire MB", "of the package", "requests", "against cp"],
];

/** What a table says of each way to the next day; the last one is `cp`. */
export function rowsOf(
  standings: Standing[],
  next: Package,
  labelOf: (one: Standing) => string = ({ label }) => label,
): string[][] {
  const wallMs = (run: Run) => run.wallMs;
  const local = middle(standings.at(-1), wallMs);
  return standings.map((one) => {
    const walls = one.runs.map(wallMs);
    const wire = middle(one, (run) => run.wireBytes) || undefined;
    return [
      labelOf(one),
      seconds(middle(one, wallMs)),
      walls.length ? `${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))}` : "–",
      seconds(middle(one, (run) => run.cpuMs)),
      megabytes(middle(one, (run) => run.peakBytes)),
      megabytes(wire),
      percent(wire, next.packageSize),
      String(middle(one, (run) => run.requests) || "–"),
      one.id === "cp" ? "" : times(local, middle(one, wallMs)),
    ];
  });
}

function clientTable(bench: Bench, next: Package, standings: Standing[]): string {
  return [
    `${next.fileCount} files, ${megabytes(next.totalSize)} MB, 95 % of them with one row more; ` +
    `${bench.rounds} rounds. HTTP/1.0 and serve don't tell their bytes, the object store those of bodies.`,
    "",
    table(HEAD, rowsOf(standings, next)),
    ...failuresOf(standings),
  ].join("\n");
}

/** What failed, as lines. */
export function failuresOf(standings: Standing[]): string[] {
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ label, failure }) => `- failed: ${label}: ${failure!.split("\n").join(" / ")}`);
  return failed.length ? ["", ...failed] : [];
}
