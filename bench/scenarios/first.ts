/**
 * The first sync of every profile, against every peer.
 *
 * @module
 */
import type { Package } from "../datasets.ts";
import { FASTER, mostMemory } from "../goals.ts";
import { PEERS } from "../peers.ts";
import { interleave, middle, type Run, type Standing } from "../rounds.ts";
import { judged, megabytes, seconds, table, times } from "../table.ts";
import { type Bench, firstSync, type Section } from "./bench.ts";
import { missing, peerRun } from "./peer_run.ts";

/** Wall time with the output on the disk. */
const flushed = (run: Run) => run.wallMs + (run.flush?.wallMs ?? 0);
const flushedCpu = (run: Run) => run.cpuMs + (run.flush?.cpuMs ?? 0);

/** One section a profile. */
export async function* first(bench: Bench): AsyncGenerator<Section> {
  for (const profile of bench.profiles) {
    bench.say(`first sync: ${profile}`);
    const shown = await bench.datasets.get(profile);
    const here = PEERS.filter((peer) => missing(bench, peer).length === 0);
    const standings = await interleave([
      firstSync(bench, { id: "ours", label: "datahubsync", shown }),
      firstSync(bench, { id: "loose", label: "datahubsync, not durable", shown, durable: false }),
      ...here.map((peer) => peerRun(bench, peer, { shown })),
    ], bench);
    yield {
      id: `first ${profile}`,
      title: `First sync of \`${profile}\``,
      body: report(bench, shown, standings),
    };
  }
}

function report(bench: Bench, shown: Package, standings: Standing[]): string {
  const [ours, loose, ...peers] = standings;
  const mine = { flushed: middle(ours, flushed), loose: middle(loose, (run) => run.wallMs) };
  const rows = [ours!, ...peers].map((one) => {
    const isOurs = one === ours;
    const goal = FASTER[shown.name]?.[one.id];
    const wall = middle(one, flushed);
    const unflushed = isOurs ? loose : one;
    const ratio = wall && mine.flushed ? wall / mine.flushed : undefined;
    const peak = middle(one, (run) => run.peakBytes);
    return [
      one.label,
      seconds(wall),
      spread(one),
      seconds(middle(one, flushedCpu)),
      isOurs
        ? judged(megabytes(peak), peak === undefined ? undefined : peak <= mostMemory(shown.name))
        : megabytes(peak),
      megabytes(middle(one, (run) => run.ownBytes)),
      megabytes(middle(one, (run) => run.wireBytes)),
      isOurs ? "" : times(wall, mine.flushed),
      isOurs || goal === undefined
        ? ""
        : judged(`${goal}×`, ratio === undefined ? undefined : ratio >= goal),
      seconds(middle(unflushed, (run) => run.wallMs)),
      seconds(middle(unflushed, (run) => run.cpuMs)),
      isOurs ? "" : times(middle(one, (run) => run.wallMs), mine.loose),
    ];
  });
  const head = [
    "",
    "wall s",
    "from–to",
    "CPU s",
    "peak MB",
    "own MB",
    "wire MB",
    "we are faster",
    "to reach",
    "unflushed: wall s",
    "CPU s",
    "we are faster",
  ];
  const cost = mine.flushed && mine.loose ? mine.flushed - mine.loose : undefined;
  return [
    `${shown.fileCount} files, ${megabytes(shown.totalSize)} MB, package ${
      megabytes(shown.packageSize)
    } MB; ${bench.rounds} rounds. A durable publish costs us ${seconds(cost)} s.`,
    "",
    table(head, rows),
    ...notes(bench, standings),
  ].join("\n");
}

function spread(standing: Standing): string {
  const walls = standing.runs.map(flushed);
  if (walls.length === 0) return "–";
  return `${seconds(Math.min(...walls))}–${seconds(Math.max(...walls))}`;
}

/** Who is missing and who failed. */
function notes(bench: Bench, standings: Standing[]): string[] {
  const absent = PEERS.flatMap((peer) => {
    const programs = missing(bench, peer);
    return programs.length ? [`- missing: ${peer.label} (${programs.join(", ")} not here)`] : [];
  });
  const failed = standings.filter(({ failure }) => failure !== undefined)
    .map(({ id, failure }) => `- failed: ${id}: ${failure!.split("\n").join(" / ")}`);
  const all = [...absent, ...failed];
  return all.length ? ["", ...all] : [];
}
