/**
 * A name with two addresses for a server of the tests': the first is silent as a machine is that is
 * switched off, or answers like the second, as the test wants it.
 *
 * The silence is a queue of connections that is full: the kernel drops what else comes. The name is
 * `localhost`, in a hosts file of its own that only programs started `under` see.
 *
 * @module
 */
import { has } from "./installed.ts";
import { succeeds } from "./command.ts";
import { TempFolder } from "./temp.ts";

/** The system's rules sort 127.0.0.1 before every other address of loopback. */
const [FIRST, SECOND] = ["127.0.0.1", "127.0.0.9"];
/** A connection that isn't made within this time on loopback isn't made at all. */
const UNTIL_SILENT_MS = 300;

/** The name's addresses, until disposed of. */
export class TwoAddresses implements AsyncDisposable {
  /** Words that run a program which sees the name. */
  readonly under: string[];
  /** The port at both addresses. */
  readonly port: number;
  /** Connections made to the first address, and to the second. */
  readonly made: [number, number] = [0, 0];
  readonly #hosts = new TempFolder({ prefix: "hosts_" });
  readonly #open = new Set<{ close(): void }>();
  readonly #passing: Promise<unknown>[] = [];
  readonly #server: number;

  private constructor(url: string, first: Deno.TcpListener, second: Deno.TcpListener) {
    this.#server = Number(new URL(url).port);
    this.port = first.addr.port;
    this.#open.add(first).add(second);
    const hosts = this.#hosts.at("hosts");
    Deno.writeTextFileSync(hosts, `${FIRST} localhost\n${SECOND} localhost\n`);
    const mount = `mount --bind '${hosts}' /etc/hosts && exec "$@"`;
    this.under = ["unshare", "-m", "--propagation", "private", "sh", "-c", mount, "sh"];
    this.#passing.push(this.#forward(second, 1));
  }

  /** Gives the server at `url` the name. */
  static async of(url: string, { silent }: { silent: boolean }): Promise<TwoAddresses> {
    const first = Deno.listen({ hostname: FIRST, port: 0, tcpBacklog: 1 });
    const second = Deno.listen({ hostname: SECOND, port: first.addr.port });
    const two = new TwoAddresses(url, first, second);
    if (silent) await two.#fill();
    else two.#passing.push(two.#forward(first, 0));
    return two;
  }

  /** Fills the first one's queue. */
  async #fill(): Promise<void> {
    for (;;) {
      const signal = AbortSignal.timeout(UNTIL_SILENT_MS);
      const made = await Deno.connect({ hostname: FIRST, port: this.port, signal })
        .catch(() => undefined);
      if (made === undefined) return;
      this.#open.add(made);
    }
  }

  async #forward(listener: Deno.Listener, which: 0 | 1): Promise<void> {
    for await (const client of listener) {
      this.made[which]++;
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#server });
      this.#open.add(client).add(server);
      const pass = [
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ];
      this.#passing.push(Promise.allSettled(pass));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#open) {
      try {
        one.close();
      } catch {
        // Its other end closed it.
      }
    }
    await Promise.all(this.#passing);
    this.#hosts[Symbol.dispose]();
  }
}

/** Whether a test can have a hosts file of its own. */
export function canNameHosts(): boolean {
  const can = Deno.build.os === "linux" && Deno.uid() === 0 && succeeds("unshare", ["-m", "true"]);
  return has(can, "root, and the right to unshare");
}
