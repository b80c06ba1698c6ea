/**
 * Many machines behind one mirror: how long they take, and what the upstream and the mirror send.
 * One machine syncs from an upstream that answers one request at a time and places a mirror; the
 * nginx of `docs/` serves it to clients that all start at once, first with nothing, then a day
 * behind.
 *
 * Guarantees: the binary has no part in the mirror but its configuration's `mirror`. Every tree is
 * compared with the upstream's data byte for byte, the upstream must send the package once a day and
 * must not see a single request of a client, or it ends with an error. All share this machine's
 * processors, disk and memory: a client's time here is longer than on a machine of its own. It needs
 * nginx, and root for the namespaces: without, clients are plain processes.
 *
 * @module
 */
import { join } from "node:path";
import { pro } from "../../src/demo/profiles.ts";
import { startHubNginx } from "../../tests/docs/hub_nginx.ts";
import { startHub, type TestHub } from "../../tests/support/hub.ts";
import type { Nginx } from "../../tests/support/nginx.ts";
import { compareTrees, readTree } from "../../tests/support/tree.ts";
import { BINARY } from "../client.ts";
import { MACHINES } from "../goals.ts";
import { ADDRESS, makeNamespaces, type Namespaces } from "../namespaces.ts";
import { judged, megabytes, seconds, table } from "../table.ts";
import type { Bench, Section } from "./bench.ts";

const COUNTS = [1, 10, 25, 50];
/** Where only the way is tried. */
const FEW = [1, 3];
/** Of `pro`: 50 trees of it are what one disk takes. */
const SCALE = 0.05;
/** With fewer files the answers' headers count for more than what is in them. */
const LEAST_SCALE = 0.4;
/** How much more than the package the upstream may send for it: directory and headers come twice. */
const MOST_SHARE = 1.05;
/** No single run may hang the measurement. */
const MOST_MS = 300_000;

/** What so many clients cost. */
interface Row {
  clients: number;
  /** From the first start to the last end. */
  wallMs: number;
  medianMs: number;
  /** That the mirror sent, with headers. */
  bytes: number;
  requests: number;
  /** Of nginx. */
  cpuMs: number;
}

/** What stays the same during the measurement. */
interface Site {
  hub: TestHub;
  nginx: Nginx;
  namespaces: Namespaces | undefined;
  folder: string;
  accessLog: string;
}

/** Runs the binary with a configuration in a folder of its own; answers the milliseconds it took. */
async function sync(
  folder: string,
  options: { url: string; name: string; mirror?: string; enter?: string[] },
): Promise<number> {
  const { url, name, mirror, enter = [] } = options;
  await Deno.mkdir(folder, { recursive: true });
  const config = join(folder, "config.yaml");
  const lines = [
    "hub:",
    `  url: ${url}`,
    "datasets:",
    `  - name: ${name}`,
    "    local_dir: ./data",
  ];
  if (mirror !== undefined) lines.push("mirror:", `  dir: ${mirror}`);
  await Deno.writeTextFile(config, lines.join("\n") + "\n");
  const [program, ...args] = [...enter, BINARY, "sync", "--quiet", "--config", config];
  const began = performance.now();
  const { code, stderr, stdout } = await new Deno.Command(program!, {
    args,
    cwd: folder,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "/usr/sbin:/usr/bin:/bin", HOME: folder, no_proxy: "*" },
    signal: AbortSignal.timeout(MOST_MS),
  }).output();
  const ms = performance.now() - began;
  if (code === 0) return ms;
  const words = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim();
  throw new Error(`exit ${code} in ${folder}: ${words}`);
}

/** Fails unless the folder holds what the upstream has. */
async function mustBeOracle(folder: string, hub: TestHub): Promise<void> {
  const [first] = compareTrees(await readTree(join(folder, "data")), hub.tree());
  if (first !== undefined) throw new Error(`${folder} isn't the upstream's tree: ${first}`);
}

/** Lets clients sync at once. */
async function runClients(count: number, site: Site): Promise<Row> {
  const { hub, nginx, namespaces, folder, accessLog } = site;
  const { port } = new URL(nginx.url);
  const url = namespaces === undefined ? nginx.url : `http://${ADDRESS}:${port}`;
  const folders = Array.from({ length: count }, (_, index) => join(folder, `${count}-${index}`));
  await Deno.truncate(accessLog);
  hub.hub.reset();
  const cpuBefore = await nginxCpuMs(nginx.pid);
  const began = performance.now();
  const times = await Promise.all(
    folders.map((one, index) =>
      sync(one, { url, name: hub.name, enter: namespaces?.enter(index) ?? [] })
    ),
  );
  const wallMs = performance.now() - began;
  const cpuMs = await nginxCpuMs(nginx.pid) - cpuBefore;
  const asked = hub.hub.requests.length;
  if (asked > 0) throw new Error(`the upstream got ${asked} requests of clients`);
  for (const one of folders) await mustBeOracle(one, hub);
  const lines = (await Deno.readTextFile(accessLog)).trim().split("\n");
  const bytes = lines.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
  const medianMs = times.sort((a, b) => a - b)[times.length >> 1]!;
  return { clients: count, wallMs, medianMs, bytes, requests: lines.length, cpuMs };
}

/** Processor time of nginx's workers so far. */
async function nginxCpuMs(master: number): Promise<number> {
  let ticks = 0;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
    // After the name, which may hold blanks: state, parent, …, utime (12th), stime.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (Number(fields[1]) === master) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

function rowsTable(
  rows: readonly Row[],
  { packageSize, goal }: { packageSize: number; goal: typeof MACHINES | undefined },
): string {
  const head = ["clients", "all, s", "median, s", "mirror sent, MB", "of N packages", "requests"];
  return table(
    [...head, "nginx CPU, s"],
    rows.map(({ clients, wallMs, medianMs, bytes, requests, cpuMs }) => {
      const share = bytes / clients / packageSize;
      return [
        String(clients),
        seconds(wallMs),
        seconds(medianMs),
        megabytes(bytes),
        judged(`${(share * 100).toFixed(2)} %`, goal && share <= goal.share),
        judged(String(requests), goal && requests <= goal.requests * clients),
        (cpuMs / 1000).toFixed(2),
      ];
    }),
  );
}

/** Both days, with nothing on the disk and a day behind. */
export async function* machines(bench: Bench): AsyncGenerator<Section> {
  const counts = bench.scale < 1 ? FEW : COUNTS;
  const folder = await bench.workplace.keep();
  const mirror = join(folder, "mirror");
  await Deno.mkdir(mirror, { recursive: true });
  const accessLog = join(folder, "access.log");
  await using hub = startHub({
    profile: pro({ scale: SCALE * Math.max(bench.scale, LEAST_SCALE) }),
    seed: 1,
  });
  await using namespaces = await makeNamespaces(Math.max(...counts));
  const address = namespaces && { address: ADDRESS };
  await using nginx = await startHubNginx(mirror, { accessLog, ...address });
  if (nginx === undefined) throw new Error("nginx isn't installed; hint: apt-get install nginx");
  const site: Site = { hub, nginx, namespaces, folder, accessLog };
  const parts = [`Clients are ${namespaces ? "network namespaces" : "processes"}.`];
  for (const day of ["with nothing", "a day behind"]) {
    if (day !== "with nothing") hub.nextDay();
    const single = await upstreamBytes(hub, join(folder, "single"));
    const fed = await upstreamBytes(hub, join(folder, "feeder"), mirror);
    if (fed > hub.package.length * MOST_SHARE) {
      throw new Error(`the upstream sent ${fed} B for a package of ${hub.package.length} B`);
    }
    const rows: Row[] = [];
    for (const count of counts) {
      bench.say(`machines: ${count} ${day}`);
      rows.push(await runClients(count, site));
    }
    const size = hub.package.length;
    const goal = day === "with nothing" ? undefined : MACHINES;
    parts.push(
      `${day === "a day behind" ? "A day behind" : "With nothing"}: a package of ${
        megabytes(size)
      } MB with ` +
        `${hub.dataset.files.length} files; the upstream sent ${
          megabytes(fed)
        } MB to the mirror's ` +
        `machine, ${
          megabytes(single)
        } MB to one client without a mirror, and nothing to the others.`,
      rowsTable(rows, { packageSize: size, goal }),
    );
  }
  yield { id: "machines", title: "Many machines behind one mirror", body: parts.join("\n\n") };
}

/** Syncs from the upstream itself; answers the bytes of packages that it sent. */
async function upstreamBytes(hub: TestHub, folder: string, mirror?: string): Promise<number> {
  hub.hub.reset();
  await sync(folder, { url: hub.url, name: hub.name, ...(mirror && { mirror }) });
  await mustBeOracle(folder, hub);
  return hub.hub.bytesSent("/package/");
}
