/**
 * Many machines behind one mirror: how long they take, and what the upstream and the mirror send.
 *
 *     deno run -A bench/many_machines.ts [--clients 1,10,25,50] [--scale 0.05] [--seed 1]
 *
 * One machine syncs from an upstream that answers one request at a time and places a mirror; the
 * nginx of `docs/` serves it to clients that all start at once, first with nothing, then a day
 * behind. Prints two Markdown tables for `docs/scale.md`.
 *
 * Guarantees: the binary is compiled from these sources and has no part in the mirror but its
 * configuration's `mirror`. Every tree is compared with the upstream's data byte for byte, the
 * upstream must send the package once a day and must not see a single request of a client, or it
 * ends with an error. All share this machine's processors, disk and memory: a client's time here is
 * longer than on a machine of its own. It needs nginx, and root for the namespaces: without, clients
 * are plain processes. It takes minutes, not hours, and stops by itself.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pro } from "../src/demo/profiles.ts";
import { startHubNginx } from "../tests/docs/hub_nginx.ts";
import { startHub, type TestHub } from "../tests/support/hub.ts";
import type { Nginx } from "../tests/support/nginx.ts";
import { compareTrees, readTree } from "../tests/support/tree.ts";
import { BINARY, binaryVersion, compiled } from "./client.ts";
import { machine } from "./machine.ts";
import { ADDRESS, makeNamespaces, type Namespaces } from "./namespaces.ts";
import { megabytes, seconds, table } from "./table.ts";

const ROOT = resolve(import.meta.dirname!, "..");
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

function rowsTable(rows: readonly Row[], packageSize: number): string {
  return table(
    [
      "clients",
      "all, s",
      "median, s",
      "mirror sent, MB",
      "of N packages",
      "requests",
      "nginx CPU, s",
    ],
    rows.map(({ clients, wallMs, medianMs, bytes, requests, cpuMs }) => [
      String(clients),
      seconds(wallMs),
      seconds(medianMs),
      megabytes(bytes),
      `${(bytes / clients / packageSize * 100).toFixed(0)} %`,
      String(requests),
      (cpuMs / 1000).toFixed(2),
    ]),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      clients: { type: "string", default: "1,10,25,50" },
      scale: { type: "string", default: "0.05" },
      seed: { type: "string", default: "1" },
    },
  });
  const counts = values.clients.split(",").map(Number);
  // One that lies there may be of another day's sources.
  await compiled({ again: true });
  const folder = join(ROOT, "tmp", "many_machines");
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const mirror = join(folder, "mirror");
  await Deno.mkdir(mirror, { recursive: true });
  const accessLog = join(folder, "access.log");
  await using hub = startHub({
    profile: pro({ scale: Number(values.scale) }),
    seed: Number(values.seed),
  });
  await using namespaces = await makeNamespaces(Math.max(...counts));
  const address = namespaces && { address: ADDRESS };
  await using nginx = await startHubNginx(mirror, { accessLog, ...address });
  if (nginx === undefined) throw new Error("nginx isn't installed; hint: apt-get install nginx");
  const site: Site = { hub, nginx, namespaces, folder, accessLog };

  console.log(`${await machine(folder)}\ndatahubsync ${await binaryVersion()}`);
  console.log(`clients are ${namespaces ? "network namespaces" : "processes"}\n`);
  for (const day of ["with nothing", "a day behind"]) {
    if (day !== "with nothing") hub.nextDay();
    const single = await upstreamBytes(hub, join(folder, "single"));
    const fed = await upstreamBytes(hub, join(folder, "feeder"), mirror);
    if (fed > hub.package.length * MOST_SHARE) {
      throw new Error(`the upstream sent ${fed} B for a package of ${hub.package.length} B`);
    }
    const rows: Row[] = [];
    for (const count of counts) rows.push(await runClients(count, site));
    const size = hub.package.length;
    console.log(
      `${day}: a package of ${megabytes(size)} MB with ${hub.dataset.files.length} files; the ` +
        `upstream sent ${megabytes(fed)} MB to the mirror's machine, ${megabytes(single)} MB to ` +
        `one client without a mirror, and nothing to the others.\n\n${rowsTable(rows, size)}\n`,
    );
  }
  await Deno.remove(folder, { recursive: true });
}

/** Syncs from the upstream itself; answers the bytes of packages that it sent. */
async function upstreamBytes(hub: TestHub, folder: string, mirror?: string): Promise<number> {
  hub.hub.reset();
  await sync(folder, { url: hub.url, name: hub.name, ...(mirror && { mirror }) });
  await mustBeOracle(folder, hub);
  return hub.hub.bytesSent("/package/");
}

if (import.meta.main) await main();
