/**
 * Two network namespaces with a link between them that can be taken down and up, where the machine
 * lets us (Linux, as root): a real network to a hub, with the kernel's own idea of what a dead one is.
 *
 * @module
 */
import { run } from "./command.ts";

/** The hub's address, and the port that its end of the tests uses. */
export const HUB_URL = "http://10.213.0.1:8080";

/** Two namespaces with a link between them. */
export class Link implements AsyncDisposable {
  static #made = 0;
  readonly #names: string[];

  private constructor() {
    const number = `${Deno.pid % 10_000}_${Link.#made++}`;
    this.#names = ["hub", "client"].map((end) => `dhs${end}${number}`);
  }

  /** Makes it; it is up. */
  static async make(): Promise<Link> {
    const link = new Link();
    const [hub, client] = link.#names as [string, string];
    await ip("netns", "add", hub);
    await ip("netns", "add", client);
    await ip("link", "add", "dhs0", "netns", hub, "type", "veth", "peer", "dhs1", "netns", client);
    for (const [name, device, address] of [[hub, "dhs0", 1], [client, "dhs1", 2]] as const) {
      await ip("-n", name, "addr", "add", `10.213.0.${address}/24`, "dev", device);
      await ip("-n", name, "link", "set", device, "up");
      await ip("-n", name, "link", "set", "lo", "up");
    }
    return link;
  }

  /** Words that run a program at one end. */
  under(end: "hub" | "client"): string[] {
    return ["ip", "netns", "exec", this.#names[end === "hub" ? 0 : 1]!];
  }

  /** Takes the link down, or up again, at one end: at the client's, connecting fails at once. */
  async set(state: "down" | "up", end: "hub" | "client" = "hub"): Promise<void> {
    const [name, device] = end === "hub" ? [this.#names[0]!, "dhs0"] : [this.#names[1]!, "dhs1"];
    await ip("-n", name, "link", "set", device, state);
  }

  /** Bytes that have come to the client so far, with all headers. */
  async bytesDown(): Promise<number> {
    const text = await ip("-n", this.#names[1]!, "-s", "-j", "link", "show", "dev", "dhs1");
    const [device] = JSON.parse(text) as { stats64: { rx: { bytes: number } } }[];
    return device!.stats64.rx.bytes;
  }

  /** Removes both ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of this.#names) await ip("netns", "delete", name).catch(() => {});
  }
}

/** Whether this machine lets us. */
export async function namespacesWork(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  try {
    await using _link = await Link.make();
    return true;
  } catch {
    return false;
  }
}

const ip = (...args: string[]): Promise<string> => run("ip", args);
