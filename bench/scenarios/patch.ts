/**
 * The patch way: a folder of profile `pro` becomes a site with `pack`, and the next day, on which 95 %
 * of the files got a row, comes to a client by one patch, whatever serves the site. The yardsticks are
 * `cp -r` with `sync -f` from folder to folder, and Python's zipfile for `pack` itself.
 *
 * @module
 */
import { join } from "node:path";
import { BINARY, Client } from "../client.ts";
import type { Package } from "../datasets.ts";
import type { Hub } from "../hubs.ts";
import { measure } from "../measure.ts";
import { pythonPath } from "../peers.ts";
import { type Contestant, interleave, middle, type Run, type Standing } from "../rounds.ts";
import { SITE_SERVERS } from "../site_servers.ts";
import { megabytes, percent, seconds, table, times } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";

const PROFILE = "pro";
const PACK = '"$BINARY" pack "$IN" --output "$SITE" --name "$NAME" --max-removed 100%';
const ZIPFILE = '"$PYTHON" -c "import os, sys, zipfile\n' +
  "root, path = sys.argv[1:]\n" +
  "with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as archive:\n" +
  "  for folder, _, names in os.walk(root):\n" +
  "    for name in sorted(names):\n" +
  "      full = os.path.join(folder, name)\n" +
  '      archive.write(full, os.path.relpath(full, root))" "$IN" "$OUT"';

/** Two sections: the client's day, and the packer's. */
export async function* patch(bench: Bench): AsyncGenerator<Section> {
  bench.say(`patch: ${PROFILE}`);
  const days = [await bench.datasets.get(PROFILE), await bench.datasets.get(PROFILE, "next")];
  const first = await unpacked(bench, days[0]!);
  const next = await unpacked(bench, days[1]!);
  const before = await siteOf(await bench.workplace.keep(), [first]);
  const after = await siteOf(await bench.workplace.keep(), [first, next]);
  const servers: (Hub & { label: string })[] = [];
  try {
    for (const [label, start] of Object.entries(SITE_SERVERS)) {
      const hub = await start();
      servers.push(Object.assign(hub, { label }));
    }
    const way = { before, after, next: days[1]! };
    const standings = await interleave([
      ...servers.map((hub) => byPatch(bench, hub, way)),
      copy(bench, { from: next, over: first, next: days[1]! }),
    ], bench);
    yield {
      id: "patch",
      title: `The next day of \`${PROFILE}\` by patch`,
      body: clientTable(bench, days[1]!, standings),
    };
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
  const standings = await interleave([
    packing(bench, "pack, the first day", [first]),
    packing(bench, "pack, the next day, with its patch", [first, next]),
    zipping(bench, next),
  ], bench);
  yield { id: "pack", title: `Packing \`${PROFILE}\``, body: packTable(days[1]!, standings) };
}

/** The day's files in a folder. */
async function unpacked(bench: Bench, day: Package): Promise<string> {
  const folder = await bench.workplace.keep();
  const client = new Client(folder, day.name, { durable: false });
  await bench.nginx.show(day);
  await client.sync(bench.nginx);
  return client.out;
}

/** A site in which these folders were packed one after another. */
async function siteOf(folder: string, inputs: readonly string[]): Promise<string> {
  const site = join(folder, "site");
  for (const input of inputs) await pack(folder, input, site);
  return site;
}

async function pack(folder: string, input: string, site: string): ReturnType<typeof measure> {
  return await measure({
    steps: [PACK],
    env: { BINARY, IN: input, SITE: site, NAME: PROFILE },
    folder,
  });
}

function byPatch(
  bench: Bench,
  hub: Hub & { label: string },
  { before, after, next }: { before: string; after: string; next: Package },
): Contestant {
  return {
    id: hub.label,
    label: `by patch from ${hub.label}`,
    run: (round) =>
      bench.workplace.within(async (folder) => {
        const client = new Client(folder, PROFILE);
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

/** From a folder on the same disk into another that holds the day before. */
function copy(
  bench: Bench,
  { from, over, next }: { from: string; over: string; next: Package },
): Contestant {
  return {
    id: "cp",
    label: "cp -r on the same disk, sync -f",
    run: (round) =>
      bench.workplace.within(async (folder) => {
        const out = join(folder, "data");
        await measure({ steps: ['cp -r "$IN" "$OUT"'], env: { IN: over, OUT: out }, folder });
        await settle(folder);
        const { steps, ...peaks } = await measure({
          steps: ['cp -r "$IN/." "$OUT" && sync -f "$OUT"'],
          env: { IN: from, OUT: out },
          folder,
        });
        if (round === 1) await mustHold(out, next);
        return { ...steps[0]!, ...peaks, wireBytes: 0, requests: 0 };
      }),
  };
}

/** The last of the folders is measured. */
function packing(bench: Bench, label: string, inputs: readonly string[]): Contestant {
  return {
    id: label,
    label,
    run: () =>
      bench.workplace.within(async (folder) => {
        const site = await siteOf(folder, inputs.slice(0, -1));
        await settle(folder);
        const { steps, ...peaks } = await pack(folder, inputs.at(-1)!, site);
        return { ...steps[0]!, ...peaks, wireBytes: 0, requests: 0 };
      }),
  };
}

function zipping(bench: Bench, input: string): Contestant {
  return {
    id: "zipfile",
    label: "Python's zipfile, sync -f",
    run: () =>
      bench.workplace.within(async (folder) => {
        const { steps, ...peaks } = await measure({
          steps: [`${ZIPFILE} && sync -f "$OUT"`],
          env: { IN: input, OUT: join(folder, "package.zip"), PYTHON: await pythonPath() },
          folder,
        });
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
    `${bench.rounds} rounds. Only nginx tells its bytes.`,
    "",
    table(head, rows),
    ...failuresOf(standings),
  ].join("\n");
}

function packTable(next: Package, standings: Standing[]): string {
  const python = middle(standings.at(-1), wallMs);
  const rows = standings.map((one) => [
    one.label,
    ...figures(one),
    one.id === "zipfile" ? "" : times(python, middle(one, wallMs)),
  ]);
  return [
    `${next.fileCount} files, ${megabytes(next.totalSize)} MB.`,
    "",
    table(["", ...HEAD, "against zipfile"], rows),
    ...failuresOf(standings),
  ].join("\n");
}

function failuresOf(standings: Standing[]): string[] {
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ label, failure }) => `- failed: ${label}: ${failure!.split("\n").join(" / ")}`);
  return failed.length ? ["", ...failed] : [];
}
