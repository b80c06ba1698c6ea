/**
 * Our own binary as it is measured: with the settings that `init` gives it, in a folder of its own.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { measure } from "./measure.ts";
import type { Run } from "./rounds.ts";
import type { Hub } from "./hubs.ts";

const ROOT = resolve(import.meta.dirname!, "..");
/** What is measured. */
export const BINARY: string = join(ROOT, "dist", "datahubsync");

/** Compiles the binary, so that it is never an older one that is measured. */
export async function compiled(): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", join(ROOT, "tools", "compile.ts")],
    stdin: "null",
  }).spawn().status;
  if (!success) throw new Error("dist/datahubsync couldn't be compiled");
}

/** The binary's own words about itself. */
export async function binaryVersion(): Promise<string> {
  const { stdout } = await new Deno.Command(BINARY, { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").join(", ");
}

/** A configuration with one dataset, and its folder. */
export class Client {
  readonly folder: string;
  readonly name: string;
  readonly #durable: boolean;
  readonly #publicKey: string | undefined;

  /** `folder` has to be there. */
  constructor(
    folder: string,
    name: string,
    options: { durable?: boolean; publicKey?: string | undefined } = {},
  ) {
    this.folder = folder;
    this.name = name;
    this.#durable = options.durable ?? true;
    this.#publicKey = options.publicKey;
  }

  /** The dataset's files. */
  get out(): string {
    return join(this.folder, "data", this.name);
  }

  /** Syncs once, and counts what it cost and what the hub sent for it. */
  async sync(hub: Hub): Promise<Run> {
    const config = join(this.folder, "config.yaml");
    await Deno.writeTextFile(config, this.#config(hub.url));
    return await this.#run(hub, '"$BINARY" sync --quiet --config "$CONFIG"', { CONFIG: config });
  }

  /** Follows the package's own address, without a configuration. */
  async get(hub: Hub): Promise<Run> {
    const URL = `${hub.url}/package/${this.name}.zip`;
    await Deno.mkdir(join(this.folder, "data"), { recursive: true });
    return await this.#run(hub, '"$BINARY" get --quiet "$URL" "$OUT"', { URL, OUT: this.out });
  }

  async #run(hub: Hub, step: string, env: Record<string, string>): Promise<Run> {
    await hub.sent();
    const { steps, ...peaks } = await measure({
      steps: [step],
      env: { BINARY, ...env },
      folder: this.folder,
    });
    const sent = await hub.sent();
    return { ...steps[0]!, ...peaks, wireBytes: sent.bytes, requests: sent.requests };
  }

  #config(url: string): string {
    return `hub:
  url: ${url}
${this.#publicKey === undefined ? "" : `  public_key: ${this.#publicKey}\n`}datasets:
  - name: ${this.name}
    local_dir: ./data/${this.name}
logging:
  level: INFO
  file: ./logs/sync.log
${this.#durable ? "" : "sync:\n  durable: false\n"}`;
  }
}
