/**
 * `serve` beside nginx: whole packages for many clients at once, and the memory that slow readers
 * cost. The clients are curl, on the same machine.
 *
 * @module
 */
import { join } from "node:path";
import type { Package } from "../datasets.ts";
import { SERVE } from "../goals.ts";
import { type Hub, nginxHub } from "../hubs.ts";
import { measure } from "../measure.ts";
import { type Contestant, interleave, middle } from "../rounds.ts";
import { SITE_SERVERS } from "../site_servers.ts";
import { judged, megabytes, seconds, table } from "../table.ts";
import type { Bench, Section } from "./bench.ts";
import { siteOf, unpacked } from "./pack_site.ts";

const PROFILE = "pro";
const CLIENTS = 50;
const MOST_ROUNDS = 3;
/** How long slow readers are watched, ms. */
const WATCHED_MS = 20_000;
/** What each of them takes, bytes a second: above what `serve` gives up on. */
const SLOW_RATE = 8192;

/** Two sections. */
export async function* serve(bench: Bench): AsyncGenerator<Section> {
  bench.say(`serve: ${PROFILE}`);
  const day = await bench.datasets.get(PROFILE);
  const site = await siteOf(await bench.workplace.keep(), PROFILE, [await unpacked(bench, day)]);
  const shown = { ...day, folder: site };
  await using nginx = await nginxHub();
  await using own = await SITE_SERVERS["serve"]!();
  for (const hub of [nginx, own]) await hub.show(shown);
  yield await wholePackages(bench, shown, { nginx, own });
  yield await slowReaders(bench, own);
}

async function wholePackages(
  bench: Bench,
  shown: Package,
  { nginx, own }: { nginx: Hub; own: Hub },
): Promise<Section> {
  const rounds = Math.min(MOST_ROUNDS, bench.rounds);
  const standings = await interleave([
    fetching(bench, { id: "nginx", label: "nginx", hub: nginx, shown }),
    fetching(bench, { id: "serve", label: "serve", hub: own, shown }),
  ], { rounds, say: bench.say });
  const rates = standings.map((one) => {
    const ms = middle(one, (run) => run.wallMs);
    return ms && CLIENTS * shown.packageSize / (ms / 1000);
  });
  const rows = standings.map((one, index) => {
    const [rate, best] = [rates[index], rates[0]];
    const share = rate && best ? rate / best : undefined;
    const text = share === undefined ? "–" : `${(share * 100).toFixed(0)} %`;
    return [
      one.label,
      seconds(middle(one, (run) => run.wallMs)),
      megabytes(rate || undefined),
      index === 0 ? "" : judged(text, share === undefined ? undefined : share >= SERVE.share),
      one.failure ?? "",
    ];
  });
  return {
    id: "serve",
    title: `${CLIENTS} clients, a whole package each`,
    body: `\`${PROFILE}\`, ${megabytes(shown.packageSize)} MB, by curl to /dev/null on loopback; ` +
      `${rounds} rounds. To reach: ${SERVE.share * 100} % of nginx.\n\n` +
      table(["", "all, s", "MB per s", "of nginx", ""], rows),
  };
}

function fetching(
  bench: Bench,
  { id, label, hub, shown }: { id: string; label: string; hub: Hub; shown: Package },
): Contestant {
  return {
    id,
    label,
    run: () =>
      bench.workplace.within(async (folder) => {
        const { steps, ...peaks } = await measure({
          steps: [
            `pids=(); for i in $(seq ${CLIENTS}); do curl -sSf -o /dev/null "$URL" & pids+=($!); ` +
            'done; for pid in "${pids[@]}"; do wait "$pid" || exit 1; done',
          ],
          env: { URL: `${hub.url}/package/${shown.name}.zip` },
          folder,
        });
        return {
          ...steps[0]!,
          ...peaks,
          wireBytes: CLIENTS * shown.packageSize,
          requests: CLIENTS,
        };
      }),
  };
}

/** Readers that take little at a time, each on a connection of its own. */
async function slowReaders(bench: Bench, own: Hub): Promise<Section> {
  bench.say(`serve: ${SERVE.slowReaders} slow readers`);
  const { hostname, port } = new URL(own.url);
  // Who is refused because others are being served hears so once, and the connection ends.
  const request = new TextEncoder().encode(
    `GET /package/${PROFILE}.zip HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`,
  );
  const pid = await listenerOf(Number(port));
  const connections: Deno.TcpConn[] = [];
  let peak = 0;
  let alive = 0;
  try {
    for (let index = 0; index < SERVE.slowReaders; index++) {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      connections.push(connection);
      await connection.write(request);
    }
    const buffer = new Uint8Array(SLOW_RATE);
    for (const end = Date.now() + WATCHED_MS; Date.now() < end;) {
      const reads = connections.map((connection) => connection.read(buffer).catch(() => null));
      alive = (await Promise.all(reads)).filter((count) => count !== null).length;
      peak = Math.max(peak, await residentBytes(pid));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  } finally {
    for (const connection of connections) connection.close();
  }
  const row = [
    String(SERVE.slowReaders),
    String(alive),
    judged(megabytes(peak), peak <= SERVE.peakBytes),
    megabytes(SERVE.peakBytes),
  ];
  return {
    id: "serve slow",
    title: "Slow readers of `serve`",
    body: `Each takes ${SLOW_RATE} bytes per second for ${WATCHED_MS / 1000} s.\n\n` +
      table(["readers", "served at the end", "peak MB", "at most MB"], [row]),
  };
}

/** The process that listens on a port. */
async function listenerOf(port: number): Promise<number> {
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `ss -Hltnp "sport = :${port}"`],
  }).output();
  const pid = /pid=(\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
  if (pid === undefined) throw new Error(`nobody listens on port ${port}`);
  return Number(pid);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(join("/proc", String(pid), "status"));
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
