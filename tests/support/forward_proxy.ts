/**
 * Real forward proxies on loopback, as companies have them: tinyproxy, squid, microsocks.
 *
 * Guarantees: each listens on an address of its own in 127.0.0.0/8, at a port that the kernel gives
 * to nobody who asks for any, so no other server answers in its place; needs no root, and leaves
 * nothing behind.
 *
 * @module
 */
import { pathOf } from "./installed.ts";
import { tempDir } from "./temp.ts";
import { until } from "./until.ts";

const PORT = 3128;

/** The kinds of proxies, by their programs. */
const KINDS = {
  tinyproxy: (at: string, lines: string[], conf: string) => ({
    args: ["-d", "-c", conf],
    conf: [`Port ${PORT}`, `Listen ${at}`, "Timeout 60", "MaxClients 20", ...lines],
  }),
  squid: (at: string, lines: string[], conf: string) => ({
    // Its shared memory has the service's name.
    args: ["-N", "-f", conf, "-n", `t${at.replaceAll(".", "x")}`],
    conf: [
      `http_port ${at}:${PORT}`,
      ...lines,
      // Neither the machine's name nor its limit of open files decides whether it starts.
      "visible_hostname localhost",
      "max_filedescriptors 1024",
      "pid_filename none",
      "access_log none",
      "cache_log /dev/null",
      "coredump_dir none",
      "shutdown_lifetime 0 seconds",
    ],
  }),
  microsocks: (at: string, args: string[]) => ({
    args: ["-i", at, "-p", String(PORT), ...args],
    conf: [],
  }),
};

/** A running proxy. */
export interface ForwardProxy extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
}

/** Starts a proxy; `lines` are added to its configuration, or to microsocks' arguments. */
export async function startForwardProxy(
  kind: keyof typeof KINDS,
  lines: string[] = [],
): Promise<ForwardProxy> {
  const temp = await tempDir();
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3)).map((byte) => 1 + byte % 250);
  const hostname = `127.${a}.${b}.${c}`;
  const { args, conf } = KINDS[kind](hostname, lines, temp.at("proxy.conf"));
  await Deno.writeTextFile(temp.at("proxy.conf"), conf.join("\n") + "\n");
  const child = new Deno.Command(pathOf(kind)!, { args, stdout: "null", stderr: "null" }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  await until(async () => {
    if (ended) throw new Error(`${kind} didn't start`);
    return await Deno.connect({ hostname, port: PORT }).then(
      (to) => (to.close(), true),
      () => false,
    );
  });
  return {
    address: `${hostname}:${PORT}`,
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGTERM");
      await child.status;
      await temp[Symbol.asyncDispose]();
    },
  };
}
