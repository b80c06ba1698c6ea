/**
 * A container without an engine: a bare root with an image's steps run in it, and its command as the
 * first process of a namespace of its own, by the image's user and with its volumes mounted.
 *
 * Guarantees: as under an engine the command is process 1, so a signal that it doesn't handle is
 * ignored; a named volume begins with what the image has at its place, a folder of the host's stays
 * its own; `ro` is read-only. Containers of one {@linkcode Network} reach each other by name and
 * nothing else. Layers, limits and capabilities are not those of an engine.
 *
 * @module
 */
import { join } from "node:path";
import type { BareRoot } from "./bare_root.ts";
import { outcomeOf, run } from "./command.ts";
import type { Service } from "./compose.ts";
import type { Image } from "./dockerfile.ts";

/** What is run there, with the network and the mounts, as root until it becomes the image's user. */
const START = `
names=$1 user=$2 dir=$3
shift 3
hosts=/run/hosts.$(cat /proc/sys/kernel/random/uuid)
printf '127.0.0.1 localhost %s\\n' "$names" >"$hosts"
mount --bind "$hosts" /etc/hosts
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir -p "$2"; elif [ ! -e "$2" ]; then mkdir -p "\${2%/*}" && : >"$2"; fi
  mount --bind "$1" "$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$2"
  shift 3
done
shift
cd "$dir"
exec setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps=-all "$@"
`;

/** A network that containers share, and nothing else. */
export class Network implements AsyncDisposable {
  readonly name = `dhs${crypto.randomUUID().slice(0, 8)}`;

  private constructor() {}

  static async make(): Promise<Network> {
    const network = new Network();
    await run("ip", ["netns", "add", network.name]);
    await run("ip", ["-n", network.name, "link", "set", "lo", "up"]);
    return network;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await outcomeOf("ip", ["netns", "del", this.name]);
  }
}

/** A service's container. */
export class Container {
  readonly #bare: BareRoot;
  readonly #image: Image;
  readonly #service: Service;
  readonly #place: { network: Network; names: readonly string[] };

  /** `bare` has the image's steps behind it; `names` are the services of the network. */
  constructor(
    bare: BareRoot,
    image: Image,
    service: Service,
    place: { network: Network; names: readonly string[] },
  ) {
    this.#bare = bare;
    this.#image = image;
    this.#service = service;
    this.#place = place;
  }

  /** Where what is mounted lies, as this machine sees it: for what the host has, and to look into. */
  source(mount: Service["mounts"][number]): string {
    return this.#bare.at(inside(mount.from));
  }

  /** Makes its named volumes, out of what the image has there. */
  async prepare(): Promise<void> {
    for (const { from, to, named } of this.#service.mounts) {
      if (!named) continue;
      const script = 'mkdir -p /mnt && cp -a "$1" "$2"';
      const [program, ...args] = this.#bare.command(["sh", "-ec", script, "sh", to, inside(from)]);
      await run(program!, args);
    }
  }

  /** The command of this machine that runs the service's command, or another one, in it. */
  command(words: readonly string[] = [
    ...this.#image.entrypoint,
    ...this.#service.command ?? this.#image.cmd,
  ]): string[] {
    const { network, names } = this.#place;
    const mounts = this.#service.mounts.flatMap(({ from, to, readOnly }) => [
      inside(from),
      to,
      readOnly ? "ro" : "rw",
    ]);
    const started = this.#bare.command([
      ...["sh", "-ec", START, "sh", names.join(" "), this.#image.user, this.#image.workdir],
      ...[...mounts, "--", ...words],
    ]);
    return ["ip", "netns", "exec", network.name, ...started];
  }

  /** Its health check's command. */
  health(): string[] {
    return this.command(this.#service.healthcheck ?? this.#image.healthcheck);
  }
}

/**
 * Ends a container where a test has failed before it did. Its first process has changed its user, so
 * that it outlives whoever waits for it.
 */
export async function endContainer(child: Deno.ChildProcess): Promise<void> {
  await signalFirst(child, "SIGKILL").catch(() => {});
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended.
  }
  await child.status;
}

/** Sends the first process of the namespace that a command has made a signal, as an engine does. */
export async function signalFirst(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  const path = `/proc/${child.pid}/task/${child.pid}/children`;
  Deno.kill(Number((await Deno.readTextFile(path)).trim().split(" ")[0]), signal);
}

function inside(from: string): string {
  return join("/mnt", from.replace(/^[./~]+/, ""));
}
