/**
 * `get` of an archive of filings (18,000 JSON files) that is rebuilt: nothing new, and 1 % changed, from
 * servers that answer several ranges, one, or none, against what people type instead.
 *
 * @module
 */
import { Client } from "../client.ts";
import { GET, GET_NOTHING } from "../goals.ts";
import { farFrom, type Hub, nginxHub, SLOW_LABEL } from "../hubs.ts";
import { PEERS, WGET } from "../peers.ts";
import { type Contestant, interleave, middle, type Standing } from "../rounds.ts";
import { judged, megabytes, percent, seconds, table, times } from "../table.ts";
import { mustHold, settle } from "../workplace.ts";
import type { Bench, Section } from "./bench.ts";
import { missing, peerRun } from "./peer_run.ts";
import { wall } from "./update.ts";

const PROFILE = "filings";
const NOTHING_ROUNDS = 10;
/** For noise in what is meant to be as fast. */
const NOT_SLOWER = 0.95;
const WAYS = {
  several: { label: "several ranges per request" },
  one: { label: "one range per request", maxRanges: 1 },
  none: { label: "no ranges", maxRanges: 0 },
} as const;

/** Two sections. */
export async function* get(bench: Bench): AsyncGenerator<Section> {
  bench.say(`get: ${PROFILE}`);
  yield { id: "get nothing", title: "`get`: nothing new", body: await nothingNew(bench) };
  const first = await bench.datasets.get(PROFILE);
  const next = await bench.datasets.get(PROFILE, "1 %");
  const rows: string[][] = [];
  for (const [way, { label, ...options }] of Object.entries(WAYS)) {
    await using near = await nginxHub(options);
    await using hub = farFrom(near);
    const peers = [PEERS[0]!, WGET].filter((peer) => missing(bench, peer).length === 0);
    const ours: Contestant = {
      id: "get",
      label: `get: ${label}`,
      run: () =>
        bench.workplace.within(async (folder) => {
          const client = new Client(folder, next.name);
          await near.show(first);
          // By the same way, so that what this server can do is remembered.
          await client.get(hub);
          await settle(folder);
          await near.show(next);
          const run = await client.get(hub);
          await mustHold(client.out, next);
          return run;
        }),
    };
    // On the slow way the way decides, and a round takes minutes.
    const standings = await interleave(
      [ours, ...peers.map((peer) => peerRun(bench, peer, { shown: next, hub }))],
      { rounds: 1, say: bench.say },
    );
    rows.push(...rowsOf(label, standings, GET[way as keyof typeof GET], next));
  }
  const head = [
    "",
    "wall s",
    "ours is faster",
    "to reach",
    "wire MB",
    "of the package",
    "requests",
  ];
  yield {
    id: "get",
    title: "`get`: 1 % of an archive of filings changed",
    body: [
      `${next.fileCount} files, ${megabytes(next.totalSize)} MB, package ${
        megabytes(next.packageSize)
      } MB with a directory of ${megabytes(next.directorySize)} MB; nginx, ${SLOW_LABEL}.`,
      "",
      table(head, rows),
    ].join("\n"),
  };
}

function rowsOf(
  label: string,
  [ours, ...peers]: Standing[],
  goal: { share: number | undefined; faster: number },
  shown: { packageSize: number; directorySize: number },
): string[][] {
  const own = wall(ours);
  const most = goal.share && goal.share * shown.packageSize + shown.directorySize;
  return [ours!, ...peers].map((standing) => {
    const taken = wall(standing);
    const wire = middle(standing, (run) => run.wireBytes);
    const isOurs = standing === ours;
    const reached = taken === undefined || own === undefined
      ? undefined
      : taken / own >= (goal.faster === 1 ? NOT_SLOWER : goal.faster);
    return [
      isOurs ? `get, ${label}` : `${standing.label}, ${label}`,
      seconds(taken),
      isOurs ? "" : judged(times(taken, own), reached),
      isOurs ? "" : goal.faster === 1 ? "not slower" : `${goal.faster}×`,
      judged(megabytes(wire), isOurs && most && wire ? wire <= most : undefined),
      percent(wire, shown.packageSize),
      String(middle(standing, (run) => run.requests) ?? "–"),
    ];
  });
}

async function nothingNew(bench: Bench): Promise<string> {
  const shown = await bench.datasets.get(PROFILE);
  const again = async (hub: Hub): Promise<Standing> =>
    await bench.workplace.within(async (folder) => {
      const client = new Client(folder, shown.name);
      await hub.show(shown);
      await client.get(hub);
      await settle(folder);
      const run: Contestant = { id: "get", label: "get again", run: () => client.get(hub) };
      return (await interleave([run], { rounds: NOTHING_ROUNDS, say: bench.say }))[0]!;
    });
  const standing = await again(bench.nginx);
  const taken = middle(standing, (run) => run.wallMs);
  const wire = middle(standing, (run) => run.wireBytes);
  const requests = middle(standing, (run) => run.requests);
  const row = [
    "the same package",
    judged(seconds(taken), taken === undefined ? undefined : taken < GET_NOTHING.wallMs),
    judged(String(wire ?? "–"), wire === undefined ? undefined : wire < GET_NOTHING.wireBytes),
    judged(String(requests ?? "–"), requests === GET_NOTHING.requests),
    `${seconds(GET_NOTHING.wallMs)} s, ${GET_NOTHING.wireBytes} bytes, ${GET_NOTHING.requests}`,
  ];
  const head = ["", "wall s", "wire bytes", "requests", "to reach"];
  return `nginx on loopback, median of ${NOTHING_ROUNDS}.\n\n${table(head, [row])}`;
}
