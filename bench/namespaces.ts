/**
 * Network namespaces on one bridge: machines that reach this one, and nothing else.
 *
 * Guarantees: what was made goes again, also what an aborted run left. Nothing outside of the
 * bridge's own network is reachable from a namespace, not even this machine's loopback. Needs root
 * and `ip`.
 *
 * @module
 */

/** Where this machine is seen from the namespaces: a network that is nobody else's. */
export const ADDRESS = "10.77.0.1";
const BRIDGE = "dhsbench";

/** Some namespaces. */
export interface Namespaces extends AsyncDisposable {
  /** What to put before a command to run it in the namespace of this number, from 0. */
  enter(index: number): string[];
}

/** Makes namespaces; `undefined` where that isn't possible. */
export async function makeNamespaces(count: number): Promise<Namespaces | undefined> {
  const names = Array.from({ length: count }, (_, index) => `${BRIDGE}${index}`);
  const dispose = async () => {
    for (const name of names) await ip(["netns", "del", name]);
    await ip(["link", "del", BRIDGE]);
  };
  await dispose();
  const failed = await firstFailure([
    ["link", "add", BRIDGE, "type", "bridge"],
    ["addr", "add", `${ADDRESS}/24`, "dev", BRIDGE],
    ["link", "set", BRIDGE, "up"],
    ...names.flatMap((name, index) => [
      ["netns", "add", name],
      ["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name],
      ["link", "set", name, "master", BRIDGE, "up"],
      ["-n", name, "addr", "add", `10.77.0.${index + 2}/24`, "dev", "eth0"],
      ["-n", name, "link", "set", "eth0", "up"],
    ]),
  ]);
  if (failed) {
    await dispose();
    return undefined;
  }
  return {
    enter: (index) => ["ip", "netns", "exec", names[index]!],
    [Symbol.asyncDispose]: dispose,
  };
}

async function firstFailure(commands: string[][]): Promise<string[] | undefined> {
  for (const args of commands) if (!await ip(args)) return args;
  return undefined;
}

async function ip(args: string[]): Promise<boolean> {
  const command = new Deno.Command("ip", { args, stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}
