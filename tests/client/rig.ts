/**
 * A hub, a folder and clients for them.
 *
 * @module
 */
import {
  type ClientOptions,
  type Config,
  DataSyncClient,
  LocalHub,
  parseConfig,
} from "../../src/mod.ts";
import { type TempDir, tempDir } from "../support/temp.ts";

/** A hub with two datasets, and a configuration that follows both. */
export class ClientRig implements AsyncDisposable {
  readonly hub: LocalHub;
  readonly dir: TempDir;
  readonly config: Config;
  readonly statePath: string;

  private constructor(hub: LocalHub, dir: TempDir) {
    this.hub = hub;
    this.dir = dir;
    this.statePath = dir.at(".last_sync.json");
    this.config = this.configIn("data");
  }

  static async make(): Promise<ClientRig> {
    const hub = await LocalHub.start({
      bars: { "a.csv": "1\n", "b.csv": "2\n" },
      fin: { "sz/一般企业.csv": "3\n" },
    });
    return new ClientRig(hub, await tempDir());
  }

  /** The same datasets, kept in another folder. */
  configIn(folder: string): Config {
    const text = `
hub: { url: "${this.hub.url}", retries: 0 }
sync: { durable: false, workers: 1 }
datasets:
  - { name: bars, local_dir: ./${folder}/bars }
  - { name: fin, local_dir: ./${folder}/fin }
`;
    return parseConfig(text, { path: this.dir.at("config.yaml") });
  }

  client(options: ClientOptions = {}, config: Config = this.config): DataSyncClient {
    return new DataSyncClient(config, this.statePath, { direct: true, ...options });
  }

  read(...parts: string[]): Promise<string> {
    return Deno.readTextFile(this.dir.at(...parts));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.close();
    await this.dir[Symbol.asyncDispose]();
  }
}
