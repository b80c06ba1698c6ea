/**
 * A real nginx on loopback over a folder, for what only a real server shows.
 *
 * Guarantees: needs no root; its configuration, logs and temporary files lie in a folder of its
 * own and go with it.
 *
 * @module
 */
import { installed, pathOf } from "./installed.ts";
import { tempDir } from "./temp.ts";
import { until } from "./until.ts";

/** A running nginx. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** Of the master process. */
  readonly pid: number;
}

/** How nginx is set up. */
export interface NginxOptions {
  /** Bytes a second for each connection; 0 = no limit. */
  bytesPerSecond?: number;
  /** The most ranges that it answers in one request; no limit without it. */
  maxRanges?: number;
  /** Where each request leaves a line: status, bytes sent with the headers, path. */
  accessLog?: string;
}

/** Where nginx is; `undefined` = not installed, and tests that need it are ignored. */
export function nginxPath(): string | undefined {
  return installed("nginx") ? pathOf("nginx") : undefined;
}

/**
 * Starts nginx over a folder that holds `api/datasets` and `package/{name}.zip`.
 *
 * @returns `undefined` when nginx isn't installed.
 * @throws {Error} with nginx's words when it doesn't start.
 */
export async function startNginx(
  root: string,
  options: NginxOptions = {},
): Promise<Nginx | undefined> {
  return await runNginx(({ temp, port }) => configuration(root, temp, port, options));
}

/** How often another port is tried where somebody else took the one that was free. */
const TRIES = 10;

/**
 * Starts nginx with a configuration of one's own, made for a free port and a folder of its own. It has
 * to name `nginx.pid` in that folder, which says that nginx listens: somebody else may answer there.
 *
 * @returns `undefined` when nginx isn't installed.
 * @throws {Error} with nginx's words when it doesn't start.
 */
export async function runNginx(
  configure: (place: { temp: string; port: number }) => string,
): Promise<Nginx | undefined> {
  const program = nginxPath();
  if (program === undefined) return undefined;
  for (let tries = 1;; tries++) {
    const started = await tryNginx(program, configure);
    if (typeof started !== "string") return started;
    if (tries === TRIES || !started.includes("Address already in use")) {
      throw new Error(`nginx didn't start: ${started}`);
    }
  }
}

/** Starts nginx on a port that is free now; its words when it doesn't start. */
async function tryNginx(
  program: string,
  configure: (place: { temp: string; port: number }) => string,
): Promise<Nginx | string> {
  const temp = await tempDir();
  const port = freePort();
  await Deno.writeTextFile(temp.at("nginx.conf"), configure({ temp: temp.path, port }));
  const args = ["-p", temp.path, "-e", temp.at("error.log"), "-c", temp.at("nginx.conf")];
  const child = new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn();
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It ended by itself.
    }
    await child.status;
    await temp[Symbol.asyncDispose]();
  };
  if (!await listens(temp.at("nginx.pid"), child)) {
    const words = await Deno.readTextFile(temp.at("error.log")).catch(() => "");
    await stop();
    return words;
  }
  return { url, pid: child.pid, [Symbol.asyncDispose]: stop };
}

function configuration(
  root: string,
  temp: string,
  port: number,
  { bytesPerSecond = 0, accessLog, maxRanges }: NginxOptions,
): string {
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${temp}/${name};`).join("\n");
  // As root its workers would become another user, who can't read a temporary folder.
  const user = Deno.uid() === 0 ? "user root;\n" : "";
  return `daemon off;
${user}worker_processes 1;
pid ${temp}/nginx.pid;
events {}
http {
  log_format sent '$status $bytes_sent $uri';
  access_log ${accessLog ? `${accessLog} sent` : "off"};
  sendfile on;
  keepalive_requests 100000;
${paths}
  types { application/zip zip; }
  default_type application/json;
  server {
    listen 127.0.0.1:${port};
    root ${root};
    limit_rate ${bytesPerSecond};
    ${maxRanges === undefined ? "" : `max_ranges ${maxRanges};`}
  }
}
`;
}

/** Waits for the file that nginx writes once its port is open, as long as the process lives. */
async function listens(pidFile: string, child: Deno.ChildProcess): Promise<boolean> {
  let ended = false;
  child.status.then(() => ended = true);
  const pid = () => Deno.readTextFile(pidFile).catch(() => "");
  await until(async () => ended || (await pid()).trim() === String(child.pid));
  return !ended;
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
